"""Plans of resources written with the older library (terraform-plugin-sdk), which are most.

The library keeps values in a flat map of strings, and its plans show it: an empty map is null, a collection with one
unknown element is unknown as a whole, an unset string inside a set is ``""``, and on an
update null, zero and empty are the same. Each rule here was seen in the real provider's plans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from offline_provider.planning.json_documents import equivalent, normalized
from offline_provider.schema_model import Attribute, Block, CtyType, NestedBlock, Nesting
from offline_provider.wire.values import UNKNOWN, Value

if TYPE_CHECKING:
    from offline_provider.planning.behaviour import Behaviour

_ZERO: dict[str, Value] = {"string": "", "number": 0, "bool": False}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a resource the plan is being made."""

    prefix: str = ""
    in_set: bool = False
    update: bool = False
    """Whether the resource exists, even where the block that is planned is new."""
    filled: bool = False
    """Whether the place is a nested block that exists and holds something."""

    def inside(self, nested: NestedBlock, prior: Value) -> _Place:
        in_set = self.in_set or nested.nesting is Nesting.SET
        return _Place(f"{self.prefix}{nested.name}.", in_set, self.update, reduced(prior) is not None)


class SdkPlanner:
    """Plans values of one resource type."""

    def __init__(self, block: Block, behaviour: Behaviour) -> None:
        self._block, self._behaviour = block, behaviour

    def plan(self, config: Value, prior: Value, proposed: Value) -> Value:
        """Return the planned state; ``prior`` is ``None`` for a resource that does not exist yet."""
        planned = self._plan_block(self._block, config, prior, proposed, _Place(update=prior is not None))
        if prior is not None and reduced(planned) == reduced(prior):
            return prior
        return planned

    def _plan_block(self, block: Block, config: Value, prior: Value, proposed: Value, place: _Place) -> Value:
        planned = {}
        for name, attribute in block.attributes.items():
            before = None if prior is None else prior[name]
            if place.in_set and attribute.computed:
                # Terraform has already found the element that a set's element was before.
                before = proposed[name]
            exists = prior is not None or (place.in_set and before is not None)
            planned[name] = self._plan_attribute(attribute, config[name], before, place, exists=exists)
        for name, nested in block.blocks.items():
            before = None if prior is None else prior[name]
            planned[name] = self._plan_nested(nested, config[name], before, proposed[name], place, new=prior is None)
        return planned

    def _plan_attribute(
        self, attribute: Attribute, config: Value, prior: Value, place: _Place, *, exists: bool
    ) -> Value:
        if attribute.write_only:
            return None
        if _any_unknown(config):
            return UNKNOWN
        if isinstance(attribute.type, str):
            return self._plan_primitive(attribute, config, prior, place, exists=exists)
        value = _stored(config, attribute.type)
        if not value:
            if attribute.computed and (config is None or attribute.type[0] != "list"):
                return prior if exists else self._created(attribute, place)
            return self._empty_collection(attribute, config, prior, place, exists=exists)
        return prior if exists and reduced(value) == reduced(prior) else value

    def _plan_primitive(
        self, attribute: Attribute, config: Value, prior: Value, place: _Place, *, exists: bool
    ) -> Value:
        kind = self._behaviour.documents.get(place.prefix + attribute.name)
        if config is not None and kind is not None:
            if exists and isinstance(prior, str) and equivalent(prior, config, kind):
                return prior
            written, config = config, normalized(config, kind)
            if config == "" and (not attribute.computed or (written == "" and not exists)):
                return ""
        if attribute.computed and config in (None, ""):
            return prior if exists else self._created(attribute, place)
        return self._left_out(attribute, prior, place, exists=exists) if config is None else config

    def _left_out(self, attribute: Attribute, prior: Value, place: _Place, *, exists: bool) -> Value:
        """Return what an argument is planned as that the configuration leaves out."""
        default = self._behaviour.defaults.get(place.prefix + attribute.name)
        if default is not None:
            return default
        if place.in_set and attribute.type == "string":
            return ""
        zero = _ZERO.get(attribute.type)
        return zero if exists and (prior == zero or (prior is None and place.filled)) else None

    def _created(self, attribute: Attribute, place: _Place) -> Value:
        """Return what a computed value is planned as when its resource or block is new."""
        path = place.prefix + attribute.name
        if path in self._behaviour.defaults:
            return self._behaviour.defaults[path]
        if path in self._behaviour.nulls or (place.update and not place.in_set):
            return None
        return UNKNOWN

    def _empty_collection(
        self, attribute: Attribute, config: Value, prior: Value, place: _Place, *, exists: bool
    ) -> Value:
        if exists:
            return prior if not prior and (prior is not None or not place.filled) else _empty(attribute.type)
        if place.prefix + attribute.name in self._behaviour.defaults:
            return self._behaviour.defaults[place.prefix + attribute.name]
        return [] if config is not None and attribute.type[0] == "list" else None

    def _plan_nested(
        self, nested: NestedBlock, config: Value, prior: Value, proposed: Value, place: _Place, *, new: bool
    ) -> Value:
        if nested.nesting is Nesting.SINGLE:  # timeouts alone, which are taken as they are configured
            return proposed
        if config is UNKNOWN or (config and UNKNOWN in config):
            return UNKNOWN
        if not config:
            if place.prefix + nested.name in self._behaviour.computed_blocks:
                return UNKNOWN if new else prior
            return []
        return self._plan_elements(nested, config, prior, proposed, place)

    def _plan_elements(self, nested: NestedBlock, config: Value, prior: Value, proposed: Value, place: _Place) -> Value:
        befores = prior if isinstance(prior, list) else []
        in_order = nested.nesting is Nesting.LIST
        planned = []
        for index, element in enumerate(config):
            before = befores[index] if in_order and index < len(befores) else None
            inside = place.inside(nested, before)
            made = self._plan_block(nested.block, element, before, proposed[index], inside)
            planned.append(self._without_sets(nested.block, made))
        if in_order:
            return planned
        planned = list({_identity(element): element for element in planned}.values())
        same = {_identity(item) for item in befores} == {_identity(item) for item in planned}
        return befores if same else planned

    @staticmethod
    def _without_sets(block: Block, planned: Value) -> Value:
        """Return a planned element; one without any content has null where others have empty sets of blocks."""
        if reduced(planned) is not None:
            return planned
        return planned | {name: None for name, nested in block.blocks.items() if nested.nesting is Nesting.SET}


def reduced(value: Value) -> Value:
    """Return the value without what the library cannot tell from unset: null, zero, ``""``, empty collections."""
    if isinstance(value, dict):
        kept = {key: inner for key, item in value.items() if (inner := reduced(item)) is not None}
        return kept or None
    if isinstance(value, list):
        return [reduced(item) for item in value] or None
    if value is UNKNOWN:
        return value
    return value or None


def _identity(element: Value) -> str:
    """Return a key that two elements of a set share where the library takes them for one."""
    return repr(_sorted(reduced(element)))


def _sorted(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _any_unknown(value: Value) -> bool:
    if isinstance(value, dict):
        return any(_any_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_any_unknown(item) for item in value)
    return value is UNKNOWN


def _stored(value: Value, type_: CtyType) -> Value:
    """Return a collection as the flat map keeps it: without nulls, and with zeros for what objects leave out."""
    if isinstance(type_, str):
        return value
    kind, inner = type_
    if kind == "object":
        return {name: _stored_member((value or {}).get(name), member) for name, member in inner.items()}
    if value is None:
        return None
    if kind == "map":
        return {key: _stored(item, inner) for key, item in value.items() if item is not None}
    return [_stored(item, inner) for item in value if item is not None]


def _stored_member(value: Value, type_: CtyType) -> Value:
    if value is None:
        return _ZERO.get(type_) if isinstance(type_, str) else _empty(type_)
    return _stored(value, type_)


def _empty(type_: CtyType) -> Value:
    return {} if type_[0] == "map" else []
