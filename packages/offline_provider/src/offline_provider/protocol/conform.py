"""Bringing a stored state into the shape of a schema, as reading a state of another version needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from offline_provider.schema_model import CtyType
    from offline_provider.wire.values import Value


class ConformError(ValueError):
    """A stored value cannot be read as the type that the schema has."""


def conform(value: Any, type_: CtyType, path: str = "") -> Value:
    """Return the value in the type's shape: members that are gone dropped, new ones null, numbers in strings read.

    Raises ``ConformError``, naming the path, where that is not possible.
    """
    if value is None or type_ == "dynamic":
        return value
    if isinstance(type_, str):
        return _primitive(value, type_, path)
    kind, inner = type_
    if kind == "object":
        if not isinstance(value, dict):
            raise ConformError(f"{path or 'the state'} is no object")
        return {name: conform(value.get(name), member, f"{path}.{name}".lstrip(".")) for name, member in inner.items()}
    if kind == "map":
        if not isinstance(value, dict):
            raise ConformError(f"{path} is no map")
        return {key: conform(item, inner, f"{path}[{key!r}]") for key, item in value.items()}
    if isinstance(value, dict):
        value = [value]  # a single block that became a list
    if not isinstance(value, list):
        raise ConformError(f"{path} is no list")
    return [conform(item, inner, f"{path}[{index}]") for index, item in enumerate(value)]


def _primitive(value: Any, type_: str, path: str) -> Value:
    converted = _CONVERSIONS[type_](value)
    if converted is None:
        raise ConformError(f"{path} is {value!r}, and should be a {type_}")
    return converted


def _string(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(value)


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


_CONVERSIONS: dict[str, Callable[[Any], Value]] = {"string": _string, "bool": _boolean, "number": _number}
