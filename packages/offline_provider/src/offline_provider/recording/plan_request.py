"""Asking the provider about one type: the question's form, and the merge that Terraform makes before it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offline_provider.schema_model import Block, Nesting
from offline_provider.wire.values import Value

Ask = Callable[[Value, Value, Value], Any]
"""(config, prior, proposed) → the provider's PlanResourceChange answer. Raises ``Refused``."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The provider does not plan the made-up configuration."""


def proposed(block: Block, prior: Value, config: Value) -> Value:
    """Merge as Terraform does before it asks the provider: computed values that are not configured stay."""
    result = dict(config)
    for name, attribute in block.attributes.items():
        if config[name] is None and attribute.computed:
            result[name] = prior[name]
    for name, nested in block.blocks.items():
        if isinstance(config[name], list) and isinstance(prior[name], list):
            find = _matching if nested.nesting is Nesting.SET else _at_index
            befores = [find(nested.block, prior[name], index, item) for index, item in enumerate(config[name])]
            result[name] = [
                item if before is None else proposed(nested.block, before, item)
                for before, item in zip(befores, config[name], strict=True)
            ]
    return result


def _at_index(_block: Block, priors: list[Value], index: int, _element: Value) -> Value:
    return priors[index] if index < len(priors) else None


def _matching(block: Block, priors: list[Value], _index: int, element: Value) -> Value:
    """Find the set's element that differs from the given one in nothing but computed values."""
    for before in priors:
        same = all(
            element[name] == before[name] or (attribute.computed and element[name] is None)
            for name, attribute in block.attributes.items()
        )
        if same and all(element[name] == before[name] for name in block.blocks):
            return before
    return None
