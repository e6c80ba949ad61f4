"""What Lambda does under the role of a function: logs, traces, network, dead letters, destinations, polling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.evaluate.symbols import is_symbol
from plan_review.findings import Verdict
from plan_review.rules.needs import EVERY_RESOURCE, Need, Unknown, collects, unmet
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_ROLE_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"
_NO_PERMISSION = "InvalidParameterValueException: The provided execution role does not have permissions to call"
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
)
# Type of what a function sends to → the action that Lambda performs under the function's role.
_SENDS = {
    "aws_sqs_queue": "sqs:SendMessage",
    "aws_sns_topic": "sns:Publish",
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_cloudwatch_event_bus": "events:PutEvents",
}


def log_group_name(function: Item) -> str:
    """Return the name of the log group that a function writes to."""
    block = function.block("logging_config")
    return str((block or {}).get("log_group") or f"/aws/lambda/{function.attribute('function_name')}")


@rule_of_needs(
    "function-log-permission",
    title="A function may write its logs",
    why="Lambda writes a function's logs under the function's role, to streams within its log group.",
    consequence="the function runs and CloudWatch holds no line of what it said, errors included",
    sources=(_ROLE_PAGE, "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html"),
)
def function_log_permission(context: Context) -> Iterator[Need]:
    """Streams can be created and written in the function's log group."""
    for function in context.view.items("aws_lambda_function"):
        name = log_group_name(function)
        streams = f"arn:aws:logs:{function.region}:{function.account}:log-group:{name}:log-stream:"
        stream = streams + context.view.evaluator.opaque("a stream's name")
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            yield Need(
                item=function,
                principal=context.role(function.get("role")),
                action=action,
                resource=stream,
                purpose="to write its logs",
                path=("role",),
            )


@rule(
    "function-log-group",
    title="A function's log group exists, or the function may create it",
    why="Lambda writes to an existing log group; where there is none, the role needs logs:CreateLogGroup.",
    consequence="the function runs and CloudWatch holds no line of what it said, errors included",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",),
)
def function_log_group(context: Context) -> Iterator[Found]:
    """There is a log group, or a right to make one."""
    for function in context.view.items("aws_lambda_function"):
        name = log_group_name(function)
        role = context.role(function.get("role"))
        if context.view.find(name, "aws_cloudwatch_log_group") is not None or isinstance(role, Unknown):
            continue
        group = f"arn:aws:logs:{function.region}:{function.account}:log-group:{name}"
        # CloudWatch Logs checks actions on groups against the ARN with and without what stands for all streams.
        decisions = [
            context.access.role_may(role, "logs:CreateLogGroup", arn) for arn in (group, f"{group}:log-stream:")
        ]
        if all(decision.verdict is Verdict.MISSING for decision in decisions):
            yield Found(
                item=function,
                verdict=Verdict.CANNOT_TELL,
                path=("function_name",),
                message=f"its log group {context.view.show(name)} is not in this configuration; it may not create it",
                remedy=f"an aws_cloudwatch_log_group of that name, or logs:CreateLogGroup for {role.address}",
            )


@rule_of_needs(
    "function-tracing-permission",
    title="A function that traces may send traces",
    why="Lambda sends segments to X-Ray under the function's role; the actions know no resources.",
    consequence="the function runs, and X-Ray shows no trace of it",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",),
)
def function_tracing_permission(context: Context) -> Iterator[Need]:
    """Segments and telemetry may be sent."""
    for function in context.view.items("aws_lambda_function"):
        mode = (function.block("tracing_config") or {}).get("mode")
        unknown = function.is_dynamic("tracing_config") or is_symbol(mode)
        if mode != "Active" and not unknown:
            continue
        for action in ("xray:PutTraceSegments", "xray:PutTelemetryRecords"):
            yield Need(
                item=function,
                principal=context.role(function.get("role")),
                action=action,
                resource=EVERY_RESOURCE,
                purpose="to send traces",
                certain=not unknown,
                path=("tracing_config",),
            )


@rule_of_needs(
    "function-network-permission",
    title="A function in a VPC may make network interfaces",
    why="Lambda makes the network interfaces of a function's subnets under the function's role, when it is created.",
    consequence=f"{_NO_PERMISSION} CreateNetworkInterface on EC2",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions",),
)
def function_network_permission(context: Context) -> Iterator[Need]:
    """Interfaces may be created, described and deleted."""
    for function in context.view.items("aws_lambda_function"):
        block = function.block("vpc_config")
        if block is None or not (block.get("subnet_ids") or function.is_dynamic("vpc_config")):
            continue
        for action in _NETWORK:
            describes = action.split(":")[1].startswith("Describe")
            resource = f"arn:aws:ec2:{function.region}:{function.account}:network-interface/"
            yield Need(
                item=function,
                principal=context.role(function.get("role")),
                action=action,
                resource=EVERY_RESOURCE if describes else resource + context.view.evaluator.opaque("an interface"),
                any_resource=not describes,
                purpose="to join its network",
                path=("vpc_config",),
                at_first_use=True,
            )


def _sending(context: Context, item: Item, function: Item | None, arn: Any, *, path: Any) -> Iterator[Need]:
    owner = context.view.find(arn, *_SENDS)
    role = context.role(function.get("role") if function is not None else "of the function")
    if owner is None:
        yield from _sending_elsewhere(context, item, role, arn, path=path)
        return
    action = _SENDS[owner.type]
    yield Need(
        item=item,
        principal=role,
        action=action,
        resource=str(arn),
        owner=owner if owner.type != "aws_cloudwatch_event_bus" else None,
        purpose="under the function's role",
        path=path,
        at_first_use=True,
        consequence=f"{_NO_PERMISSION} {action.split(':')[1]} on {action.split(':')[0].upper()}",
    )


_BY_SERVICE = {kind.split("_")[1]: action for kind, action in _SENDS.items()} | {"events": "events:PutEvents"}


def _sending_elsewhere(context: Context, item: Item, role: Item | Unknown, arn: Any, *, path: Any) -> Iterator[Need]:
    """Yield what sending to something that is not in this configuration takes, where a role is known to lack it."""
    if not isinstance(arn, str) or not arn or isinstance(role, Unknown):
        return
    service = arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") > 1 else ""
    actions = [_BY_SERVICE[service]] if service in _BY_SERVICE else list(dict.fromkeys(_SENDS.values()))
    if any(context.access.role_may(role, action, arn).verdict is Verdict.HOLDS for action in actions):
        return
    yield Need(
        item=item,
        principal=role,
        action=actions[0],
        resource=arn,
        purpose="under the function's role",
        path=path,
        certain=service in _BY_SERVICE,
    )


@rule_of_needs(
    "function-dead-letter-permission",
    title="A function may write to its dead-letter queue or topic",
    why="Lambda writes dead letters under the function's role and checks that it may when the function is made.",
    consequence=f"{_NO_PERMISSION} SendMessage on SQS",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",),
)
def function_dead_letter_permission(context: Context) -> Iterator[Need]:
    """The role may send to the dead-letter target."""
    for function in context.view.items("aws_lambda_function"):
        for index, block in enumerate(function.blocks("dead_letter_config")):
            path = ("dead_letter_config", index, "target_arn")
            yield from _sending(context, function, function, block.get("target_arn"), path=path)


@rule_of_needs(
    "function-destination-permission",
    title="A function may write to the destinations of its asynchronous invocations",
    why="Lambda sends the record of an invocation to its destination under the function's role, and checks it first.",
    consequence=f"{_NO_PERMISSION} SendMessage on SQS",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",),
)
def function_destination_permission(context: Context) -> Iterator[Need]:
    """The role may send to each destination."""
    for settings in context.view.items("aws_lambda_function_event_invoke_config"):
        invoked = context.view.find(settings.get("function_name"), "aws_lambda_function")
        for block in settings.blocks("destination_config"):
            for outcome in ("on_failure", "on_success"):
                for destination in blocks_of(block.get(outcome)):
                    path = ("destination_config", 0, outcome)
                    yield from _sending(context, settings, invoked, destination.get("destination"), path=path)


_NO_ACCESS = (
    "InvalidParameterValueException: Cannot access stream. Please ensure the role can perform the GetRecords, "
    "GetShardIterator, DescribeStream, and"
)
# Service in the ARN of an event source → what Lambda does there, and the error where it may not.
_POLLS = {
    "sqs": (
        ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        f"{_NO_PERMISSION} ReceiveMessage on SQS",
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
    consequence=f"{_NO_PERMISSION} ReceiveMessage on SQS",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html",),
)
def event_source_permission(context: Context) -> Iterator[Need]:
    """The role may read, and delete where the source is a queue."""
    for mapping in context.view.items("aws_lambda_event_source_mapping"):
        function = _function_of(context, mapping.get("function_name"))
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
                yield from _sending(context, mapping, function, arn, path=path)


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


def _function_of(context: Context, text: Any) -> Item | None:
    """Return the function that a name, an ARN or an alias stands for."""
    found = context.view.find(text, "aws_lambda_function", "aws_lambda_alias")
    if found is not None and found.type == "aws_lambda_alias":
        return context.view.find(found.get("function_name"), "aws_lambda_function")
    return found


def _service_of(context: Context, arn: str) -> str:
    if arn.startswith("arn:"):
        return arn.split(":")[2]
    symbol = context.view.symbol(arn) if is_symbol(arn) else None
    return (symbol.address or "").removeprefix("data.").split("_")[1] if symbol and symbol.address else ""


_DEFAULT_TIMEOUT = 3  # seconds, of a function
_DEFAULT_VISIBILITY = 30  # seconds, of a queue


@rule(
    "queue-visibility-timeout",
    title="A queue hides messages for as long as the function that takes them may run",
    why="A message that becomes visible while it is being handled is handled twice; Lambda refuses such a mapping.",
    consequence="InvalidParameterValueException: Queue visibility timeout: 30 seconds is less than Function timeout",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",),
)
def queue_visibility_timeout(context: Context) -> Iterator[Found]:
    """Visibility timeout ≥ function timeout."""
    for mapping in context.view.items("aws_lambda_event_source_mapping"):
        queue = context.view.find(mapping.get("event_source_arn"), "aws_sqs_queue")
        function = context.view.find(mapping.get("function_name"), "aws_lambda_function")
        if queue is None or function is None or queue.resource.mode == "data" or function.resource.mode == "data":
            continue
        visible = queue.get("visibility_timeout_seconds", _DEFAULT_VISIBILITY)
        timeout = function.get("timeout", _DEFAULT_TIMEOUT)
        if isinstance(visible, (int, float)) and isinstance(timeout, (int, float)) and visible < timeout:
            yield Found(
                item=queue,
                path=("visibility_timeout_seconds",),
                subject=mapping.address,
                message=f"it hides a message for {visible} s, and {function.address} may run for {timeout} s",
                remedy=f"set visibility_timeout_seconds to {timeout} at least; AWS advises six times: {6 * timeout}",
            )
