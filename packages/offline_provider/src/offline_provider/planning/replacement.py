"""Which changes cannot be made in place."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from offline_provider.schema_model import Block, Nesting
from offline_provider.wire.values import UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Step = str | int
"""A name, or an index into a list."""


def replacing_paths(block: Block, prior: Value, planned: Value, immutable: Iterable[str]) -> list[tuple[Step, ...]]:
    """Return the paths of the changed values that force a new resource, in the order of ``immutable``.

    ``immutable`` holds dotted paths without indexes. A path ends at a set, because its elements have no index.
    """
    found = []
    for path in immutable:
        found += [steps for steps in _changed(block, prior, planned, path.split(".")) if steps not in found]
    return found


def _changed(block: Block, prior: Value, planned: Value, names: list[str]) -> Iterator[tuple[Step, ...]]:
    name, rest = names[0], names[1:]
    if prior is None or planned is None or name not in prior or prior[name] == planned[name]:
        return
    before, after = prior[name], planned[name]
    nested = block.blocks.get(name)
    if before is UNKNOWN or after is UNKNOWN or nested is None or nested.nesting is Nesting.SET:
        if _differs(before, after):
            yield (name,)
    elif not rest:  # an immutable list of blocks: elements come and go, what is in them has paths of its own
        if len(before or ()) != len(after or ()):
            yield (name,)
    elif nested.nesting is Nesting.SINGLE:
        yield from ((name, *steps) for steps in _changed(nested.block, before, after, rest))
    else:
        yield from ((name, *steps) for steps in _changed_elements(nested.block, before, after, rest))


def _changed_elements(
    block: Block, before: list[Value], after: list[Value], names: list[str]
) -> Iterator[tuple[Step, ...]]:
    for index, (old, new) in enumerate(zip_longest(before, after)):
        if old is not None and new is not None:
            yield from ((index, *steps) for steps in _changed(block, old, new, names))
        elif _holds(block, old if new is None else new, names):
            yield ()  # the list itself: an element that is on one side only has no path on the other


def _differs(before: Value, after: Value) -> bool:
    """Tell whether a change is more than one from unset to empty."""
    return before is UNKNOWN or after is UNKNOWN or (before or None) != (after or None)


def _holds(block: Block, element: Value, names: list[str]) -> bool:
    """Tell whether an element that appears or disappears carries a value at the path."""
    value = element[names[0]]
    if len(names) == 1 or value is UNKNOWN:
        return value is UNKNOWN or bool(value)
    nested = block.blocks[names[0]]
    elements = value if isinstance(value, list) else [value] if value else []
    return any(_holds(nested.block, item, names[1:]) for item in elements)
