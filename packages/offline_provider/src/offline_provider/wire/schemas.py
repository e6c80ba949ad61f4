"""Schemas in the plugin protocol's form, to and from bytes."""

from __future__ import annotations

import json
from typing import Any

from offline_provider.schema_model import Attribute, Block, NestedBlock, Nesting, Schema
from offline_provider.wire.messages import pb

# The published stubs predate write-only attributes. A message keeps fields that it does not know, so the flag is
# added as bytes: field 11 of Schema.Attribute, a varint, in tfplugin6.8.proto and later.
_WRITE_ONLY = b"\x58\x01"
WRITE_ONLY_5 = b"\x50\x01"
"""The same flag in version 5 of the protocol, which the real provider speaks: field 10."""


def to_message(schema: Schema) -> Any:
    """Return the schema as a protocol ``Schema`` message."""
    return pb.Schema(version=schema.version, block=_block_message(schema.block))


def from_message(message: Any, write_only: bytes = _WRITE_ONLY) -> Schema:
    """Return the schema that a protocol ``Schema`` message holds; ``write_only`` is how it marks such attributes."""
    return Schema(_block(message.block, write_only), message.version)


def _block_message(block: Block) -> Any:
    return pb.Schema.Block(
        attributes=[_attribute_message(attribute) for attribute in block.attributes.values()],
        block_types=[
            pb.Schema.NestedBlock(
                type_name=nested.name,
                block=_block_message(nested.block),
                nesting=int(nested.nesting),
                min_items=nested.min_items,
                max_items=nested.max_items,
            )
            for nested in block.blocks.values()
        ],
    )


def _attribute_message(attribute: Attribute) -> Any:
    message = pb.Schema.Attribute(
        name=attribute.name,
        type=json.dumps(attribute.type, separators=(",", ":")).encode(),
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
    )
    if attribute.write_only:
        message.MergeFromString(_WRITE_ONLY)
    return message


def _block(message: Any, write_only: bytes) -> Block:
    attributes = {
        item.name: Attribute(
            item.name,
            json.loads(item.type),
            required=item.required,
            optional=item.optional,
            computed=item.computed,
            sensitive=item.sensitive,
            write_only=item.SerializeToString().endswith(write_only),
        )
        for item in message.attributes
    }
    blocks = {
        item.type_name: NestedBlock(
            item.type_name, _block(item.block, write_only), Nesting(item.nesting), item.min_items, item.max_items
        )
        for item in message.block_types
    }
    return Block(attributes, blocks)
