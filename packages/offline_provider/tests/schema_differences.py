"""Two providers' schemas, as Terraform shows them, compared to the last property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .comparison import ABSENT, Difference, differences

if TYPE_CHECKING:
    from collections.abc import Iterator

Schemas = dict[str, Any]

_SECTIONS = {
    "resource_schemas": "resource",
    "data_source_schemas": "data",
    "ephemeral_resource_schemas": "ephemeral",
    "functions": "function",
}
# Prose, and the schema of a resource's identity, which no configuration refers to.
_NOT_COMPARED = ("description", "description_kind", "deprecated", "deprecation_message")


def schema_differences(real: Schemas, offline: Schemas) -> Iterator[Difference]:
    """Yield where two providers' schemas differ: ``resource aws_x.block.argument:property``."""
    for section, name in _SECTIONS.items():
        ours, theirs = offline.get(section, {}), real.get(section, {})
        for type_ in sorted(ours.keys() | theirs.keys()):
            place = f"{name} {type_}"
            if type_ not in ours or type_ not in theirs:
                yield Difference(place, place, _presence(type_, theirs), _presence(type_, ours))
            elif name == "function":
                yield from differences(_plain(theirs[type_]), _plain(ours[type_]), place, place)
            else:
                yield from differences(theirs[type_]["version"], ours[type_]["version"], f"{place}:version", place)
                yield from _blocks(theirs[type_]["block"], ours[type_]["block"], place)
    yield from _blocks(real["provider"]["block"], offline["provider"]["block"], "provider")


def _presence(name: str, section: dict[str, Any]) -> Any:
    return "there" if name in section else ABSENT


def _plain(function: dict[str, Any]) -> dict[str, Any]:
    parameters = [{key: item.get(key) for key in ("type", "is_nullable")} for item in function.get("parameters", [])]
    return {"return_type": function["return_type"], "parameters": parameters}


def _blocks(real: dict[str, Any], offline: dict[str, Any], place: str) -> Iterator[Difference]:
    theirs, ours = _members(real), _members(offline)
    for name in sorted(theirs.keys() | ours.keys()):
        inner = f"{place}.{name}"
        one, other = theirs.get(name), ours.get(name)
        if one is None or other is None:
            yield Difference(inner, inner, _word(one), _word(other))
        elif ("block" in one) != ("block" in other):
            yield Difference(f"{inner}:form", inner, _word(one), _word(other))
        else:
            yield from _members_differ(one, other, inner)


def _members_differ(one: dict[str, Any], other: dict[str, Any], place: str) -> Iterator[Difference]:
    for key in sorted((one.keys() | other.keys()) - {"block", *_NOT_COMPARED}):
        if one.get(key) != other.get(key):
            yield Difference(f"{place}:{key}", place, one.get(key), other.get(key))
    if "block" in one:
        yield from _blocks(one["block"], other["block"], place)


def _members(block: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {**block.get("attributes", {}), **block.get("block_types", {})}


def _word(member: dict[str, Any] | None) -> Any:
    return ABSENT if member is None else "block" if "block" in member else "attribute"
