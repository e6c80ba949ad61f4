"""Tell a nested block from a map-typed argument: in Terraform's JSON both are an object.

``map_arguments.json`` is made from the pinned AWS bindings by the project that it stands in. It holds the
names of map-typed arguments and, where a name is a map in one type and a block in another, the types that have it as a
block.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).parent / "map_arguments.json"


@cache
def _kinds() -> tuple[frozenset[str], Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    data = json.loads(DATA.read_text())
    return (
        frozenset(data["maps"]),
        {name: frozenset(types) for name, types in data["blocks_in"].items()},
        {name: frozenset(types) for name, types in data["both_in"].items()},
    )


def is_map(resource_type: str, name: str, value: Mapping[str, Any]) -> bool:
    """Return whether an object given for argument ``name`` is a map rather than a block.

    ``resource_type`` is such as ``aws_x`` or ``data.aws_x``. Of other providers nothing is known: theirs stay maps.
    """
    if not resource_type.removeprefix("data.").startswith("aws_"):
        return True
    maps, blocks_in, both_in = _kinds()
    if name not in maps or resource_type in blocks_in.get(name, ()):
        return False
    if resource_type in both_in.get(name, ()):
        return not any(isinstance(inner, (list, dict)) for inner in value.values())
    return True
