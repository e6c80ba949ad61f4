"""Hold a stack against its layout and the rules at ``cdktf synth`` itself: what is wrong never becomes a file.

In the app, before synth::

    for stack in stacks:
        synth.attach(stack)
    synth.synthesize(app)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import constructs
import jsii

from plan_review import project
from plan_review.synthesized import read

if TYPE_CHECKING:
    from cdktf import App, TerraformStack

ROOT = Path(__file__).resolve().parent.parent
_INTRODUCTION = "Validation failed with the following errors:"
_CLOSING = "If you wish to ignore these validations"


class ReviewError(Exception):
    """A stack would not deploy, or not work; the message holds every finding with its remedy."""


@jsii.implements(constructs.IValidation)
class _Review:
    """What ``constructs`` asks before anything is written."""

    def __init__(self, stack: TerraformStack, known: project.Project) -> None:
        self._stack = stack
        self._known = known

    def validate(self) -> list[str]:
        """Return everything that is wrong with the stack, each with its remedy."""
        findings = self._known.review(read(self._stack.to_terraform()))
        return [str(finding) for finding in findings if finding.fails]


def attach(stack: TerraformStack, *, root: Path = ROOT) -> None:
    """Make synth of this stack fail with every finding that would fail a deployment.

    ``root`` is the folder of the project, whose layout, suppressions, code and sample events are taken. Raises
    ``plan_review.layout.LayoutError`` or ``plan_review.findings.SuppressionError`` where one cannot be used.
    """
    stack.node.add_validation(_Review(stack, project.at(root)))


def synthesize(app: App) -> None:
    """Synthesize every stack of an app. Raises ``ReviewError`` where a validation fails, without a trace of jsii."""
    try:
        app.synth()
    except RuntimeError as error:
        message = str(error)
        if _INTRODUCTION not in message:
            raise
        raise ReviewError(message.partition(_INTRODUCTION)[2].partition(_CLOSING)[0].strip("\n ")) from None
