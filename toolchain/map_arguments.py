"""What ``map_arguments.json`` of the plan review holds, from the schemas of the bindings.

It tells a map-typed argument from a nested block of the same name. The plan review keeps it as a file, since it has to
know that at every synth, where reading the schemas would take longer than the check.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from offline_provider.schema.cache import open_store
from offline_provider.schema_model import Block, CtyType, Nesting

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAP, _BLOCK = "map", "block"


def _kinds(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the name and kind of every map and of every block that can be given in a block, however deep."""
    for attribute in block.attributes.values():
        if attribute.settable:
            yield from _of_type(attribute.name, attribute.type)
    for nested in block.blocks.values():
        yield nested.name, _MAP if nested.nesting is Nesting.MAP else _BLOCK
        yield from _kinds(nested.block)


def _of_type(name: str, cty: CtyType) -> Iterator[tuple[str, str]]:
    """Yield the kinds in an attribute: a list of objects is written as blocks are."""
    if not isinstance(cty, list):
        return
    kind, inner = cty[0], cty[1]
    if kind == "object":
        for member, member_type in inner.items():
            yield from _of_type(member, member_type)
        return
    if kind == _MAP:
        yield name, _MAP
    elif isinstance(inner, list) and inner[0] == "object":
        yield name, _BLOCK
    if isinstance(inner, list) and inner[0] == "object":
        yield from _of_type(name, inner)


def generated() -> str:
    """Return the content of the file."""
    store = open_store()
    schemas = [
        *((name, store.resource(name)) for name in store.resources),
        *((f"data.{name}", store.data_source(name)) for name in store.data_sources),
    ]
    types: dict[str, dict[str, set[str]]] = {_MAP: defaultdict(set), _BLOCK: defaultdict(set)}
    for type_name, schema in schemas:
        for name, kind in _kinds(schema.block):
            types[kind][name].add(type_name)
    maps, blocks = types[_MAP], types[_BLOCK]
    document = {
        "blocks_in": {name: sorted(blocks[name] - maps[name]) for name in maps if blocks[name] - maps[name]},
        "both_in": {name: sorted(blocks[name] & maps[name]) for name in maps if blocks[name] & maps[name]},
        "maps": sorted(maps),
    }
    return json.dumps(document, indent=1, sort_keys=True) + "\n"
