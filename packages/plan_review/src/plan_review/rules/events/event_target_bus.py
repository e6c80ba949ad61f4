from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.events.targets import rule_of
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "event-target-bus",
    title="A target is on the same event bus as its rule",
    why="Rules are found by name and bus; a target without `event_bus_name` is looked for on the default bus.",
    consequence="ResourceNotFoundException: Rule … does not exist on EventBus default",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html",),
)
def event_target_bus(context: Context) -> Iterator[Found]:
    """Rule and target name the same bus."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        found = rule_of(context, target)
        if found is None:
            continue
        wanted, given = _bus(found), _bus(target)
        if wanted == given or has_symbols(wanted + given):
            continue
        yield Found(
            item=target,
            path=("event_bus_name",),
            message=f"{found.address} is on the event bus {context.view.show(wanted)}, the target on {given}",
            remedy=f"give event_bus_name = {context.view.show(found.get('event_bus_name', 'default'))} to both",
        )


def _bus(item: Item) -> str:
    return str(item.get("event_bus_name", "default")).rsplit("/", 1)[-1]
