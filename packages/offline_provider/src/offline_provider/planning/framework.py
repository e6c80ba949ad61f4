"""Plans of resources written with the newer library (terraform-plugin-framework), and of types never recorded.

Terraform's proposal is taken as it is, with defaults; and where that changes anything, every computed value that is
not configured becomes unknown, but for those recorded as kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_provider.planning.behaviour import Behaviour, Library
from offline_provider.schema_model import Attribute, Block, NestedBlock, Nesting
from offline_provider.wire.values import UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

# What identifies a resource stays when the rest changes, in all resources of AWS that were recorded but a few; of a
# type that was not recorded this is assumed, and everything else computed may change.
_ASSUMED_KEPT = frozenset({"id", "arn"})


class FrameworkPlanner:
    """Plans values of one resource type."""

    def __init__(self, block: Block, behaviour: Behaviour) -> None:
        self._block, self._behaviour = block, behaviour
        self._kept = _ASSUMED_KEPT if behaviour.library is Library.UNKNOWN else behaviour.kept

    def plan(self, config: Value, prior: Value, proposed: Value) -> Value:
        """Return the planned state; ``prior`` is ``None`` for a resource that does not exist yet."""
        planned = self._with_defaults(self._block, config, proposed, "")
        if prior is not None and planned == prior:
            return prior
        return self._with_unknowns(self._block, config, prior, planned, "")

    def _with_defaults(self, block: Block, config: Value, proposed: Value, prefix: str) -> Value:
        planned = {}
        for name, attribute in block.attributes.items():
            default = self._behaviour.defaults.get(prefix + name)
            take = default is not None and config[name] is None and not attribute.write_only
            planned[name] = default if take else None if attribute.write_only else proposed[name]
        for name, nested in block.blocks.items():
            planned[name] = _each(
                nested,
                config[name],
                proposed[name],
                lambda given, value, nested=nested, name=name: self._with_defaults(
                    nested.block, given, value, f"{prefix}{name}."
                ),
            )
        return planned

    def _with_unknowns(self, block: Block, config: Value, prior: Value, planned: Value, prefix: str) -> Value:
        result = dict(planned)
        for name, attribute in block.attributes.items():
            if config[name] is None and attribute.computed:
                result[name] = self._unknown(attribute, prior, planned[name], prefix + name)
        for name, nested in block.blocks.items():
            path = prefix + name
            if not planned[name] and config[name] is not UNKNOWN and path in self._behaviour.computed_blocks:
                result[name] = UNKNOWN
                continue
            priors = _priors(nested, prior, name)
            result[name] = _each(
                nested,
                config[name],
                planned[name],
                lambda given, value, nested=nested, path=path, priors=priors: self._with_unknowns(
                    nested.block, given, next(priors, None), value, f"{path}."
                ),
            )
        return result

    def _unknown(self, attribute: Attribute, prior: Value, planned: Value, path: str) -> Value:
        if path in self._behaviour.defaults:
            return planned
        if prior is None:
            return None if path in self._behaviour.nulls else UNKNOWN
        if path in self._kept and prior[attribute.name] is not None:
            return prior[attribute.name]
        return None if path in self._behaviour.nulls and path in self._kept else UNKNOWN


def _each(nested: NestedBlock, config: Value, value: Value, make: object) -> Value:
    """Apply ``make(config, value)`` to the nested block or to each element of it."""
    if value is None or value is UNKNOWN or config is None or config is UNKNOWN:
        return value
    if nested.nesting is Nesting.SINGLE:
        return make(config, value)  # type: ignore[operator]
    if nested.nesting is Nesting.MAP:
        return {key: make(config[key], item) for key, item in value.items()}  # type: ignore[operator]
    pairs = zip(config, value, strict=False)
    return [item if given is UNKNOWN else make(given, item) for given, item in pairs]  # type: ignore[operator]


def _priors(nested: NestedBlock, prior: Value, name: str) -> Iterator[Value]:
    """Yield what each element of the nested block was before; of a set's elements that cannot be told."""
    before = prior[name] if isinstance(prior, dict) else None
    if isinstance(before, list) and nested.nesting is Nesting.LIST:
        yield from before
    elif nested.nesting is Nesting.SINGLE:
        yield before
