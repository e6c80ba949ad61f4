"""Numbers that AWS takes only within a range, and how many of a thing there can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.evaluate.items import blocks_of
from plan_review.findings import Verdict
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_LAMBDA_QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
_EVENTS_QUOTAS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"


@dataclass(frozen=True, slots=True)
class _Range:
    path: tuple[str, ...]
    low: int
    high: int
    unit: str


_RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
_RANGES: dict[str, tuple[_Range, ...]] = {
    "aws_lambda_function": (
        _Range(("timeout",), 1, 900, "seconds"),
        _Range(("memory_size",), 128, 10240, "MB"),
        _Range(("ephemeral_storage", "size"), 512, 10240, "MB"),
    ),
    "aws_lambda_function_event_invoke_config": (
        _Range(("maximum_event_age_in_seconds",), 60, 21600, "seconds"),
        _Range(("maximum_retry_attempts",), 0, 2, "attempts"),
    ),
    "aws_sqs_queue": (
        _Range(("visibility_timeout_seconds",), 0, 43200, "seconds"),
        _Range(("message_retention_seconds",), 60, 1209600, "seconds"),
        _Range(("delay_seconds",), 0, 900, "seconds"),
        _Range(("receive_wait_time_seconds",), 0, 20, "seconds"),
        _Range(("max_message_size",), 1024, 1048576, "bytes"),
    ),
    "aws_cloudwatch_event_target": (
        _Range(("retry_policy", "maximum_event_age_in_seconds"), 60, 86400, "seconds"),
        _Range(("retry_policy", "maximum_retry_attempts"), 0, 185, "attempts"),
    ),
    "aws_kms_key": (_Range(("deletion_window_in_days",), 7, 30, "days"),),
    "aws_media_convert_queue": (_Range(("concurrent_jobs",), 0, 500, "jobs"),),
}


@rule(
    "number-range",
    title="A number is within the range that AWS takes",
    why="Ranges are AWS's and change with the service; a stand-in for the provider, or an old one, checks none.",
    consequence="ValidationException: Member must have value within its range",
    sources=(
        _LAMBDA_QUOTAS,
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/41013",
    ),
)
def number_range(context: Context) -> Iterator[Found]:
    """Timeouts, sizes, ages and counts."""
    for kind, ranges in _RANGES.items():
        for item in context.view.items(kind):
            for each in ranges:
                for value in _numbers(item, each.path):
                    if not each.low <= value <= each.high:
                        yield Found(
                            item=item,
                            path=each.path,
                            message=f"{each.path[-1]} is {value}; {each.low} to {each.high} {each.unit} are possible",
                            remedy=f"give {each.low} to {each.high} {each.unit}",
                            consequence=_SLOW if kind == "aws_media_convert_queue" else "",
                        )
    for group in context.view.items("aws_cloudwatch_log_group"):
        days = group.get("retention_in_days")
        if isinstance(days, int) and days not in _RETENTIONS:
            yield Found(
                item=group,
                path=("retention_in_days",),
                message=f"retention_in_days is {days}, which CloudWatch Logs does not offer",
                remedy=f"use one of {', '.join(map(str, _RETENTIONS[1:]))}; 0 keeps for ever",
            )


_SLOW = "the quota is refused as throttling (429), so that Terraform tries for an hour before it fails"


def _numbers(item: Item, path: tuple[str, ...]) -> Iterator[float]:
    value = item.get(path[0])
    values = [block.get(path[1]) for block in blocks_of(value)] if len(path) > 1 else [value]
    for each in values:
        if isinstance(each, (int, float)) and not isinstance(each, bool):
            yield each


_MOST_JOBS_BY_DEFAULT = 100


@rule(
    "transcoding-queue-concurrency",
    title="A transcoding queue asks for no more concurrent jobs than the account has",
    why="The quota differs by region and account, so that a configuration alone cannot show it.",
    consequence=_SLOW,
    sources=(
        "https://docs.aws.amazon.com/mediaconvert/latest/ug/working-with-on-demand-queues.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/41013",
    ),
)
def transcoding_queue_concurrency(context: Context) -> Iterator[Found]:
    """Beyond what accounts commonly start with, only Service Quotas can tell."""
    queues = context.view.items("aws_media_convert_queue")
    for queue in queues:
        wanted = queue.get("concurrent_jobs")
        if isinstance(wanted, int) and _MOST_JOBS_BY_DEFAULT < wanted <= _RANGES["aws_media_convert_queue"][0].high:
            yield Found(
                item=queue,
                path=("concurrent_jobs",),
                verdict=Verdict.CANNOT_TELL,
                message=f"concurrent_jobs is {wanted}; whether the account's quota allows it is not known here",
                remedy='"Concurrent jobs per on-demand queue" in Service Quotas, for this account and region',
            )


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
