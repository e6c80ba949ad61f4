"""What the real provider's schemas say and the bindings cannot: limits, sensitivity, state versions, hidden blocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from offline_provider.schema_model import Block, CtyType, NestedBlock, Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

# The generator writes a block with at most one element in another way than others, and a required one with a flag;
# every other limit is lost.
_TOLD_LIMITS = frozenset({(0, 0), (0, 1), (1, 0), (1, 1)})


def schema_gaps(real: Schema, bindings: Block) -> dict[str, Any]:
    """Return the facts of one type that its bindings leave out, in the form of the recorded file."""
    gaps: dict[str, Any] = {}
    if real.version:
        gaps["version"] = real.version
    for path, kind, value in _ambiguous(real.block, bindings):
        gaps.setdefault(kind, {})[path] = value
    whole = tuple(f"{path}." for path in gaps.get("blocks", ()))
    for path, item in _walk(real.block):
        if path.startswith(whole):
            continue  # recorded with everything in it
        if isinstance(item, NestedBlock):
            if (item.min_items, item.max_items) not in _TOLD_LIMITS:
                gaps.setdefault("limits", {})[path] = [item.min_items, item.max_items]
        elif item.sensitive:
            gaps.setdefault("sensitive", []).append(path)
    return gaps


def _walk(block: Block, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for attribute in block.attributes.values():
        yield prefix + attribute.name, attribute
    for nested in block.blocks.values():
        yield prefix + nested.name, nested
        yield from _walk(nested.block, f"{prefix}{nested.name}.")


def _ambiguous(real: Block, bindings: Block, prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield (path, kind, value) where the bindings allow two readings and the real provider settles it."""
    for name, attribute in real.attributes.items():
        if (name in bindings.blocks and bindings.blocks[name].nesting == 1) or (
            name in bindings.attributes and _nested_lists(attribute.type, bindings.attributes[name].type)
        ):
            yield prefix + name, "attributes", attribute.type
    for name, nested in real.blocks.items():
        if name in bindings.attributes and bindings.attributes[name].type == "dynamic":
            yield prefix + name, "blocks", nested
        elif name in bindings.blocks:
            yield from _ambiguous(nested.block, bindings.blocks[name].block, f"{prefix}{name}.")


def _nested_lists(real: CtyType, bindings: CtyType) -> bool:
    """Tell whether the types differ in what the generator writes alike: a set of sets and a set of lists."""
    if not (isinstance(real, list) and isinstance(real[1], list) and real[1][0] in ("list", "set")):
        return False
    return real != bindings and json.dumps(real).replace("set", "list") == json.dumps(bindings).replace("set", "list")
