"""Hold a stack against layout and rules in a unit test, with one call.

def test_the_stack_would_work() -> None:
    stack = MyStack(Testing.app(), "my-stack")
    assert findings(stack, root=ROOT) == []
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from plan_review import project
from plan_review.configuration.reading import read

if TYPE_CHECKING:
    from pathlib import Path

    from cdktf import TerraformStack

    from plan_review.findings import Finding


def findings(stack: TerraformStack | str, *, root: Path | None = None) -> list[Finding]:
    """Return every finding on a stack that is not suppressed, worst first; ``str`` tells all that there is to say.

    ``stack`` is a stack, or the JSON that cdktf's ``Testing.synth`` gives. ``root`` is the folder of the project whose
    layout, suppressions, code and sample events are taken; without it the rules alone are asked.

    Raises ``LayoutError`` or ``SuppressionError`` where a file of the project cannot be used, ``ConfigurationError``
    where its settings cannot, or the JSON is no configuration.
    """
    document = json.loads(stack) if isinstance(stack, str) else stack.to_terraform()
    known = project.at(root) if root else project.Project()
    return [finding for finding in known.review(read(document)) if finding.open]
