"""Which key encrypts what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


WRITE_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


def key_text(context: Context, item: Item) -> Any:
    """Return how the key of an item is given; None where AWS owns the key, so that nobody needs a grant."""
    match item.type:
        case "aws_sqs_queue" | "aws_sns_topic":
            return item.get("kms_master_key_id")
        case "aws_dynamodb_table":
            return (item.block("server_side_encryption") or {}).get("kms_key_arn")
        case "aws_kinesis_stream" | "aws_secretsmanager_secret":
            return item.get("kms_key_id")
        case "aws_s3_bucket":
            return _bucket_key(context, item)
        case _:
            return None


def _bucket_key(context: Context, bucket: Item) -> Any:
    for settings in context.view.items("aws_s3_bucket_server_side_encryption_configuration"):
        if context.view.find(settings.get("bucket"), "aws_s3_bucket") is not bucket:
            continue
        for block in settings.blocks("rule"):
            for default in blocks_of(block.get("apply_server_side_encryption_by_default")):
                if str(default.get("sse_algorithm", "")).startswith("aws:kms"):
                    return default.get("kms_master_key_id") or "alias/aws/s3"
    return None


def find_key(context: Context, text: Any) -> Item | None:
    """Return the key that an id, ARN or alias stands for."""
    found = context.view.find(text, "aws_kms_key", "aws_kms_alias")
    if found is not None and found.type == "aws_kms_alias":
        return context.view.find(found.get("target_key_id"), "aws_kms_key")
    return found
