from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.items import blocks_of
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.late_events import DAY, kept_for
from plan_review.rules.shared.listeners import Listener, listeners

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "objects-outlive-events",
    title="Objects are kept for as long as their events may be sent again",
    why=(
        "An event that could not be handled waits among the dead letters, and is sent again once the trouble is over. "
        "It names an object, and where that has expired before, nothing is left to be worked on."
    ),
    consequence="the dead letter is sent again and fails with NoSuchKey: what was uploaded is lost",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
    ),
    severity=Severity.WARNING,
)
def objects_outlive_events(context: Context) -> Iterator[Found]:
    """Expiry of a bucket's objects, against the dead letters of what new objects start."""
    for settings in context.view.items("aws_s3_bucket_lifecycle_configuration"):
        bucket = context.view.find(settings.get("bucket"), "aws_s3_bucket")
        kept = _dead_letters(context, bucket) if bucket is not None else 0
        for index, block in enumerate(settings.blocks("rule")):
            if block.get("status") != "Enabled":
                continue
            for each in blocks_of(block.get("expiration")):
                days = each.get("days")
                if isinstance(days, int) and 0 < days * DAY < kept:
                    yield Found(
                        item=settings,
                        path=("rule", index),
                        subject=str(block.get("id")),
                        message=f"objects expire after {days} days, and dead letters of their events are kept for "
                        f"{kept / DAY:g}",
                        remedy=f"keep the objects for more than {kept / DAY:g} days, or the dead letters for less",
                    )


def _dead_letters(context: Context, bucket: Item) -> int:
    """Return for how many seconds an event of a new object in a bucket may wait to be sent again."""
    longest = 0
    for listener in listeners(context):
        if listener.target.type == "aws_lambda_function" and listener.hears(context, bucket) is Verdict.HOLDS:
            for target in (*_targets(context, listener), None):
                longest = max(longest, kept_for(context, target, listener.target))
    return longest


def _targets(context: Context, listener: Listener) -> list[Item]:
    targets = context.view.items("aws_cloudwatch_event_target")
    return [
        target
        for target in targets
        if context.view.find(target.get("rule"), "aws_cloudwatch_event_rule") is listener.source
    ]
