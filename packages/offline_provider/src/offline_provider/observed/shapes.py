"""Deeply nested blocks, written once each: a firewall rule's statement repeats itself to a depth of thousands."""

from __future__ import annotations

import json
from typing import Any

from offline_provider.schema_model import Attribute, Block, NestedBlock, Nesting

_FLAGS = ("required", "optional", "computed", "sensitive")


class ShapeWriter:
    """Turns blocks into JSON; blocks alike share one entry of ``shapes`` and are named by its index."""

    def __init__(self) -> None:
        self.shapes: list[Any] = []
        self._known: dict[str, int] = {}

    def nested(self, nested: NestedBlock) -> list[Any]:
        """Return ``[nesting, min_items, max_items, shape]``."""
        return [int(nested.nesting), nested.min_items, nested.max_items, self._shape(nested.block)]

    def _shape(self, block: Block) -> int:
        attributes = {
            attribute.name: [attribute.type, *(flag for flag in _FLAGS if getattr(attribute, flag))]
            for attribute in block.attributes.values()
        }
        blocks = {name: self.nested(nested) for name, nested in block.blocks.items()}
        shape = [attributes, blocks]
        key = json.dumps(shape, sort_keys=True)
        if key not in self._known:
            self._known[key] = len(self.shapes)
            self.shapes.append(shape)
        return self._known[key]


class ShapeReader:
    """Turns such JSON back into blocks; blocks alike become the same object."""

    def __init__(self, shapes: list[Any]) -> None:
        self._shapes = shapes
        self._blocks: dict[int, Block] = {}

    def nested(self, name: str, entry: list[Any]) -> NestedBlock:
        """Return the nested block that ``ShapeWriter.nested`` wrote."""
        nesting, least, most, shape = entry
        return NestedBlock(name, self._block(shape), Nesting(nesting), least, most)

    def _block(self, index: int) -> Block:
        if index not in self._blocks:
            attributes, blocks = self._shapes[index]
            self._blocks[index] = Block(
                {
                    name: Attribute(name, type_, **dict.fromkeys(flags, True))
                    for name, (type_, *flags) in attributes.items()
                },
                {name: self.nested(name, entry) for name, entry in blocks.items()},
            )
        return self._blocks[index]
