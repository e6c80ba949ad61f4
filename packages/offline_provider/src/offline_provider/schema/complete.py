"""A bindings' block with what the bindings leave out filled in from the recording of the real provider.

Where both speak, the bindings win: they are of the newer version.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from offline_provider.schema_model import Attribute, Block, NestedBlock, Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from offline_provider.observed.shapes import ShapeReader


def complete(block: Block, entry: Mapping[str, Any], shapes: ShapeReader) -> Schema:
    """Return the schema of one type; ``entry`` is what was recorded of it, or empty."""
    block = _with_write_only(block)
    for path, limits in entry.get("limits", {}).items():
        block = _at(block, path, partial(_limited, limits=limits))
    for path in entry.get("sensitive", ()):
        block = _at(block, path, _sensitive)
    for path, type_ in entry.get("attributes", {}).items():
        block = _at(block, path, partial(_as_attribute, type_=type_))
    for path, shape in entry.get("blocks", {}).items():
        block = _at(block, path, partial(_as_block, shape=shape, shapes=shapes))
    return Schema(block, entry.get("version", 0))


def _at(block: Block, path: str, change: Callable[[Block, str], Block]) -> Block:
    """Change what stands at a dotted path; a path that the newer block no longer has changes nothing."""
    name, _, rest = path.partition(".")
    if not rest:
        return change(block, name) if name in block.attributes or name in block.blocks else block
    nested = block.blocks.get(name)
    if nested is None:
        return block
    inner = replace(nested, block=_at(nested.block, rest, change))
    return replace(block, blocks={**block.blocks, name: inner})


def _limited(parent: Block, name: str, *, limits: list[int]) -> Block:
    least, most = limits
    nested = parent.blocks.get(name)
    if nested is None:
        return parent
    changed = replace(
        nested,
        min_items=least if least > 1 and nested.min_items == 1 else nested.min_items,
        max_items=most if most > 1 and nested.max_items == 0 else nested.max_items,
    )
    return replace(parent, blocks={**parent.blocks, name: changed})


def _sensitive(parent: Block, name: str) -> Block:
    attribute = parent.attributes.get(name)
    if attribute is None:
        return parent
    return replace(parent, attributes={**parent.attributes, name: replace(attribute, sensitive=True)})


def _as_attribute(parent: Block, name: str, *, type_: Any) -> Block:
    blocks = {key: nested for key, nested in parent.blocks.items() if key != name}
    before = parent.attributes.get(name) or _from_block(parent.blocks[name])
    return Block({**parent.attributes, name: replace(before, type=type_)}, blocks)


def _from_block(nested: NestedBlock) -> Attribute:
    return Attribute(nested.name, "dynamic", required=nested.min_items > 0, optional=nested.min_items == 0)


def _as_block(parent: Block, name: str, *, shape: list[Any], shapes: ShapeReader) -> Block:
    attribute = parent.attributes.get(name)
    if attribute is None or attribute.type != "dynamic":
        return parent
    attributes = {key: item for key, item in parent.attributes.items() if key != name}
    return Block(attributes, {**parent.blocks, name: shapes.nested(name, shape)})


def _with_write_only(block: Block) -> Block:
    """Mark ``…_wo`` beside ``…_wo_version``: the provider names its write-only arguments so, all of them."""
    marked = {
        name: replace(attribute, write_only=True, sensitive=True)
        for name, attribute in block.attributes.items()
        if name.endswith("_wo") and f"{name}_version" in block.attributes
    }
    blocks = {name: replace(nested, block=_with_write_only(nested.block)) for name, nested in block.blocks.items()}
    return Block({**block.attributes, **marked}, blocks)
