"""The state that is kept after what was read: in the schema's shape, and without differences that mean nothing.

The older of the real provider's libraries keeps states in a flat map of strings, and then takes from the plan what
such a map loses ("normalizeNullValues" in terraform-plugin-sdk, ``helper/schema/grpc_provider.go``). Doing the same
makes a state look like the real provider's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.planning.json_documents import equivalent, normalized
from offline_provider.schema_model import Block, CtyType, NestedBlock, Nesting
from offline_provider.wire.values import UNKNOWN, is_wholly_known

if TYPE_CHECKING:
    from collections.abc import Collection

    from offline_provider.planning.behaviour import Behaviour

_ZERO: dict[str, Any] = {"string": "", "number": 0, "bool": False}


def shaped(
    block: Block, values: dict[str, Any], read: Collection[str] = (), *, zeros: bool = True, in_set: bool = False
) -> dict[str, Any]:
    """Return the values with every attribute and block that the schema has, and none that it has not.

    What was ``read`` and found missing is zero, as where the older library is told of a null, and so is everything
    missing inside a set, which it compares by its content; the rest is null.
    """
    result = {}
    for name, attribute in block.attributes.items():
        value = values.get(name)
        zero = zeros and (in_set or name in read)
        result[name] = _zero(attribute.type) if value is None and zero else _typed(attribute.type, value)
    for name, nested in block.blocks.items():
        result[name] = _elements(nested, values.get(name), zeros=zeros, in_set=in_set)
    return result


def _zero(type_: CtyType) -> Any:
    if isinstance(type_, str):
        return _ZERO.get(type_)
    return {} if type_[0] == "map" else []


def _typed(type_: CtyType, value: Any) -> Any:
    if type_ == "number" and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(type_, list) and type_[0] == "set" and isinstance(value, list):
        return sorted(value, key=repr)
    return value


def _elements(nested: NestedBlock, value: Any, *, zeros: bool, in_set: bool) -> Any:
    if nested.nesting is Nesting.SINGLE:
        return value
    is_set = nested.nesting is Nesting.SET
    elements = [shaped(nested.block, element or {}, zeros=zeros, in_set=in_set or is_set) for element in value or []]
    return sorted(elements, key=repr) if is_set else elements


def settle(block: Block, found: dict[str, Any], reference: dict[str, Any], *, applied: bool) -> dict[str, Any]:
    """Return the state found with what means the same taken from ``reference``: the plan, or the state before."""
    result = dict(found)
    for name, attribute in block.attributes.items():
        result[name] = _settled(attribute.type, found[name], reference.get(name), applied=applied)
    for name, nested in block.blocks.items():
        result[name] = _settled_block(nested, found[name], reference.get(name), applied=applied)
    return result


def _settled(type_: CtyType, found: Any, reference: Any, *, applied: bool) -> Any:
    if reference is UNKNOWN:
        return found
    if isinstance(type_, str):
        lost = found is None and reference == ""
    elif applied:
        empty_change = (reference is None and found in ([], {})) or (reference in ([], {}) and found is None)
        lost = empty_change or (type_[0] == "set" and reference is not None and is_wholly_known(reference))
    else:
        lost = type_[0] == "list" and found is None and reference == []
    return reference if lost else found


def _settled_block(nested: NestedBlock, found: Any, reference: Any, *, applied: bool) -> Any:
    if nested.nesting is Nesting.SINGLE:
        return reference
    if not isinstance(reference, list) or not isinstance(found, list):
        return found
    if nested.nesting is Nesting.SET:
        same = sorted(map(repr, found)) == sorted(map(repr, reference))
        known = applied and reference and is_wholly_known(reference)
        return reference if known or same else found
    if len(found) != len(reference):
        return found
    pairs = zip(found, reference, strict=True)
    return [settle(nested.block, item, before or {}, applied=applied) for item, before in pairs]


def planned_or_found(planned: Any, found: Any) -> Any:
    """Return the plan with what it did not know taken from what was found.

    The newer library keeps to the plan, and Terraform refuses a state that differs from it.
    """
    if planned is UNKNOWN:
        return found
    if isinstance(planned, dict) and isinstance(found, dict):
        return {name: planned_or_found(value, found.get(name)) for name, value in planned.items()}
    if isinstance(planned, list) and not is_wholly_known(planned):
        left = list(found or [])
        return [planned_or_found(item, _taken(item, left)) for item in planned]
    return planned


def _taken(item: Any, left: list[Any]) -> Any:
    """Take the element out of ``left`` that agrees with what is known of one, and return it."""
    index = next((index for index, other in enumerate(left) if _agrees(item, other)), None)
    return None if index is None else left.pop(index)


def _agrees(planned: Any, found: Any) -> bool:
    if planned is UNKNOWN:
        return True
    if isinstance(planned, dict) and isinstance(found, dict):
        return all(_agrees(value, found.get(name)) for name, value in planned.items())
    if isinstance(planned, list) and isinstance(found, list):
        return len(planned) == len(found) and all(map(_agrees, planned, found))
    return bool(planned == found)


def with_documents(
    behaviour: Behaviour, found: dict[str, Any], reference: dict[str, Any], verbatim: Collection[str]
) -> dict[str, Any]:
    """Return the state with documents in the form that they had, where they still mean the same."""
    result = dict(found)
    for path, kind in behaviour.documents.items():
        new, old = found.get(path), reference.get(path)
        if path in verbatim or not isinstance(new, str) or not new:
            continue
        same = isinstance(old, str) and old != "" and equivalent(old, new, kind)
        result[path] = old if same else normalized(new, kind)
    return result
