"""What botocore's model of MediaConvert says against a request, beyond what botocore itself checks."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import ServiceModel, Shape


@cache
def mediaconvert() -> ServiceModel:
    return botocore.session.get_session().get_service_model("mediaconvert")


def complaints(operation: str, request: Any) -> list[str]:
    """Return everything wrong with a request: shapes and required members, enums, ranges and patterns."""
    shape = mediaconvert().operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    return [report.generate_report()] if report.has_errors() else list(_walk(shape, request, operation))


def _walk(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name, item in value.items():
            yield from _walk(shape.members[name], item, f"{path}.{name}")  # type: ignore[attr-defined] # structures have members
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from _walk(shape.member, item, f"{path}[{index}]")  # type: ignore[attr-defined] # lists have a member
    elif shape.type_name == "map":
        for name, item in value.items():
            yield from _walk(shape.value, item, f"{path}.{name}")  # type: ignore[attr-defined] # maps have a value
    else:
        yield from _scalar(shape, value, path)


def _scalar(shape: Shape, value: Any, path: str) -> Iterator[str]:
    limits = shape.metadata
    size = len(value) if isinstance(value, str) else value
    if limits.get("enum") and value not in limits["enum"]:
        yield f"{path}: {value} is not one of {limits['enum']}"
    if "min" in limits and size < limits["min"]:
        yield f"{path}: {value} is below {limits['min']}"
    if "max" in limits and size > limits["max"]:
        yield f"{path}: {value} is above {limits['max']}"
    if "pattern" in limits and not re.search(limits["pattern"], value):
        yield f"{path}: {value} does not match {limits['pattern']}"
