"""Every request against its shape in MediaConvert's own model.

An SDK's own checks cover types and required members only, and a request need not come from an SDK: the
server checks all that the model states. Messages follow the service's own form, a JSON path below the job
settings and then what should hold, as in ``/outputGroups/0/outputs: Should have at least 1 items``
(seen in aws-solutions-library-samples/video-on-demand-on-aws issue 1 and aws/aws-sdk issue 577).
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from local_mediaconvert.exceptions import BadRequestError
from local_mediaconvert.service_model import wire_members, wire_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHOWN_PROBLEMS = 10
_SHOWN_CHARACTERS = 120
_INTEGER_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: where (a JSON pointer) and what would be right."""

    path: str
    message: str

    def __str__(self) -> str:
        path = self.path.removeprefix("/settings") if self.path != "/settings" else self.path
        return f"{path or '/'}: {self.message}"


def show(value: object) -> str:
    """``value`` as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"


def reject(problems: Iterable[Problem]) -> None:
    """Raise for the problems, if there are any.

    Raises:
        BadRequestError: names the first ten.

    """
    found = list(problems)
    if not found:
        return
    text = "; ".join(str(problem) for problem in found[:_SHOWN_PROBLEMS])
    more = len(found) - _SHOWN_PROBLEMS
    raise BadRequestError(text + (f"; and {more} more" if more > 0 else ""))


def shape_problems(value: Any, shape: Shape, path: str = "") -> Iterator[Problem]:
    """What the model says is wrong with ``value``: types, required and unknown members, enums, ranges, patterns."""
    if isinstance(shape, StructureShape):
        yield from _structure(value, shape, path)
    elif isinstance(shape, ListShape):
        yield from _list(value, shape, path)
    elif isinstance(shape, MapShape):
        yield from _map(value, shape, path)
    elif isinstance(shape, StringShape):
        yield from _string(value, shape, path)
    else:
        yield from _scalar(value, shape, path)


def _structure(value: Any, shape: StructureShape, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong_type(path, value, "an object")
        return
    members = wire_members(shape)
    for name in shape.required_members:
        wired = wire_name(name, shape.members[name])
        if wired not in value:
            yield Problem(path, f"{wired} is a required property")
    for name, item in value.items():
        if name in members:
            yield from shape_problems(item, members[name], f"{path}/{name}")
        else:
            yield Problem(f"{path}/{name}", f"is not a property of {shape.name}")


def _list(value: Any, shape: ListShape, path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _wrong_type(path, value, "a list")
        return
    yield from _range(len(value), shape, path, "have", "items")
    for index, item in enumerate(value):
        yield from shape_problems(item, shape.member, f"{path}/{index}")


def _map(value: Any, shape: MapShape, path: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong_type(path, value, "an object")
        return
    for key, item in value.items():
        yield from shape_problems(item, shape.value, f"{path}/{key}")


def _string(value: Any, shape: StringShape, path: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong_type(path, value, "a string")
        return
    if shape.enum and value not in shape.enum:
        yield Problem(path, f"{show(value)} should be one of {', '.join(shape.enum)}")
    yield from _range(len(value), shape, path, "have", "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).search(value):
        yield Problem(path, f"{show(value)} should match the pattern {pattern}")


def _scalar(value: Any, shape: Shape, path: str) -> Iterator[Problem]:
    kinds: dict[str, tuple[tuple[type, ...], str]] = {
        "integer": ((int,), "an integer"),
        "long": ((int,), "an integer"),
        "double": ((int, float), "a number"),
        "float": ((int, float), "a number"),
        "boolean": ((bool,), "true or false"),
        "timestamp": ((int, float, str), "a timestamp"),
    }
    types, words = kinds[shape.type_name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        yield _wrong_type(path, value, words)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if shape.type_name == "integer" and not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
            yield Problem(path, f"{show(value)} should be an integer of 32 bits")
        else:
            yield from _range(value, shape, path, "be", "")


def _range(size: float, shape: Shape, path: str, verb: str, unit: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    found = "" if unit else f"{size} "
    if least is not None and size < least:
        yield Problem(path, f"{found}should {verb} at least {least} {unit}".rstrip())
    if most is not None and size > most:
        yield Problem(path, f"{found}should {verb} at most {most} {unit}".rstrip())


def _wrong_type(path: str, value: object, wanted: str) -> Problem:
    return Problem(path, f"{show(value)} should be {wanted}")


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
