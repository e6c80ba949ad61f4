from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.items import blocks_of
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_CODE = ("filename", "image_uri", "s3_bucket")
_HOUR, _DAY, _WEEK = 3600, 86_400, 604_800  # seconds
_INPUTS = ("input", "input_path", "input_transformer")


@rule(
    "settings-together",
    title="Settings that belong together are given together, and fit",
    why="Each of them is right by itself. What one demands of another, or forbids, AWS checks when it has them both.",
    consequence="ValidationException or InvalidParameterValue, when the resource is made or changed",
    sources=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        "https://docs.aws.amazon.com/mediaconvert/latest/apireference/queues.html",
    ),
)
def settings_together(context: Context) -> Iterator[Found]:
    """Capacity of tables, code and logs of functions, statistics and periods of alarms, plans of queues."""
    checks = {
        "aws_dynamodb_table": _table,
        "aws_lambda_function": _function,
        "aws_cloudwatch_metric_alarm": _alarm,
        "aws_media_convert_queue": _queue,
        "aws_cloudwatch_event_target": _target,
    }
    for kind, check in checks.items():
        for item in context.view.items(kind):
            for argument, message, remedy in check(item):
                yield Found(item=item, path=(argument,), subject=argument, message=message, remedy=remedy)


def _table(table: Item) -> Iterator[tuple[str, str, str]]:
    if table.get("billing_mode", "PROVISIONED") != "PROVISIONED" or table.get("restore_source_name"):
        return
    for argument in ("read_capacity", "write_capacity"):
        if table.get(argument) is None:
            yield (
                argument,
                f"its capacity is provisioned, and {argument} is not given",
                'use "PAY_PER_REQUEST", or give it',
            )
    for index in blocks_of(table.get("global_secondary_index")):
        for argument in ("read_capacity", "write_capacity"):
            if index.get(argument) is None:
                what = f"capacity is provisioned, and its index {index.get('name')} has no {argument}"
                yield "global_secondary_index", what, f"give {argument}"


def _function(function: Item) -> Iterator[tuple[str, str, str]]:
    if all(function.get(argument) is None for argument in _CODE):
        yield "filename", "it has no code", f"give one of {', '.join(_CODE)}"
    logging = function.block("logging_config") or {}
    for argument in ("application_log_level", "system_log_level"):
        if logging.get("log_format") == "Text" and logging.get(argument) is not None:
            yield "logging_config", f"{argument} is for JSON, and the format is Text", 'use log_format = "JSON"'


def _alarm(alarm: Item) -> Iterator[tuple[str, str, str]]:
    if alarm.get("statistic") is not None and alarm.get("extended_statistic") is not None:
        yield "statistic", "it has a statistic and an extended_statistic", "give one of them"
    periods, points, period = (alarm.get(name) for name in ("evaluation_periods", "datapoints_to_alarm", "period"))
    if isinstance(periods, int) and isinstance(points, int) and points > periods:
        yield "datapoints_to_alarm", f"it wants {points} data points of {periods} periods", f"give {periods} at most"
    if isinstance(periods, int) and isinstance(period, int):
        longest = _WEEK if period >= _HOUR else _DAY
        if periods * period > longest:
            what = f"it looks back over {periods * period:,} seconds; {longest:,} are possible with its period"
            yield "evaluation_periods", what, "use fewer periods"


def _queue(queue: Item) -> Iterator[tuple[str, str, str]]:
    if queue.get("pricing_plan") == "RESERVED" and not queue.get("reservation_plan_settings"):
        yield (
            "reservation_plan_settings",
            "its plan is RESERVED, without a reservation",
            "give the reservation's settings",
        )


def _target(target: Item) -> Iterator[tuple[str, str, str]]:
    given = [argument for argument in _INPUTS if target.get(argument)]
    if len(given) > 1:
        yield given[1], f"it has {' and '.join(given)}", "give one of them: what a target gets is said in one way"
