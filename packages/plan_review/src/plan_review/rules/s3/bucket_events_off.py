from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Edit, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.rule_patterns import bucket_names, pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "bucket-events-off",
    title="A bucket that a rule listens to sends its events to EventBridge",
    why="S3 sends events to EventBridge only where the bucket's notification configuration says so.",
    consequence="the rule never matches: no upload starts anything, and nothing reports an error",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html",),
)
def bucket_events_off(context: Context) -> Iterator[Found]:
    """``eventbridge`` is on for the buckets in event patterns."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        pattern = pattern_of(item)
        if pattern is None or pattern.get("source") != ["aws.s3"]:
            continue
        for name in bucket_names(pattern):
            bucket = context.view.find(name, "aws_s3_bucket")
            if bucket is None or bucket.resource.mode == "data":
                continue
            verdict, existing = _sends_events(context, bucket)
            if verdict is not Verdict.HOLDS:
                yield Found(
                    item=bucket,
                    verdict=verdict,
                    subject=item.address,
                    message=f"{item.address} waits for its events, and nothing sends them to EventBridge",
                    remedy=(
                        f"set eventbridge = true on {existing.address}: a bucket has one notification configuration"
                        if existing is not None
                        else "add an aws_s3_bucket_notification for this bucket with eventbridge = true"
                    ),
                    edits=_edits(existing) if verdict is Verdict.MISSING else (),
                )


def _edits(existing: Item | None) -> tuple[Edit, ...]:
    if existing is None or existing.key is not None:
        return ()
    return (Edit(existing.resource.address, ("eventbridge",), "set", value=True),)


def _sends_events(context: Context, bucket: Item) -> tuple[Verdict, Item | None]:
    """Return whether a bucket sends its events to EventBridge, and what configures its notifications."""
    existing = None
    found = Verdict.CANNOT_TELL if context.view.modules_given(bucket) else Verdict.MISSING
    for notification in context.view.items("aws_s3_bucket_notification"):
        meant = context.view.stands_for(notification.get("bucket"), bucket)
        given = notification.get("eventbridge")
        if meant is Verdict.HOLDS:
            existing = notification
        if meant is Verdict.HOLDS and given is True:
            return Verdict.HOLDS, existing
        if meant is not Verdict.MISSING and (given is True or isinstance(given, str)):
            found = Verdict.CANNOT_TELL
    return found, existing
