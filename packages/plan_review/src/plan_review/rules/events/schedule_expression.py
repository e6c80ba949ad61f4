from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")


_CRON = re.compile(r"cron\(([^()]+)\)")


_CRON_FIELDS = 6


@rule(
    "schedule-expression",
    title="A schedule is one that EventBridge understands",
    why="Rates want the singular for 1; cron has six fields, of which day of month or day of week is `?`.",
    consequence="ValidationException: Parameter ScheduleExpression is not valid.",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",),
)
def schedule_expression(context: Context) -> Iterator[Found]:
    """``rate(…)`` or ``cron(…)``, each in its form; and a rule has a pattern or a schedule."""
    for item in context.view.items("aws_cloudwatch_event_rule", "aws_scheduler_schedule"):
        expression = item.get("schedule_expression")
        if (
            isinstance(expression, str)
            and not has_symbols(expression)
            and (problem := _schedule(expression, item.type))
        ):
            yield Found(item=item, path=("schedule_expression",), message=problem[0], remedy=problem[1])
        if item.type == "aws_cloudwatch_event_rule" and expression is None and item.get("event_pattern") is None:
            yield Found(
                item=item,
                message="it has neither a pattern nor a schedule",
                remedy="give event_pattern or schedule_expression",
                consequence="ValidationException: Parameter(s) EventPattern or ScheduleExpression must be specified.",
            )


def _schedule(expression: str, kind: str) -> tuple[str, str] | None:
    """Return what is wrong with a schedule and what would be right."""
    if match := _RATE.fullmatch(expression):
        # Schedules of EventBridge Scheduler take singular and plural alike.
        return _rate(int(match[1]), match[2], strict=kind == "aws_cloudwatch_event_rule")
    if match := _CRON.fullmatch(expression):
        return _cron(match[1].split())
    if kind == "aws_scheduler_schedule" and expression.startswith("at("):
        return None
    return f'"{expression}" is neither a rate nor a cron expression', 'write e.g. "rate(5 minutes)"'


def _rate(count: int, unit: str, *, strict: bool) -> tuple[str, str] | None:
    if count == 0:
        return "a rate of 0", "use at least 1"
    if not strict or (count == 1) is not unit.endswith("s"):
        return None
    right = unit.rstrip("s") if count == 1 else f"{unit}s"
    return f"rate({count} {unit}) has the wrong number", f'write "rate({count} {right})"'


def _cron(fields: list[str]) -> tuple[str, str] | None:
    if len(fields) != _CRON_FIELDS:
        return f"cron has {len(fields)} fields", "give six: minutes, hours, day of month, month, day of week, year"
    if (fields[2] == "?") is (fields[4] == "?"):
        return "cron gives both days, or neither", "write ? for day of month or for day of week"
    return None
