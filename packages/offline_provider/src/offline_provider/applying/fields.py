"""How arguments of a configuration become members of a request, and members of a response attributes of a state.

A table maps argument names to fields. A plain string is the member's name; dots lead into structures. Both directions
come from one table, so what is written is what is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from offline_provider.applying.errors import UnsupportedError


def _same(value: Any) -> Any:
    return value


def is_unset(value: Any) -> bool:
    """Tell whether a value stands for "not given": null, ``""`` and empty collections. Zero and false are values."""
    return value is None or value in ("", [], {})


def is_zero(value: Any) -> bool:
    """Tell whether a value is unset, zero or false, which for many arguments means the same."""
    return not value


@dataclass(frozen=True, slots=True)
class Field:
    """One argument's member, and how its value is written and read."""

    member: str
    write: Callable[[Any], Any] = _same
    read: Callable[[Any], Any] = _same
    omit: Callable[[Any], bool] = is_unset
    """Values that are left out of a request."""


Fields = Mapping[str, str | Field]


def nonzero(member: str) -> Field:
    """Return a field whose zero is never sent: it means that nothing is configured."""
    return Field(member, omit=is_zero)


def always(member: str) -> Field:
    """Return a field that is sent even where it is empty: null as ``""``."""
    return Field(member, write=lambda value: "" if value is None else value, omit=lambda _value: False)


def text(member: str, *, zero: bool = True) -> Field:
    """Return a field for numbers and truth values that the service keeps as strings; ``zero``: send 0 and false."""
    return Field(member, _to_text, _from_text, is_unset if zero else is_zero)


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _from_text(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.lstrip("-").isdigit() else value


def pairs(member: str, key: str = "Key", value: str = "Value") -> Field:
    """Return a field for a map that the service keeps as a list of names and values."""
    return Field(
        member,
        lambda given: [{key: name, value: item} for name, item in given.items()],
        lambda found: {item[key]: item[value] for item in found},
    )


def structure(member: str, fields: Fields) -> Field:
    """Return a field for a block that occurs at most once, and is a structure to the service."""
    return Field(member, lambda given: _block(fields, given[0]), lambda found: [from_response(fields, found)])


def structures(member: str, fields: Fields) -> Field:
    """Return a field for a block that may occur often, and is a list of structures to the service."""
    return Field(
        member,
        lambda given: [_block(fields, item) for item in given],
        lambda found: [from_response(fields, item) for item in found],
    )


def prefixed(fields: Fields, prefix: str) -> dict[str, Field]:
    """Return the same fields for members that lie within another."""
    return {name: replace(item, member=f"{prefix}.{item.member}") for name, item in _normal(fields).items()}


def _normal(fields: Fields) -> dict[str, Field]:
    return {name: Field(item) if isinstance(item, str) else item for name, item in fields.items()}


def to_request(fields: Fields, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a request for the arguments that are set."""
    request: dict[str, Any] = {}
    for name, item in _normal(fields).items():
        value = values.get(name)
        if item.omit(value):
            continue
        place = request
        *parents, member = item.member.split(".")
        for parent in parents:
            place = place.setdefault(parent, {})
        place[member] = item.write(value)
    return request


def from_response(fields: Fields, response: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that a response tells; one whose member is missing is ``None``."""
    found = {}
    for name, item in _normal(fields).items():
        value = at(response, item.member)
        found[name] = None if value is None else item.read(value)
    return found


def at(response: Any, path: str) -> Any:
    """Return what lies at a dotted path of a response; ``None`` where a step is missing, all of it for ``""``."""
    for name in filter(None, path.split(".")):
        response = response.get(name) if isinstance(response, Mapping) else None
    return response


def _block(fields: Fields, values: Mapping[str, Any] | None) -> dict[str, Any]:
    values = values or {}
    for name, value in values.items():
        if name not in fields and not is_zero(value):
            raise UnsupportedError(name)
    return to_request(fields, values)
