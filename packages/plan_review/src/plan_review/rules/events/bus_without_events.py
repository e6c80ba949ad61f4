from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.rule_patterns import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "bus-without-events",
    title="A rule on events of AWS's services is on the bus that gets them",
    why=(
        "AWS's services send their events to the account's default bus alone. On another bus there are only those "
        "that a rule on the default bus, or another account, forwards to it."
    ),
    consequence="the rule is accepted and never matches",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html",),
)
def bus_without_events(context: Context) -> Iterator[Found]:
    """Such a rule is on the default bus, or something forwards to its bus."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        sources = (pattern_of(item) or {}).get("source")
        if not isinstance(sources, list) or not sources or not all(map(_of_aws, sources)):
            continue
        name = item.get("event_bus_name", "default")
        bus = context.view.find(name, "aws_cloudwatch_event_bus")
        if bus is None or bus.resource.mode == "data":
            if isinstance(name, str) and not has_symbols(name) and not name.endswith("default"):
                yield _on_unknown_bus(item, name, sources)
            continue
        targets = [target.get("arn") for target in context.view.items("aws_cloudwatch_event_target")]
        fed = any(context.view.find(arn, "aws_cloudwatch_event_bus") is bus for arn in targets)
        shared = context.view.items("aws_cloudwatch_event_permission", "aws_cloudwatch_event_bus_policy")
        if not fed:
            yield Found(
                item=item,
                path=("event_bus_name",),
                verdict=Verdict.CANNOT_TELL if shared or context.view.modules_given(bus) else Verdict.MISSING,
                message=f"{bus.address} gets no events of {', '.join(map(str, sources))}, for which it waits",
                remedy="leave event_bus_name out, or forward the events with a rule on the default bus",
            )


def _on_unknown_bus(item: Item, name: str, sources: list[Any]) -> Found:
    return Found(
        item=item,
        path=("event_bus_name",),
        verdict=Verdict.CANNOT_TELL,
        message=f"whether the bus {name} gets events of {', '.join(map(str, sources))} cannot be told",
        remedy="the rule that forwards them; AWS's services send to the default bus alone",
    )


def _of_aws(source: Any) -> bool:
    """Whether a source is a service of AWS's own: partners send to buses of their own."""
    return str(source).startswith("aws.") and not str(source).startswith("aws.partner")
