from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.receivers import FUNCTIONS, SEND, opened_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Block of aws_s3_bucket_notification → its argument, the types behind it, the action that S3 performs.
_NOTIFIED = {
    "lambda_function": ("lambda_function_arn", FUNCTIONS, "lambda:InvokeFunction"),
    "queue": ("queue_arn", ("aws_sqs_queue",), SEND),
    "topic": ("topic_arn", ("aws_sns_topic",), "sns:Publish"),
}


@rule_of_needs(
    "bucket-notification-permission",
    title="A bucket may notify the functions, queues and topics that it is set to notify",
    why="S3 tests every destination when the notification is put, under the destination's own policy.",
    consequence="InvalidArgument: Unable to validate the following destination configurations",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",),
)
def bucket_notification_permission(context: Context) -> Iterator[Need]:
    """Each destination lets S3 in for this bucket."""
    for notification in context.view.items("aws_s3_bucket_notification"):
        bucket = context.view.find(notification.get("bucket"), "aws_s3_bucket")
        name = str(notification.get("bucket", ""))
        source = bucket.arn if bucket is not None else f"arn:aws:s3:::{name}"
        for block, (argument, types, action) in _NOTIFIED.items():
            for index, entry in enumerate(notification.blocks(block)):
                arn = str(entry.get(argument, ""))
                owner = context.view.find(arn, *types)
                if arn and (owner is not None or not opened_for(context, source)):
                    yield Need(
                        item=notification,
                        principal="s3.amazonaws.com",
                        action=action,
                        resource=arn,
                        owner=owner,
                        conditions={"aws:sourcearn": (source,)},
                        purpose="for this bucket",
                        path=(block, index, argument),
                        at_creation=True,
                    )
