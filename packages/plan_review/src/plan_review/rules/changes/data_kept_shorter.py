from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.findings import Severity
from plan_review.rules.changes.planned_changes import planned_changes
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.rules.context import Context
    from plan_review.terraform.planned_changes import PlannedChange

_KEPT = {
    "aws_cloudwatch_log_group": ("retention_in_days",),
    "aws_sqs_queue": ("message_retention_seconds",),
    "aws_kinesis_stream": ("retention_period",),
    "aws_cloudwatch_event_archive": ("retention_days",),
}
_FOR_EVER = float("inf")


@rule(
    "data-kept-shorter",
    title="Nothing that is there is kept for a shorter time than before",
    why="A shorter time to keep holds for what is there already, from the moment of the change.",
    consequence="what is older than the new limit is deleted, for good",
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html",
    ),
    severity=Severity.WARNING,
)
def data_kept_shorter(context: Context) -> Iterator[Found]:
    """Retention of logs and messages, expiration of objects."""
    makes_buckets = any(change.type == "aws_s3_bucket" and not change.before for change in planned_changes(context))
    for change in planned_changes(context):
        if change.destroys:
            continue
        for argument in _KEPT.get(change.type, ()) if change.before else ():
            before, after = change.before.get(argument), change.after.get(argument)
            if _days(after) < _days(before):
                yield _shorter(change, argument, f"{argument} goes from {before or 'for ever'} to {after}")
        # A new rule is for a bucket that may be there already.
        if change.type == "aws_s3_bucket_lifecycle_configuration" and (change.before or not makes_buckets):
            before, after = _expiration(change.before), _expiration(change.after)
            if after < before:
                shown = "never" if before == _FOR_EVER else f"after {before:g} days"
                yield _shorter(change, "rule", f"objects expire after {after:g} days, and did {shown}")


def _days(value: Any) -> float:
    """Return for how long something is kept; nothing and 0 are for ever."""
    return value if isinstance(value, (int, float)) and value > 0 else _FOR_EVER


def _expiration(values: Mapping[str, Any]) -> float:
    """Return after how many days the first objects expire by the rules that are on."""
    found = [_FOR_EVER]
    for block in values.get("rule") or ():
        if isinstance(block, dict) and block.get("status") == "Enabled":
            found += [_days(each.get("days")) for each in blocks_of(block.get("expiration"))]
    return min(found)


def _shorter(change: PlannedChange, argument: str, message: str) -> Found:
    return Found(
        item=change.address,
        path=(argument,),
        subject=argument,
        message=message,
        remedy=f"leave {argument} as it is, or keep a copy of what is older first",
    )
