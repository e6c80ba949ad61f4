"""Settings that contradict each other, are left out, or switch a thing off."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.deliveries import parsed
from plan_review.rules.events.patterns import defects
from plan_review.rules.rule import Found, rule
from plan_review.rules.storage import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_REGISTRY = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources"

# Type → arguments that hold JSON besides policies, patterns and definitions, which have rules of their own.
_JSON = {
    "aws_cloudwatch_dashboard": ("dashboard_body",),
    "aws_cloudwatch_event_target": ("input",),
    "aws_ecs_task_definition": ("container_definitions",),
    "aws_sns_topic": ("delivery_policy",),
    "aws_sns_topic_subscription": ("filter_policy", "redrive_policy", "delivery_policy"),
    "aws_sqs_queue": ("redrive_allow_policy",),
}


@rule(
    "json-argument",
    title="An argument that holds JSON is JSON",
    why="To Terraform it is a text; AWS reads it.",
    consequence="InvalidParameterValue or ValidationException, when the resource is made",
    sources=(f"{_REGISTRY}/sns_topic_subscription", f"{_REGISTRY}/cloudwatch_dashboard"),
)
def json_argument(context: Context) -> Iterator[Found]:
    """Texts that are known as a whole can be parsed."""
    for kind, arguments in _JSON.items():
        for item in context.view.items(kind):
            for argument in arguments:
                text = item.get(argument)
                if not isinstance(text, str) or not text or has_symbols(text):
                    continue
                try:
                    json.loads(text)
                except ValueError as error:
                    yield Found(
                        item=item,
                        path=(argument,),
                        message=f"{argument} is no JSON: {error}",
                        remedy="use jsonencode()",
                    )


@rule(
    "filter-policy",
    title="A subscription's filter policy is one that SNS understands",
    why="SNS reads the policy when the subscription is made: each attribute has a list of values or of operators.",
    consequence="InvalidParameter: Invalid parameter: FilterPolicy",
    sources=("https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",),
)
def filter_policy(context: Context) -> Iterator[Found]:
    """Lists at the leaves; levels within levels only where the body is filtered."""
    for subscription in context.view.items("aws_sns_topic_subscription"):
        policy = parsed(subscription.get("filter_policy"))
        if not policy:
            continue
        flat = subscription.get("filter_policy_scope", "MessageAttributes") == "MessageAttributes"
        nested = [name for name, value in policy.items() if flat and isinstance(value, dict)]
        problems = [(defect.path, defect.what, defect.remedy) for defect in defects(policy)]
        problems += [(name, "attributes have no parts", 'use filter_policy_scope = "MessageBody"') for name in nested]
        for place, what, remedy in problems:
            yield Found(
                item=subscription, path=("filter_policy",), subject=place, message=f"{place}: {what}", remedy=remedy
            )


# Protocol of a subscription → what its endpoint begins with, or holds.
_SERVICES = {"sqs": "sqs", "lambda": "lambda", "firehose": "firehose"}
_BEGINNINGS = {"http": "http://", "https": "https://"}


@rule(
    "subscription-endpoint",
    title="A subscription's endpoint is of the kind that its protocol delivers to",
    why="Protocol and endpoint are given apart, and nothing compares them before SNS does.",
    consequence="InvalidParameter: Invalid parameter: Endpoint",
    sources=("https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",),
)
def subscription_endpoint(context: Context) -> Iterator[Found]:
    """Queues for sqs, functions for lambda, addresses for email and http."""
    for subscription in context.view.items("aws_sns_topic_subscription"):
        protocol, endpoint = str(subscription.get("protocol")), subscription.get("endpoint")
        if not isinstance(endpoint, str) or not endpoint or has_symbols(endpoint[0]):
            continue
        service = endpoint.split(":")[2] if endpoint.startswith("arn:") and endpoint.count(":") > 1 else ""
        wanted = _SERVICES.get(protocol)
        wrong = bool(wanted and service and service != wanted)
        if protocol in _BEGINNINGS:
            wrong = not endpoint.lower().startswith(_BEGINNINGS[protocol])
        elif protocol.startswith("email"):
            wrong = "@" not in endpoint and not has_symbols(endpoint)
        if wrong:
            yield Found(
                item=subscription,
                path=("endpoint",),
                message=f"its protocol is {protocol}, and its endpoint {context.view.show(endpoint)}",
                remedy=f'use the protocol "{service}"' if service in _SERVICES else f"give an endpoint for {protocol}",
            )


@rule(
    "bus-without-events",
    title="A rule on events of AWS's services is on the bus that gets them",
    why=(
        "AWS's services send their events to the account's default bus alone. On another bus there are only those "
        "that a rule on the default bus, or another account, forwards to it."
    ),
    consequence="the rule is accepted and never matches",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html",),
)
def bus_without_events(context: Context) -> Iterator[Found]:
    """Such a rule is on the default bus, or something forwards to its bus."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        sources = (pattern_of(item) or {}).get("source")
        if not isinstance(sources, list) or not sources or not all(map(_of_aws, sources)):
            continue
        name = item.get("event_bus_name", "default")
        bus = context.view.find(name, "aws_cloudwatch_event_bus")
        if bus is None or bus.resource.mode == "data":
            if isinstance(name, str) and not has_symbols(name) and not name.endswith("default"):
                yield _on_unknown_bus(item, name, sources)
            continue
        targets = [target.get("arn") for target in context.view.items("aws_cloudwatch_event_target")]
        fed = any(context.view.find(arn, "aws_cloudwatch_event_bus") is bus for arn in targets)
        shared = context.view.items("aws_cloudwatch_event_permission", "aws_cloudwatch_event_bus_policy")
        if not fed:
            yield Found(
                item=item,
                path=("event_bus_name",),
                verdict=Verdict.CANNOT_TELL if shared or context.view.modules_given(bus) else Verdict.MISSING,
                message=f"{bus.address} gets no events of {', '.join(map(str, sources))}, for which it waits",
                remedy="leave event_bus_name out, or forward the events with a rule on the default bus",
            )


def _on_unknown_bus(item: Item, name: str, sources: list[Any]) -> Found:
    return Found(
        item=item,
        path=("event_bus_name",),
        verdict=Verdict.CANNOT_TELL,
        message=f"whether the bus {name} gets events of {', '.join(map(str, sources))} cannot be told",
        remedy="the rule that forwards them; AWS's services send to the default bus alone",
    )


def _of_aws(source: Any) -> bool:
    """Whether a source is a service of AWS's own: partners send to buses of their own."""
    return str(source).startswith("aws.") and not str(source).startswith("aws.partner")


# Type, argument, the value that switches it off, what that means.
_OFF: tuple[tuple[str, str, Any, str], ...] = (
    ("aws_cloudwatch_event_rule", "state", "DISABLED", "nothing that it matches is delivered"),
    ("aws_cloudwatch_event_rule", "is_enabled", False, "nothing that it matches is delivered"),
    ("aws_cloudwatch_metric_alarm", "actions_enabled", False, "it tells nobody"),
    ("aws_lambda_event_source_mapping", "enabled", False, "nothing is read from its source"),
    ("aws_lambda_function", "reserved_concurrent_executions", 0, "every invocation is throttled"),
    ("aws_media_convert_queue", "status", "PAUSED", "its jobs wait until it is set going again"),
)


@rule(
    "switched-off",
    title="Nothing is switched off for good",
    why="It is done while looking for a fault, and forgotten. A variable with a value per stage says that it is meant.",
    consequence="everything is deployed and in order, and nothing happens",
    sources=(f"{_REGISTRY}/cloudwatch_event_rule", f"{_REGISTRY}/lambda_function"),
    severity=Severity.WARNING,
)
def switched_off(context: Context) -> Iterator[Found]:
    """The argument that switches it off is written out; an expression is somebody's decision."""
    for kind, argument, off, consequence in _OFF:
        for item in context.view.items(kind):
            written = item.resource.arguments.get(argument)
            if written is not None and written == off and type(written) is type(off):
                yield Found(
                    item=item,
                    path=(argument,),
                    message=f"{argument} is {json.dumps(off)}",
                    remedy=f"take {argument} out, or make it a setting",
                    consequence=consequence,
                )


@rule(
    "settings-together",
    title="Settings that belong together are given together, and fit",
    why="Each of them is right by itself. What one demands of another, or forbids, AWS checks when it has them both.",
    consequence="ValidationException or InvalidParameterValue, when the resource is made or changed",
    sources=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
        "https://docs.aws.amazon.com/mediaconvert/latest/apireference/queues.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_Transition.html",
    ),
)
def settings_together(context: Context) -> Iterator[Found]:
    """Capacity of tables, code and logs of functions, statistics and periods of alarms, plans of queues."""
    checks = {
        "aws_dynamodb_table": _table,
        "aws_lambda_function": _function,
        "aws_cloudwatch_metric_alarm": _alarm,
        "aws_media_convert_queue": _queue,
        "aws_cloudwatch_event_target": _target,
        "aws_s3_bucket_lifecycle_configuration": _lifecycle,
    }
    for kind, check in checks.items():
        for item in context.view.items(kind):
            for argument, message, remedy in check(item):
                yield Found(item=item, path=(argument,), subject=argument, message=message, remedy=remedy)


def _table(table: Item) -> Iterator[tuple[str, str, str]]:
    if table.get("billing_mode", "PROVISIONED") != "PROVISIONED" or table.get("restore_source_name"):
        return
    for argument in ("read_capacity", "write_capacity"):
        if table.get(argument) is None:
            yield (
                argument,
                f"its capacity is provisioned, and {argument} is not given",
                'use "PAY_PER_REQUEST", or give it',
            )
    for index in blocks_of(table.get("global_secondary_index")):
        for argument in ("read_capacity", "write_capacity"):
            if index.get(argument) is None:
                what = f"capacity is provisioned, and its index {index.get('name')} has no {argument}"
                yield "global_secondary_index", what, f"give {argument}"


_CODE = ("filename", "image_uri", "s3_bucket")


def _function(function: Item) -> Iterator[tuple[str, str, str]]:
    if all(function.get(argument) is None for argument in _CODE):
        yield "filename", "it has no code", f"give one of {', '.join(_CODE)}"
    logging = function.block("logging_config") or {}
    for argument in ("application_log_level", "system_log_level"):
        if logging.get("log_format") == "Text" and logging.get(argument) is not None:
            yield "logging_config", f"{argument} is for JSON, and the format is Text", 'use log_format = "JSON"'


_HOUR, _DAY, _WEEK = 3600, 86_400, 604_800  # seconds


def _alarm(alarm: Item) -> Iterator[tuple[str, str, str]]:
    if alarm.get("statistic") is not None and alarm.get("extended_statistic") is not None:
        yield "statistic", "it has a statistic and an extended_statistic", "give one of them"
    periods, points, period = (alarm.get(name) for name in ("evaluation_periods", "datapoints_to_alarm", "period"))
    if isinstance(periods, int) and isinstance(points, int) and points > periods:
        yield "datapoints_to_alarm", f"it wants {points} data points of {periods} periods", f"give {periods} at most"
    if isinstance(periods, int) and isinstance(period, int):
        longest = _WEEK if period >= _HOUR else _DAY
        if periods * period > longest:
            what = f"it looks back over {periods * period:,} seconds; {longest:,} are possible with its period"
            yield "evaluation_periods", what, "use fewer periods"


def _queue(queue: Item) -> Iterator[tuple[str, str, str]]:
    if queue.get("pricing_plan") == "RESERVED" and not queue.get("reservation_plan_settings"):
        yield (
            "reservation_plan_settings",
            "its plan is RESERVED, without a reservation",
            "give the reservation's settings",
        )


_INPUTS = ("input", "input_path", "input_transformer")


def _target(target: Item) -> Iterator[tuple[str, str, str]]:
    given = [argument for argument in _INPUTS if target.get(argument)]
    if len(given) > 1:
        yield given[1], f"it has {' and '.join(given)}", "give one of them: what a target gets is said in one way"


_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_SOONEST = 30  # days


def _lifecycle(settings: Item) -> Iterator[tuple[str, str, str]]:
    for block in settings.blocks("rule"):
        for each in blocks_of(block.get("transition")):
            days, storage = each.get("days"), each.get("storage_class")
            if storage in _INFREQUENT and isinstance(days, int) and days < _SOONEST:
                what = f"objects are to be moved to {storage} after {days} days; {_SOONEST} are the least"
                yield "rule", what, f"let them be moved after {_SOONEST} days or more"
        gone = [days for each in blocks_of(block.get("expiration")) if isinstance(days := each.get("days"), int)]
        moved = [days for each in blocks_of(block.get("transition")) if isinstance(days := each.get("days"), int)]
        if gone and moved and min(gone) <= max(moved):
            what = f"objects expire after {min(gone)} days, and are to be moved after {max(moved)}"
            yield "rule", what, "let them expire after the last move, or take the move out"
