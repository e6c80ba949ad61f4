"""Values that a configuration may not give: Terraform itself leaves it to the provider to refuse them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline_provider.schema_model import Block, Nesting
from offline_provider.wire.values import UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

Steps = tuple[str | int, ...]


def unconfigurable(block: Block, config: Value, path: Steps = ()) -> Iterator[Steps]:
    """Yield the path of every value that is given for an attribute which only the provider sets."""
    if config is None or config is UNKNOWN:
        return
    for name, attribute in block.attributes.items():
        if not attribute.settable and config[name] is not None:
            yield (*path, name)
    for name, nested in block.blocks.items():
        elements = config[name]
        if nested.nesting is Nesting.SINGLE:
            yield from unconfigurable(nested.block, elements, (*path, name))
        elif isinstance(elements, list):
            for index, element in enumerate(elements):
                # An element of a set has no index: the set is as near as a path can come.
                inner = (*path, name) if nested.nesting is Nesting.SET else (*path, name, index)
                yield from unconfigurable(nested.block, element, inner)
