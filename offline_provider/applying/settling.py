"""The state that is kept after what was read: in the schema's shape, and without differences that mean nothing.

The older of the real provider's libraries keeps states in a flat map of strings, and then takes from the plan what
such a map loses ("normalizeNullValues" in terraform-plugin-sdk, ``helper/schema/grpc_provider.go``). Doing the same
makes a state look like the real provider's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.planning.documents import equivalent, normalized
from offline_provider.protocol.values import UNKNOWN, is_wholly_known
from offline_provider.schema.model import Block, CtyType, NestedBlock, Nesting

if TYPE_CHECKING:
    from collections.abc import Collection

    from offline_provider.planning.behaviour import Behaviour

_ZERO: dict[str, Any] = {"string": "", "number": 0, "bool": False}


def shaped(block: Block, values: dict[str, Any], read: Collection[str] = ()) -> dict[str, Any]:
    """Return the values with every attribute and block that the schema has, and none that it has not.

    What was ``read`` and found missing is zero, as where the library is told of a null; the rest is null.
    """
    result = {}
    for name, attribute in block.attributes.items():
        value = values.get(name)
        result[name] = _zero(attribute.type) if value is None and name in read else _typed(attribute.type, value)
    for name, nested in block.blocks.items():
        result[name] = _elements(nested, values.get(name))
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


def _elements(nested: NestedBlock, value: Any) -> Any:
    if nested.nesting is Nesting.SINGLE:
        return value
    elements = [shaped(nested.block, element or {}) for element in value or []]
    if nested.nesting is Nesting.SET:
        return sorted((_without_nulls(nested.block, element) for element in elements), key=repr)
    return elements


def _without_nulls(block: Block, element: dict[str, Any]) -> dict[str, Any]:
    """Return a set's element, in which nothing is null: the library compares sets by their content."""
    zeros = {
        name: _zero(attribute.type)
        for name, attribute in block.attributes.items()
        if element[name] is None and isinstance(attribute.type, str)
    }
    return element | zeros


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
