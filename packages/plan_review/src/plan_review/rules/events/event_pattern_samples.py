from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import argument_tie
from plan_review.rules.events.pattern_values import PATTERNS_PAGE, values_at
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.event_matching import matches
from plan_review.rules.shared.rule_patterns import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_KEY = "detail.object.key"


@rule(
    "event-pattern-samples",
    title="A pattern matches at least one sample event of its kind",
    why="Sample events are what the code is tested with; a rule that matches none of its kind waits for other events.",
    consequence="the function is tested with events that it never gets, and gets others or none",
    sources=(PATTERNS_PAGE,),
)
def event_pattern_samples(context: Context) -> Iterator[Found]:
    """Names of this environment's resources and folders are left out: samples are of one environment."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        pattern = pattern_of(item)
        if pattern is None:
            continue
        head: dict[str, Any] = {name: pattern[name] for name in ("source", "detail-type") if name in pattern}
        alike = {name: event for name, event in context.evidence.events.items() if matches(head, event)}
        ignoring = frozenset(_references(item, pattern)) | _folders(pattern)
        if alike and not any(matches(pattern, event, ignoring) for event in alike.values()):
            yield Found(
                item=item,
                path=("event_pattern",),
                after=argument_tie(item.address, ("event_pattern",)),
                message=f"it matches none of the {len(alike)} sample events of its source and type",
                remedy=f"compare it with {', '.join(sorted(alike)[:3])}",
            )


def _folders(pattern: dict[str, Any]) -> frozenset[str]:
    """Return the place of an object's key where it is asked for by its beginning alone: samples lie where they lie."""
    filters = values_at(pattern, _KEY)
    prefixes = [isinstance(each, dict) and set(each) == {"prefix"} for each in filters]
    return frozenset({_KEY}) if prefixes and all(prefixes) else frozenset()


def _references(item: Item, pattern: dict[str, Any]) -> Iterator[str]:
    """Yield the places whose values are references in the configuration, so that they differ by environment."""
    raw = item.resource.arguments.get("event_pattern")
    try:
        written = json.loads(raw) if isinstance(raw, str) else {}
    except ValueError:
        written = {}
    yield from _differing(written if isinstance(written, dict) else {}, pattern, "")


def _differing(written: dict[str, Any], evaluated: dict[str, Any], path: str) -> Iterator[str]:
    for name, value in evaluated.items():
        place = f"{path}.{name}" if path else name
        before = written.get(name)
        if isinstance(value, dict):
            yield from _differing(before if isinstance(before, dict) else {}, value, place)
        elif before != value or has_symbols(json.dumps(value, ensure_ascii=False)):
            yield place
