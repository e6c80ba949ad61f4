"""A Terraform schema as immutable values: blocks, the attributes and blocks nested in them, and their types.

A type is written as Terraform's own JSON syntax for types parses: ``"string"``, ``["list", "string"]``,
``["object", {"name": "string"}]``, ``"dynamic"``.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

CtyType = Any  # str | list: the recursion of JSON has no useful static type


class Nesting(enum.IntEnum):
    """How often a nested block may occur; the numbers are those of the plugin protocol."""

    SINGLE = 1
    LIST = 2
    SET = 3
    MAP = 4


@dataclass(frozen=True, slots=True)
class Attribute:
    """One argument or exported value of a block."""

    name: str
    type: CtyType
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False

    @property
    def settable(self) -> bool:
        """Whether a configuration may give the attribute a value."""
        return self.required or self.optional


@dataclass(frozen=True, slots=True)
class NestedBlock:
    """A block inside a block; ``min_items`` and ``max_items`` of 0 mean no limit, as in the protocol."""

    name: str
    block: Block
    nesting: Nesting
    min_items: int = 0
    max_items: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """The attributes and nested blocks of a resource, a data source, the provider, or a nested block."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: dict[str, NestedBlock] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schema:
    """A block and the version of the state written with it."""

    block: Block
    version: int = 0


def object_type(block: Block) -> CtyType:
    """Return the type of the value that a block decodes to, as Terraform implies it."""
    members = {attribute.name: attribute.type for attribute in block.attributes.values()}
    for nested in block.blocks.values():
        inner = object_type(nested.block)
        kinds = {Nesting.LIST: "list", Nesting.SET: "set", Nesting.MAP: "map"}
        members[nested.name] = inner if nested.nesting is Nesting.SINGLE else [kinds[nested.nesting], inner]
    return ["object", members]
