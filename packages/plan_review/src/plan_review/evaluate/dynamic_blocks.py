"""The blocks that ``dynamic`` blocks make, where what they go through is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import Environment, Evaluation, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item

_MOST = 100  # blocks of one kind


def expanded(evaluator: Evaluation, item: Item, name: str) -> list[Any] | None:
    """Return the blocks called ``name`` that dynamic blocks make; None where that is known after deployment only."""
    made: list[Any] = []
    for block in _labelled(item.resource.arguments.get("dynamic"), name):
        pairs = _pairs(evaluator.evaluate(block.get("for_each"), item.environment))
        content = next(iter(blocks_of(block.get("content"))), None)
        if pairs is None or content is None or "dynamic" in content:
            return None
        iterator = str(block.get("iterator") or name).removeprefix("${").removesuffix("}")
        outer = item.environment
        for key, value in pairs:
            names = {**outer.names, iterator: {"key": key, "value": value}}
            made.append(evaluator.evaluate(content, Environment(outer.module, outer.each, names)))
    return made


def _labelled(value: Any, name: str) -> Iterator[dict[str, Any]]:
    for labels in blocks_of(value):
        yield from blocks_of(labels.get(name))


def _pairs(source: Any) -> list[tuple[Any, Any]] | None:
    """Return keys and values in the order of Terraform; None where they are not known."""
    if isinstance(source, list) and len(source) <= _MOST:
        # One object in a list may be a mapping that was read as a block: which, cannot be told.
        return None if len(source) == 1 and isinstance(source[0], dict) else list(enumerate(source))
    if isinstance(source, dict) and len(source) <= _MOST:
        return sorted(source.items(), key=lambda pair: str(pair[0]))
    return None
