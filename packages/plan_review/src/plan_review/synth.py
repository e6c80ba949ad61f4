"""Hold a stack against its layout and the rules at ``cdktf synth`` itself: what is wrong never becomes a file.

In the app, before synth::

    for stack in stacks:
        synth.attach(stack, root=ROOT)
    synth.synthesize(app)
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import constructs
import jsii

from plan_review.configuration.files import ConfigurationError
from plan_review.passed_stacks import Passed
from plan_review.project_settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from cdktf import App, TerraformStack

    from plan_review.folding import Folded

_INTRODUCTION = "Validation failed with the following errors:"
_CLOSING = "If you wish to ignore these validations"


class ReviewError(Exception):
    """A stack would not deploy, or not work; the message holds every finding with its remedy."""


@lru_cache(maxsize=1)
def _passed(root: Path) -> Passed:
    return Passed(read_settings(root))


def _errors(document: dict[str, object], root: Path) -> list[str]:
    """Return everything that is wrong with a stack, each with its remedy."""
    # Loading the rules takes longer than everything else here: not where the stack is known to pass.
    from plan_review import project  # noqa: PLC0415
    from plan_review.configuration.reading import read  # noqa: PLC0415
    from plan_review.findings import SuppressionError  # noqa: PLC0415
    from plan_review.folding import fold  # noqa: PLC0415
    from plan_review.layout.declaration import LayoutError  # noqa: PLC0415

    try:
        findings = project.at(root).review(read(document))
    except (ConfigurationError, LayoutError, SuppressionError) as error:
        return [str(error)]
    return [_told(each) for each in fold(findings) if any(finding.fails for finding in each.all)]


def _told(folded: Folded) -> str:
    """Return a finding, with the errors that have the same cause in a line each."""
    others = [f"  with the same cause: {each.address}: {each.headline}" for each in folded.consequences if each.fails]
    return "\n".join([str(folded.cause), *others])


@jsii.implements(constructs.IValidation)
class _Review:
    """What ``constructs`` asks before anything is written."""

    def __init__(self, stack: TerraformStack, root: Path) -> None:
        self._stack = stack
        self._root = root

    def validate(self) -> list[str]:
        """Return everything that is wrong with the stack; nothing where it passed before, and nothing changed since."""
        document = self._stack.to_terraform()
        try:
            passed = _passed(self._root)
        except ConfigurationError as error:
            return [str(error)]
        key = passed.key(document)
        if key in passed:
            return []
        errors = _errors(document, self._root)
        if not errors:
            passed.add(key)
        return errors


def attach(stack: TerraformStack, *, root: Path) -> None:
    """Make synth of this stack fail with every finding that would fail a deployment.

    ``root`` is the folder of the project, whose ``[tool.plan_review]`` says where layout, suppressions, code and sample
    events are. What of these cannot be used fails synth too.
    """
    stack.node.add_validation(_Review(stack, root))


def synthesize(app: App) -> None:
    """Synthesize every stack of an app. Raises ``ReviewError`` where a validation fails, without a trace of jsii."""
    try:
        app.synth()
    except RuntimeError as error:
        message = str(error)
        if _INTRODUCTION not in message:
            raise
        raise ReviewError(message.partition(_INTRODUCTION)[2].partition(_CLOSING)[0].strip("\n ")) from None
