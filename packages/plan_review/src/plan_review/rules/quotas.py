"""Numbers that AWS takes only within a range, and how many of a thing there can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
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
    "aws_lambda_event_source_mapping": (
        _Range(("batch_size",), 1, 10_000, "records"),
        _Range(("maximum_batching_window_in_seconds",), 0, 300, "seconds"),
        _Range(("scaling_config", "maximum_concurrency"), 2, 1000, "invocations"),
    ),
    "aws_iam_role": (_Range(("max_session_duration",), 3600, 43_200, "seconds"),),
    "aws_cloudwatch_metric_alarm": (_Range(("evaluation_periods",), 1, 10_080, "periods"),),
    "aws_s3_bucket_lifecycle_configuration": (
        _Range(("rule", "expiration", "days"), 1, 2**31 - 1, "days"),
        _Range(("rule", "noncurrent_version_expiration", "noncurrent_days"), 1, 2**31 - 1, "days"),
        _Range(("rule", "abort_incomplete_multipart_upload", "days_after_initiation"), 1, 2**31 - 1, "days"),
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
                            message=f"{each.path[-1]} is {value:g}; {each.low} to {each.high} {each.unit} are possible",
                            remedy=f"give {each.low} to {each.high} {each.unit}",
                            consequence=_SLOW if kind == "aws_media_convert_queue" else "",
                        )
    for group in context.view.items("aws_cloudwatch_log_group"):
        days = _number(group.get("retention_in_days"))
        if days is not None and days not in _RETENTIONS:
            yield Found(
                item=group,
                path=("retention_in_days",),
                message=f"retention_in_days is {days:g}, which CloudWatch Logs does not offer",
                remedy=f"use one of {', '.join(map(str, _RETENTIONS[1:]))}; 0 keeps for ever",
            )


_SLOW = "the quota is refused as throttling (429), so that Terraform tries for an hour before it fails"


def _number(value: Any) -> float | None:
    """Return a number, also where it is written as a text, which Terraform converts."""
    if isinstance(value, str):
        try:
            return float(value) if value.isascii() else None
        except ValueError:
            return None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _numbers(item: Item, path: tuple[str, ...]) -> Iterator[float]:
    for _, value in item.values_at(path):
        if (number := _number(value)) is not None:
            yield number


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


_COUNTS = {
    ("aws_lambda_function", "layers"): 5,
    ("aws_cloudwatch_metric_alarm", "alarm_actions"): 5,
    ("aws_cloudwatch_metric_alarm", "ok_actions"): 5,
    ("aws_cloudwatch_metric_alarm", "insufficient_data_actions"): 5,
    ("aws_iam_role", "managed_policy_arns"): 20,
}


@rule(
    "too-many",
    title="There are no more of a thing than AWS takes",
    why="Lists grow by one entry at a time; the limit is AWS's.",
    consequence="InvalidParameterValueException, ValidationError or LimitExceeded, when the resource is made",
    sources=(
        _LAMBDA_QUOTAS,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    ),
)
def too_many(context: Context) -> Iterator[Found]:
    """Layers, actions of alarms, policies of a role."""
    for (kind, argument), most in _COUNTS.items():
        for item in context.view.items(kind):
            given = item.get(argument)
            if isinstance(given, list) and len(given) > most:
                yield Found(
                    item=item,
                    path=(argument,),
                    subject=argument,
                    message=f"{argument} has {len(given)} entries; {most} are allowed",
                    remedy="put several into one",
                )


_MOST_TAGS = 50
_LONGEST_KEY, _LONGEST_VALUE = 128, 256


@rule(
    "tags",
    title="Tags are those that AWS takes",
    why="Tags are put together from several places, and `aws:` is a prefix that AWS keeps for itself.",
    consequence="ValidationException, InvalidTag or TagPolicyException, when the resource is made",
    sources=("https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",),
)
def tags(context: Context) -> Iterator[Found]:
    """Number, length and prefix of tags."""
    for item in context.view.all_items():
        given = item.get("tags") if item.resource.mode == "managed" and item.type.startswith("aws_") else None
        if not isinstance(given, dict):
            continue
        problems = [f'the tag "{key}" begins with aws:' for key in given if str(key).lower().startswith("aws:")]
        problems += [f'the key "{str(key)[:20]}…" is too long' for key in given if len(str(key)) > _LONGEST_KEY]
        problems += [
            f"the value of {key} has {len(value)} characters; {_LONGEST_VALUE} are allowed"
            for key, value in given.items()
            if isinstance(value, str) and len(value) > _LONGEST_VALUE and not has_symbols(value)
        ]
        if len(given) > _MOST_TAGS:
            problems.append(f"it has {len(given)} tags; {_MOST_TAGS} are allowed")
        for problem in problems:
            yield Found(item=item, path=("tags",), message=problem, remedy="leave out what is not needed")


_CONCURRENCY = 1000
_KEPT_FREE = 100


@rule(
    "reserved-concurrency",
    title="Functions reserve no more concurrency than the account has",
    why="Accounts begin with 1,000 concurrent executions in a region, or fewer, of which 100 stay unreserved.",
    consequence=(
        "InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100]"
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",),
)
def reserved_concurrency(context: Context) -> Iterator[Found]:
    """Beyond what accounts begin with, only Service Quotas can tell."""
    reserved: dict[str, float] = {}
    for function in context.view.items("aws_lambda_function"):
        wanted = _number(function.get("reserved_concurrent_executions"))
        place = f"{function.region}/{function.account}"
        reserved[place] = reserved.get(place, 0) + max(wanted or 0, 0)
        if wanted and wanted > 0 and reserved[place] > _CONCURRENCY - _KEPT_FREE:
            yield Found(
                item=function,
                path=("reserved_concurrent_executions",),
                verdict=Verdict.CANNOT_TELL,
                message=f"with it {reserved[place]:g} executions are reserved; whether there are as many is not known",
                remedy='"Concurrent executions" in Service Quotas, for this account and region',
            )
