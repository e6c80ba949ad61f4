from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.items import blocks_of
from plan_review.evaluate.symbols import is_symbol
from plan_review.findings import Verdict
from plan_review.rules.lambda_.sending import NO_PERMISSION, sending
from plan_review.rules.need import Need, Unknown
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.functions import function_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_NO_ACCESS = (
    "InvalidParameterValueException: Cannot access stream. Please ensure the role can perform the GetRecords, "
    "GetShardIterator, DescribeStream, and"
)


# Service in the ARN of an event source → what Lambda does there, and the error where it may not.
_POLLS = {
    "sqs": (
        ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        f"{NO_PERMISSION} ReceiveMessage on SQS",
    ),
    "kinesis": (
        ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListShards"),
        f"{_NO_ACCESS} ListShards Actions on your stream in IAM",
    ),
    "dynamodb": (
        ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
        f"{_NO_ACCESS} ListStreams Actions on your stream in IAM",
    ),
}


@rule_of_needs(
    "event-source-permission",
    title="A function may poll its event sources",
    why="Lambda polls queues and streams under the function's role, and checks that it may when the mapping is made.",
    consequence=f"{NO_PERMISSION} ReceiveMessage on SQS",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html",),
)
def event_source_permission(context: Context) -> Iterator[Need]:
    """The role may read, and delete where the source is a queue."""
    for mapping in context.view.items("aws_lambda_event_source_mapping"):
        function = function_of(context, mapping.get("function_name"))
        source = str(mapping.get("event_source_arn", ""))
        service = _service_of(context, source)
        if function is not None and not service and is_symbol(source):
            yield from _polling_unknown(context, mapping, function, source)
        if service not in _POLLS or function is None:
            continue
        actions, consequence = _POLLS[service]
        for action in actions:
            yield Need(
                item=mapping,
                principal=context.role(function.get("role")),
                action=action,
                resource=source,
                owner=context.view.find(source, "aws_sqs_queue"),
                purpose="to poll the event source",
                path=("event_source_arn",),
                at_first_use=True,
                consequence=consequence,
            )
        for block in mapping.blocks("destination_config"):
            for destination in blocks_of(block.get("on_failure")):
                arn = destination.get("destination_arn")
                path = ("destination_config",)
                yield from sending(context, mapping, function, arn, path=path)


def _polling_unknown(context: Context, mapping: Item, function: Item, source: str) -> Iterator[Need]:
    """Yield what polling takes where it is not known what is polled, unless the role may poll just that."""
    role = context.role(function.get("role"))
    for actions, _ in _POLLS.values():
        if not isinstance(role, Unknown) and all(
            context.access.role_may(role, action, source).verdict is Verdict.HOLDS for action in actions
        ):
            return
    yield Need(
        item=mapping,
        principal=role,
        action="sqs:ReceiveMessage",
        resource=source,
        purpose="to poll the event source, whatever it is,",
        path=("event_source_arn",),
        certain=False,
    )


def _service_of(context: Context, arn: str) -> str:
    if arn.startswith("arn:"):
        return arn.split(":")[2]
    symbol = context.view.symbol(arn) if is_symbol(arn) else None
    return (symbol.address or "").removeprefix("data.").split("_")[1] if symbol and symbol.address else ""
