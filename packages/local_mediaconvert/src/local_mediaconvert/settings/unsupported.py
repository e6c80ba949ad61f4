"""What the local MediaConvert does with each setting, and the check that refuses the rest by name.

A setting is in one of three states, so that none is ever ignored in silence:

- *honoured*: it does what it does on AWS (for the values listed, or for every value of the model);
- *accepted*: it has no meaning on one machine, or no effect on what comes out here; the table says why;
- not in the table: the request is refused, the message naming the path and the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, StructureShape

from local_mediaconvert.service_model import wire_members
from local_mediaconvert.settings.supported import SUPPORTED_SETTINGS
from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

_REFUSAL = "the local MediaConvert does not support"


@dataclass(frozen=True, slots=True)
class _At:
    shape: str
    member: str
    path: str


def unsupported(value: Any, shape: Shape, path: str = "") -> Iterator[Problem]:
    """Problems for every setting in ``value`` (already valid by its shape) that the table does not list."""
    if isinstance(shape, StructureShape):
        members = wire_members(shape)
        for name, item in value.items():
            at = _At(shape.name, name, f"{path}/{name}")
            yield from _refusals(item, at)
            if name in SUPPORTED_SETTINGS.get(shape.name, {}):
                yield from unsupported(item, members[name], at.path)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            yield from unsupported(item, shape.member, f"{path}/{index}")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from unsupported(item, shape.value, f"{path}/{key}")


def _refusals(value: Any, at: _At) -> Iterator[Problem]:
    rule = SUPPORTED_SETTINGS.get(at.shape, {}).get(at.member)
    if rule is None:
        yield Problem(at.path, f"{_REFUSAL} `{at.member}`")
    elif rule.values and value not in rule.values:
        allowed = ", ".join(str(one) for one in rule.values)
        yield Problem(at.path, f"{_REFUSAL} {show(value)} for `{at.member}`, only {allowed}")
