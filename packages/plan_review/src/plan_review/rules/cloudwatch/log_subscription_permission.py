from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.functions import function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_SERVICE = "logs.amazonaws.com"
_INVOKE = "lambda:InvokeFunction"
# Kind of stream → what CloudWatch Logs does there, under the role of the subscription.
_PUTS = {
    "aws_kinesis_stream": "kinesis:PutRecord",
    "aws_kinesis_firehose_delivery_stream": "firehose:PutRecord",
}
_NO_FUNCTION = (
    "InvalidParameterException: Could not execute the lambda function. Make sure you have given CloudWatch Logs "
    "permission to execute your function."
)
_NO_STREAM = (
    "InvalidParameterException: Could not deliver test message to specified stream. Check if the stream is valid."
)


@rule_of_needs(
    "log-subscription-permission",
    title="CloudWatch Logs may deliver to what a log group is subscribed to",
    why=(
        "CloudWatch Logs tries the destination when the filter is put: a function by the function's own policy, for "
        "the ARN of the log group with `:*` at its end; a stream under the role of the subscription."
    ),
    consequence=_NO_FUNCTION,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html",
    ),
)
def log_subscription_permission(context: Context) -> Iterator[Need]:
    """A function's policy lets the service in for the group; the role may put records into the stream."""
    for each in context.view.items("aws_cloudwatch_log_subscription_filter"):
        destination = str(each.get("destination_arn", ""))
        function = function_of(context, destination)
        if function is not None:
            yield _of_function(context, each, function, destination)
        stream = context.view.find(destination, *_PUTS)
        if stream is not None and each.get("role_arn"):
            yield Need(
                item=each,
                principal=context.role(each.get("role_arn")),
                action=_PUTS[stream.type],
                resource=destination,
                purpose="to deliver the log lines",
                path=("role_arn",),
                at_creation=True,
                consequence=_NO_STREAM,
            )


def _of_function(context: Context, each: Item, function: Item, destination: str) -> Need:
    group = context.view.find(each.get("log_group_name"), "aws_cloudwatch_log_group")
    name = each.get("log_group_name")
    arn = group.arn if group is not None else f"arn:aws:logs:{each.region}:{each.account}:log-group:{name}"
    owner = context.view.find(destination, "aws_lambda_alias") or function
    conditions = {"aws:sourcearn": (f"{arn}:*",), "aws:sourceaccount": (each.account,)}
    regional = f"logs.{each.region}.amazonaws.com"
    may = context.access.service_may(regional, _INVOKE, owner, destination, conditions=conditions)
    return Need(
        item=each,
        principal=regional if may.verdict is Verdict.HOLDS else _SERVICE,
        action=_INVOKE,
        resource=destination,
        owner=owner,
        conditions=conditions,
        purpose="for this log group",
        path=("destination_arn",),
        at_creation=True,
    )
