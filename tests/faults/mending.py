"""Apply the remedy that a finding gives for programs to the synthesized JSON."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plan_review.findings import Edit
    from tests.faults.mutation import Subject


def mended(subject: Subject, edits: Iterable[Edit]) -> Subject:
    """Return a copy of the subject with the edits made."""
    copied = copy.deepcopy(subject)
    for edit in edits:
        body = copied.resource(edit.address)
        _change(body, edit.path, edit)
    return copied


def _change(value: Any, path: Sequence[str | int], edit: Edit) -> None:
    step, *rest = path
    if step == 0 and isinstance(value, dict):  # the only block of its kind
        _change(value, rest, edit)
    elif not rest:
        _finish(value, step, edit)
    elif isinstance(value[step], str):
        document = json.loads(value[step])
        _change(document, rest, edit)
        value[step] = json.dumps(document)
    else:
        _change(value[step], rest, edit)


def _finish(value: Any, step: str | int, edit: Edit) -> None:
    if edit.change == "set":
        value[step] = edit.value
    elif edit.change == "append":
        value[step] = [*(value.get(step) or []), edit.value]
    elif edit.value is None:
        del value[step]
    else:
        value[step] = [each for each in value[step] if each != edit.value]
