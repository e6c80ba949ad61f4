"""The blocks that ``dynamic`` blocks make, where what they go through is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import Evaluation, blocks_of
from plan_review.evaluate.template_text import pairs
from plan_review.evaluate.values import RefusedError, UnknownError, object_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item

_MOST = 100  # blocks of one kind


def expanded(evaluator: Evaluation, item: Item, name: str) -> list[Any] | None:
    """Return the blocks called ``name`` that dynamic blocks make; None where that is known after deployment only."""
    made: list[Any] = []
    for block in _labelled(item.resource.arguments.get("dynamic"), name):
        found = _pairs(evaluator.typed(block.get("for_each"), item.environment))
        content = next(iter(blocks_of(block.get("content"))), None)
        if found is None or content is None or "dynamic" in content:
            return None
        iterator = str(block.get("iterator") or name).removeprefix("${").removesuffix("}")
        outer = item.environment
        for key, value in found:
            names = {**outer.names, iterator: object_of({"key": key, "value": value})}
            made.append(evaluator.evaluate(content, replace(outer, names=names)))
    return made


def _labelled(value: Any, name: str) -> Iterator[dict[str, Any]]:
    for labels in blocks_of(value):
        yield from blocks_of(labels.get(name))


def _pairs(source: Any) -> list[tuple[Any, Any]] | None:
    """Return keys and values in the order of Terraform; None where they are not known."""
    try:
        found = pairs(source)
    except (UnknownError, RefusedError):
        return None
    return found if len(found) <= _MOST else None
