from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.provider_docs import RESOURCE_DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


# Types of which each target takes one, and the arguments that name the target.
_ONCE = {
    "aws_s3_bucket_notification": ("bucket",),
    "aws_s3_bucket_policy": ("bucket",),
    "aws_s3_bucket_lifecycle_configuration": ("bucket",),
    "aws_s3_bucket_versioning": ("bucket",),
    "aws_s3_bucket_server_side_encryption_configuration": ("bucket",),
    "aws_s3_bucket_public_access_block": ("bucket",),
    "aws_s3_bucket_ownership_controls": ("bucket",),
    "aws_s3_bucket_cors_configuration": ("bucket",),
    "aws_sqs_queue_policy": ("queue_url",),
    "aws_sqs_queue_redrive_policy": ("queue_url",),
    "aws_sns_topic_policy": ("arn",),
    "aws_kms_key_policy": ("key_id",),
    "aws_lambda_function_event_invoke_config": ("function_name", "qualifier"),
    "aws_cloudwatch_event_target": ("rule", "event_bus_name", "target_id"),
    "aws_iam_role_policy": ("role", "name"),
    "aws_iam_role_policy_attachment": ("role", "policy_arn"),
    "aws_lambda_permission": ("function_name", "qualifier", "statement_id"),
}


_NEEDS_LAST = {"aws_cloudwatch_event_target", "aws_iam_role_policy", "aws_lambda_permission"}


# Type, its argument, the type that states the same, and how that one names its target.
_BOTH_WAYS = (
    ("aws_sqs_queue", "policy", "aws_sqs_queue_policy", "queue_url"),
    ("aws_sqs_queue", "redrive_policy", "aws_sqs_queue_redrive_policy", "queue_url"),
    ("aws_sns_topic", "policy", "aws_sns_topic_policy", "arn"),
    ("aws_kms_key", "policy", "aws_kms_key_policy", "key_id"),
    ("aws_iam_role", "managed_policy_arns", "aws_iam_role_policy_attachment", "role"),
    ("aws_iam_role", "inline_policy", "aws_iam_role_policy", "role"),
)


@rule(
    "configured-twice",
    title="A setting is made in one place",
    why="Each of these resources writes the whole setting of its target; two of them, or an argument and one, fight.",
    consequence="the two overwrite each other on every apply, and one of them silently does not hold",
    sources=(
        f"{RESOURCE_DOCS}/s3_bucket_notification",
        f"{RESOURCE_DOCS}/sqs_queue_policy",
        f"{RESOURCE_DOCS}/iam_role",
    ),
)
def configured_twice(context: Context) -> Iterator[Found]:
    """One resource for each target, and not beside an argument of the target itself."""
    for kind, arguments in _ONCE.items():
        seen: dict[tuple[str, ...], Item] = {}
        for item in context.view.items(kind):
            values = [item.get(argument) for argument in arguments]
            if values[0] is None or not item.certain or (kind in _NEEDS_LAST and values[-1] is None):
                continue
            first = seen.setdefault(tuple(map(str, values)), item)
            if first is not item:
                yield _twice(item, arguments[0], first)
    for kind, argument, other, key in _BOTH_WAYS:
        for item in context.view.items(kind):
            if item.get(argument) in (None, "", []):
                continue
            for beside in context.view.items(other):
                if context.view.find(beside.get(key), kind) is item:
                    yield _twice(beside, key, item)


def _twice(item: Item, argument: str, first: Item) -> Found:
    return Found(
        item=item,
        path=(argument,),
        subject=first.address,
        message=f"{first.address} makes the same setting for the same target",
        remedy="put both into one",
    )
