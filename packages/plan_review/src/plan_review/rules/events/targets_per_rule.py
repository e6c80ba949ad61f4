from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_EVENTS_QUOTAS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"


_TARGETS_PER_RULE = 5


@rule(
    "targets-per-rule",
    title="A rule has at most five targets",
    why="EventBridge takes five targets for each rule.",
    consequence="LimitExceededException: The requested resource exceeds the maximum number allowed",
    sources=(_EVENTS_QUOTAS,),
)
def targets_per_rule(context: Context) -> Iterator[Found]:
    """Targets are counted by rule."""
    counts: dict[str, list[Item]] = {}
    for target in context.view.items("aws_cloudwatch_event_target"):
        found = context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")
        if found is not None and target.certain:
            counts.setdefault(found.address, []).append(target)
    for address, targets in sorted(counts.items()):
        if len(targets) > _TARGETS_PER_RULE:
            yield Found(
                item=address,
                message=f"it has {len(targets)} targets; {_TARGETS_PER_RULE} are allowed",
                remedy="make a second rule with the same pattern, or a topic in between",
            )
