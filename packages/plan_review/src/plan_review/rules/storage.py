"""Buckets and tables: events that are switched on, keys and times to live that fit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context


def pattern_of(item: Item) -> dict[str, Any] | None:
    """Return the event pattern of a rule; None where there is none or it is not readable."""
    text = item.get("event_pattern")
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def bucket_names(pattern: dict[str, Any]) -> list[str]:
    """Return the bucket names that a pattern on S3's events asks for, as far as they are plain values."""
    detail = pattern.get("detail")
    bucket = detail.get("bucket") if isinstance(detail, dict) else None
    names = bucket.get("name") if isinstance(bucket, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


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
            verdict = _sends_events(context, bucket)
            if verdict is not Verdict.HOLDS:
                yield Found(
                    item=bucket,
                    verdict=verdict,
                    subject=item.address,
                    message=f"{item.address} waits for its events, and nothing sends them to EventBridge",
                    remedy="add an aws_s3_bucket_notification for this bucket with eventbridge = true",
                )


def _sends_events(context: Context, bucket: Item) -> Verdict:
    found = Verdict.CANNOT_TELL if context.view.modules_given(bucket) else Verdict.MISSING
    for notification in context.view.items("aws_s3_bucket_notification"):
        if context.view.find(notification.get("bucket"), "aws_s3_bucket") is not bucket:
            continue
        if notification.get("eventbridge") is True:
            return Verdict.HOLDS
        if isinstance(notification.get("eventbridge"), str):
            found = Verdict.CANNOT_TELL
    return found


@rule(
    "table-attributes",
    title="A table declares the attributes of its keys, and no others",
    why="DynamoDB wants the type of every attribute that a key or an index uses, and refuses any further one.",
    consequence=(
        "ValidationException: One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions"
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",),
)
def table_attributes(context: Context) -> Iterator[Found]:
    """Attributes are the keys'."""
    for table in context.view.items("aws_dynamodb_table"):
        if table.is_dynamic("attribute") or table.is_dynamic("global_secondary_index"):
            continue
        declared = {str(block.get("name")) for block in table.blocks("attribute")}
        used = {str(table.get(name)) for name in ("hash_key", "range_key") if table.get(name)}
        for kind in ("global_secondary_index", "local_secondary_index"):
            for block in table.blocks(kind):
                used |= {str(block[name]) for name in ("hash_key", "range_key") if block.get(name)}
        keyed = any("key_schema" in block for block in table.blocks("global_secondary_index"))
        if not declared or keyed or any(map(has_symbols, declared | used)):
            continue
        for name in sorted(declared ^ used):
            yield Found(
                item=table,
                path=("attribute",),
                subject=name,
                message=f'"{name}" is {"a key and not declared" if name in used else "declared and no key"}',
                remedy="declare an attribute block for each key of the table and its indexes, and for nothing else",
            )


@rule(
    "stream-without-table-stream",
    title="A table that feeds a function has its stream on",
    why="`stream_arn` of a table is empty unless `stream_enabled` is set.",
    consequence="ValidationException on the event source mapping: the event source ARN is empty",
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",),
)
def stream_without_table_stream(context: Context) -> Iterator[Found]:
    """Mappings on a table's stream find one."""
    for mapping in context.view.items("aws_lambda_event_source_mapping"):
        for reference in context.configuration.references_from(mapping.resource.address):
            table = context.configuration.resources.get(reference.target)
            if reference.attribute != "stream_arn" or table is None or table.type != "aws_dynamodb_table":
                continue
            item = next(iter(context.view.evaluator.items(table)), None)
            if item is not None and item.resource.mode == "managed" and item.get("stream_enabled") in (None, False):
                yield Found(
                    item=item,
                    path=("stream_enabled",),
                    subject=mapping.address,
                    message=f"{mapping.address} reads its stream, which is off",
                    remedy='set stream_enabled = true and stream_view_type, e.g. "NEW_AND_OLD_IMAGES"',
                )
