"""What is handed on to what: log lines, messages, records and failures, from one resource to the next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.rules.shared.functions import function_of
from plan_review.rules.shared.json_text import parsed
from plan_review.rules.shared.log_groups import log_group_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_GROUP, _TABLE = "aws_cloudwatch_log_group", "aws_dynamodb_table"
_STREAMS = ("aws_kinesis_stream", "aws_kinesis_firehose_delivery_stream")
_QUEUE, _TOPIC, _MACHINE = "aws_sqs_queue", "aws_sns_topic", "aws_sfn_state_machine"
_RECEIVERS = (_QUEUE, _TOPIC, *_STREAMS)
# Actions of code and of tasks by which something is handed on, and not only read.
_HANDING_ON = {
    "sqs:SendMessage": (_QUEUE,),
    "sns:Publish": (_TOPIC,),
    "kinesis:PutRecord": (_STREAMS[0],),
    "kinesis:PutRecords": (_STREAMS[0],),
    "firehose:PutRecord": (_STREAMS[1],),
    "firehose:PutRecordBatch": (_STREAMS[1],),
    "dynamodb:PutItem": (_TABLE,),
    "dynamodb:UpdateItem": (_TABLE,),
    "dynamodb:DeleteItem": (_TABLE,),
    "dynamodb:BatchWriteItem": (_TABLE,),
    "states:StartExecution": (_MACHINE,),
}
_INVOKE = "lambda:InvokeFunction"
_BY_NEED = ("code-permission", "task-permission")


class Sure(IntEnum):
    """How sure it is that all that comes in is handed on; a way is as sure as its least sure part."""

    FILTERED = 1
    """A filter decides, by what is in it."""
    SOMETIMES = 2
    """Code decides, or a failure does."""
    ALWAYS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """``source`` hands on to ``target``, because ``by`` says so."""

    source: Item
    target: Item
    by: Item
    sure: Sure = Sure.ALWAYS


def flows(context: Context) -> list[Flow]:
    """Return everything that is handed on within a configuration."""
    made = (_logs, _subscriptions, _mappings, _topics, _failures, _destinations, _firehoses, _calls)
    return context.shared("flows", lambda: [flow for make in made for flow in make(context)])


def _logs(context: Context) -> Iterator[Flow]:
    """What functions and state machines write into log groups."""
    for function in context.view.items("aws_lambda_function"):
        group = context.view.find(log_group_name(function), _GROUP)
        if group is not None:
            yield Flow(function, group, function)
    for machine in context.view.items(_MACHINE):
        for block in machine.blocks("logging_configuration"):
            group = context.view.find(str(block.get("log_destination", "")).removesuffix(":*"), _GROUP)
            if group is not None and block.get("level") not in (None, "", "OFF"):
                yield Flow(machine, group, machine, Sure.ALWAYS if block.get("level") == "ALL" else Sure.SOMETIMES)


def log_receiver(context: Context, text: Any) -> Item | None:
    """Return what the destination of a subscription of log lines names: a function or a stream."""
    return function_of(context, text) or context.view.find(text, *_STREAMS)


def _subscriptions(context: Context) -> Iterator[Flow]:
    for each in context.view.items("aws_cloudwatch_log_subscription_filter"):
        group = context.view.find(each.get("log_group_name"), _GROUP)
        target = log_receiver(context, each.get("destination_arn"))
        if group is not None and target is not None:
            yield Flow(group, target, each, Sure.FILTERED if each.get("filter_pattern") else Sure.ALWAYS)
    for policy in context.view.items("aws_cloudwatch_log_account_policy"):
        document = parsed(policy.get("policy_document")) or {}
        target = log_receiver(context, document.get("DestinationArn"))
        if policy.get("policy_type") != "SUBSCRIPTION_FILTER_POLICY" or target is None:
            continue
        narrowed = str(policy.get("selection_criteria") or "")
        sure = Sure.FILTERED if document.get("FilterPattern") or narrowed else Sure.ALWAYS
        for group in context.view.items(_GROUP):
            if str(group.get("name")) not in narrowed:
                yield Flow(group, target, policy, sure)


def _mappings(context: Context) -> Iterator[Flow]:
    for mapping in context.view.items("aws_lambda_event_source_mapping"):
        source = _source(context, mapping.get("event_source_arn"))
        function = function_of(context, mapping.get("function_name"))
        if source is not None and function is not None and mapping.get("enabled") is not False:
            yield Flow(source, function, mapping, _unless(mapping, "filter_criteria", "enabled"))
    for pipe in context.view.items("aws_pipes_pipe"):
        source, target = _source(context, pipe.get("source")), _target(context, pipe.get("target"))
        if source is not None and target is not None and pipe.get("desired_state") != "STOPPED":
            filtered = any("filter_criteria" in block for block in pipe.blocks("source_parameters"))
            sure = (
                _unless(pipe, "source_parameters") if filtered or pipe.is_dynamic("source_parameters") else Sure.ALWAYS
            )
            yield Flow(source, target, pipe, sure)


def _unless(item: Item, *arguments: str) -> Sure:
    """Return how sure something is that one of these arguments narrows; it may where it is not known."""
    narrowed = any(item.blocks(name) or item.is_dynamic(name) for name in arguments)
    return Sure.FILTERED if narrowed else Sure.ALWAYS


def _source(context: Context, text: Any) -> Item | None:
    """Return the queue, stream or table behind the ARN of an event source."""
    found = context.view.find(text, _QUEUE, _STREAMS[0])
    if found is None and isinstance(text, str):
        return next((table for table in context.view.items(_TABLE) if table.attribute("stream_arn") == text), None)
    return found


def _target(context: Context, text: Any) -> Item | None:
    return context.view.find(text, *_RECEIVERS, _MACHINE) or function_of(context, text)


def _topics(context: Context) -> Iterator[Flow]:
    for each in context.view.items("aws_sns_topic_subscription"):
        topic, target = context.view.find(each.get("topic_arn"), _TOPIC), _target(context, each.get("endpoint"))
        if topic is not None and target is not None:
            yield Flow(topic, target, each, Sure.FILTERED if each.get("filter_policy") else Sure.ALWAYS)


def _failures(context: Context) -> Iterator[Flow]:
    """Dead letters of queues, and of functions that send theirs to a topic.

    What Lambda takes from a queue or stream it handles synchronously, and a function's own dead letters and
    destinations are for asynchronous events: through a queue or a stream they lead no further.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    stated = [(queue, queue) for queue in context.view.items(_QUEUE)]
    for policy in context.view.items("aws_sqs_queue_redrive_policy"):
        named = context.view.find(policy.get("queue_url"), _QUEUE)
        stated += [(named, policy)] if named is not None else []
    for queue, holder in stated:
        arn = (parsed(holder.get("redrive_policy")) or {}).get("deadLetterTargetArn")
        if (target := context.view.find(arn, _QUEUE)) is not None:
            yield Flow(queue, target, holder, Sure.SOMETIMES)
    for function in context.view.items("aws_lambda_function"):
        for block in function.blocks("dead_letter_config"):
            if (target := context.view.find(block.get("target_arn"), _TOPIC)) is not None:
                yield Flow(function, target, function, Sure.SOMETIMES)


def _destinations(context: Context) -> Iterator[Flow]:
    """Where Lambda sends what became of an asynchronous invocation."""
    for each in context.view.items("aws_lambda_function_event_invoke_config"):
        source = function_of(context, each.get("function_name"))
        for block in each.blocks("destination_config"):
            for kind, sure in (("on_failure", Sure.SOMETIMES), ("on_success", Sure.ALWAYS)):
                for inner in blocks_of(block.get(kind)):
                    text = inner.get("destination")
                    target = context.view.find(text, _TOPIC) or function_of(context, text)
                    if source is not None and target is not None:
                        yield Flow(source, target, each, sure)


def _firehoses(context: Context) -> Iterator[Flow]:
    """The function that transforms a delivery stream's records, and the group that the stream's errors go to."""
    for stream in context.view.items(_STREAMS[1]):
        for value in _inner(stream.resource.arguments.keys(), stream):
            for block in blocks_of(value):
                if block.get("parameter_name") == "LambdaArn":
                    function = function_of(context, block.get("parameter_value"))
                    if function is not None:
                        yield Flow(stream, function, stream)
                group = context.view.find(block.get("log_group_name"), _GROUP)
                if group is not None and block.get("enabled") is True:
                    yield Flow(stream, group, stream, Sure.SOMETIMES)


def _inner(names: Any, stream: Item) -> Iterator[Any]:
    """Yield every block within a resource."""
    waiting = [stream.get(name) for name in names if name.endswith("_configuration")]
    while waiting:
        for block in blocks_of(waiting.pop()):
            yield block
            waiting += [value for value in block.values() if isinstance(value, (list, dict))]


def _calls(context: Context) -> Iterator[Flow]:
    """What the code of functions and the tasks of state machines send to what is here."""
    for need in context.needs:
        if need.rule not in _BY_NEED or not need.certain or need.any_resource:
            continue
        if need.action == _INVOKE:
            target = function_of(context, need.resource)
        else:
            types = _HANDING_ON.get(need.action)
            target = context.view.find(need.resource, *types) if types else None
        if target is not None:
            yield Flow(need.item, target, need.item, Sure.SOMETIMES)
