from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_PERIODS = (10, 20, 30)


@rule(
    "alarm-period",
    title="An alarm's period is one that CloudWatch offers",
    why="Metrics of AWS services come by the minute; shorter periods exist for high-resolution metrics only.",
    consequence="ValidationError: Metric periods must be 10, 20, 30 or any multiple of 60",
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",),
)
def alarm_period(context: Context) -> Iterator[Found]:
    """10, 20 or 30 seconds, or whole minutes; whole minutes for metrics of AWS services."""
    for alarm in context.view.items("aws_cloudwatch_metric_alarm"):
        period = alarm.get("period")
        if not isinstance(period, int):
            continue
        own = not str(alarm.get("namespace", "")).startswith("AWS/")
        if period > 0 and (period % 60 == 0 or (own and period in _PERIODS)):
            continue
        yield Found(
            item=alarm,
            path=("period",),
            message=f"its period is {period} seconds",
            remedy="use a multiple of 60",
        )
