"""Until when an event may still come to a function: retries, dead letters that are sent again, replays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.rules.shared.dead_letters import DAY, retention
from plan_review.rules.shared.functions import function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

__all__ = ["DAY", "Latest", "kept_for", "latest"]

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html and
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
_OF_RULES = DAY
_OF_INVOCATIONS = 6 * 3600
_FOR_EVER = 100 * 365 * DAY  # an archive that keeps events without end


@dataclass(frozen=True, slots=True)
class Latest:
    """Seconds after its first delivery, put together from what ``parts`` say."""

    seconds: int
    parts: tuple[str, ...]

    @property
    def shown(self) -> str:
        """For a person to read, such as ``15.25 days (1 of retries)``."""
        days = "without end" if self.seconds >= _FOR_EVER else f"{self.seconds / DAY:g} days"
        return f"{days} ({', '.join(self.parts)})"


def kept_for(context: Context, target: Item | None, function: Item) -> int:
    """Return for how many seconds dead letters of an event are kept, of the rule's target or of the function."""
    holders: list[Any] = [block.get("arn") for block in (target.blocks("dead_letter_config") if target else [])]
    holders += [block.get("target_arn") for block in function.blocks("dead_letter_config")]
    for config in _invoke_configs(context, function):
        for block in config.blocks("destination_config"):
            holders += [inner.get("destination") for inner in blocks_of(block.get("on_failure"))]
    queues = [context.view.find(arn, "aws_sqs_queue") for arn in holders]
    return max((retention(queue) or 0 for queue in queues if queue is not None), default=0)


def latest(context: Context, function: Item) -> Latest | None:
    """Return when an event may come last; None where no rule sends this function any, or it is not known."""
    found = [_of_target(context, target, function) for target in _targets(context, function)]
    known = [each for each in found if each is not None]
    return max(known, key=lambda each: each.seconds, default=None)


def _targets(context: Context, function: Item) -> Iterator[Item]:
    for target in context.view.items("aws_cloudwatch_event_target"):
        rule = context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")
        # A schedule's events have no record that a later one could be taken for.
        if rule is not None and rule.get("event_pattern") and function_of(context, target.get("arn")) is function:
            yield target


def _of_target(context: Context, target: Item, function: Item) -> Latest | None:
    retried = _number((target.block("retry_policy") or {}).get("maximum_event_age_in_seconds"), _OF_RULES)
    ages = [
        _number(config.get("maximum_event_age_in_seconds"), _OF_INVOCATIONS)
        for config in _invoke_configs(context, function)
    ]
    invoked = ages[0] if ages else _OF_INVOCATIONS
    if retried is None or invoked is None:
        return None
    kept = kept_for(context, target, function)
    parts = [f"{(retried + invoked) / DAY:g} of retries", *([f"{kept / DAY:g} among the dead letters"] if kept else [])]
    total = retried + invoked + kept
    archived = _archived(context, target)
    if archived > total:
        return Latest(archived, ("by a replay of the archive",))
    return Latest(total, tuple(parts))


def _number(value: Any, default: int) -> int | None:
    if value in (None, 0):
        return default
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _invoke_configs(context: Context, function: Item) -> list[Item]:
    configs = context.view.items("aws_lambda_function_event_invoke_config")
    return [config for config in configs if function_of(context, config.get("function_name")) is function]


def _archived(context: Context, target: Item) -> int:
    """Return for how long an archive keeps the events of the target's bus."""
    bus = str(target.get("event_bus_name") or "default").rpartition("/")[2]
    longest = 0
    for archive in context.view.items("aws_cloudwatch_event_archive"):
        if str(archive.get("event_source_arn", "")).rpartition("/")[2] == bus:
            days = archive.get("retention_days") or 0
            longest = max(longest, days * DAY if isinstance(days, int) and days else _FOR_EVER)
    return longest
