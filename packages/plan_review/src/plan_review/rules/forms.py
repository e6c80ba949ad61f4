"""Whether a thing is named in the form that is wanted: by its ARN, its name or its URL."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import Kind, has_symbols
from plan_review.findings import Verdict
from plan_review.rules.api_calls import prefix_of
from plan_review.rules.code import Code, codes, texts
from plan_review.rules.media import object_urls
from plan_review.rules.rule import Found, rule
from plan_review.rules.storage import pattern_of
from plan_review.states_language.definition import arguments_of, integration, read_definition, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_REGISTRY = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs"


class Form(StrEnum):
    """How AWS's APIs name things."""

    ARN = "an ARN"
    NAME = "a name"
    URL = "a URL"
    DOMAIN = "a domain name"


_A, _N, _U = Form.ARN, Form.NAME, Form.URL
_BUCKET_SETTINGS = (
    *("accelerate_configuration", "cors_configuration", "lifecycle_configuration", "logging", "notification"),
    *("ownership_controls", "policy", "public_access_block", "server_side_encryption_configuration"),
    *("versioning", "website_configuration"),
)

# Type → argument, through its blocks → what it takes.
_ARGUMENTS: Mapping[str, Mapping[str, Form]] = {
    "aws_cloudwatch_event_rule": {"role_arn": _A},
    "aws_cloudwatch_event_target": {"rule": _N, "arn": _A, "role_arn": _A, "dead_letter_config.arn": _A},
    "aws_cloudwatch_log_group": {"kms_key_id": _A},
    "aws_cloudwatch_log_metric_filter": {"log_group_name": _N},
    "aws_cloudwatch_log_subscription_filter": {"log_group_name": _N, "destination_arn": _A, "role_arn": _A},
    "aws_cloudwatch_metric_alarm": {
        "dimensions.BucketName": _N,
        "dimensions.FunctionName": _N,
        "dimensions.Queue": _A,
        "dimensions.QueueName": _N,
        "dimensions.StateMachineArn": _A,
        "dimensions.TableName": _N,
        "dimensions.TopicName": _N,
    },
    "aws_dynamodb_table": {"server_side_encryption.kms_key_arn": _A},
    "aws_iam_instance_profile": {"role": _N},
    "aws_iam_role_policy": {"role": _N},
    "aws_iam_role_policy_attachment": {"role": _N, "policy_arn": _A},
    "aws_lambda_event_source_mapping": {
        "event_source_arn": _A,
        "destination_config.on_failure.destination_arn": _A,
    },
    "aws_lambda_function": {
        "role": _A,
        "kms_key_arn": _A,
        "dead_letter_config.target_arn": _A,
        "logging_config.log_group": _N,
    },
    "aws_lambda_function_event_invoke_config": {
        "destination_config.on_failure.destination": _A,
        "destination_config.on_success.destination": _A,
    },
    "aws_lambda_permission": {"source_arn": _A},
    "aws_pipes_pipe": {"role_arn": _A, "target": _A},
    **{f"aws_s3_bucket_{name}": {"bucket": _N} for name in _BUCKET_SETTINGS},
    "aws_s3_bucket_notification": {
        "bucket": _N,
        "lambda_function.lambda_function_arn": _A,
        "queue.queue_arn": _A,
        "topic.topic_arn": _A,
    },
    "aws_scheduler_schedule": {"target.arn": _A, "target.role_arn": _A, "target.dead_letter_config.arn": _A},
    "aws_sfn_state_machine": {"role_arn": _A, "logging_configuration.log_destination": _A},
    "aws_sns_topic_policy": {"arn": _A},
    "aws_sns_topic_subscription": {"topic_arn": _A, "subscription_role_arn": _A},
    "aws_sqs_queue_policy": {"queue_url": _U},
    "aws_sqs_queue_redrive_policy": {"queue_url": _U},
}
_WANTED = [
    (kind, tuple(path.split(".")), form) for kind, arguments in _ARGUMENTS.items() for path, form in arguments.items()
]
# Protocols of subscriptions whose endpoint is something of AWS's.
_ENDPOINTS = ("sqs", "lambda", "firehose", "application")

# Prefix of a service's actions → argument of its calls → what it takes. Tables and functions go by either.
_CALLS: Mapping[str, Mapping[str, Form]] = {
    "firehose": {"deliverystreamname": _N},
    "kinesis": {"streamname": _N, "streamarn": _A},
    "logs": {"loggroupname": _N},
    "mediaconvert": {"role": _A},
    "s3": {"bucket": _N},
    "sns": {"topicarn": _A, "targetarn": _A},
    "sqs": {"queueurl": _U},
    "states": {"statemachinearn": _A},
    "sts": {"rolearn": _A},
}
# Source of events → field → what it holds.
_FIELDS: Mapping[str, Mapping[tuple[str, ...], Form]] = {
    "aws.mediaconvert": {("detail", "queue"): _A},
    "aws.s3": {("detail", "bucket", "name"): _N},
    "aws.states": {("detail", "stateMachineArn"): _A},
}


def form_of(context: Context, value: Any) -> Form | None:
    """Return how a value names something; None where that cannot be told, or it names nothing."""
    if not isinstance(value, str) or not value:
        return None
    symbol = context.view.symbols.symbol(value[0])
    if symbol is not None:
        made_up = symbol.kind is Kind.GENERATED and symbol.attribute in ("name", "bucket", "function_name")
        return Form.NAME if made_up else None
    if value.startswith("arn:"):
        return Form.ARN
    if value.startswith(("https://", "http://")):
        return Form.URL
    return Form.DOMAIN if ".amazonaws.com" in value and ".s3" in value else Form.NAME


def _wrong(context: Context, value: Any, wanted: Form) -> Form | None:
    """Return the form of a value where another is wanted. Buckets are also named by the ARN of an access point."""
    form = form_of(context, value)
    if form in (None, wanted) or (wanted is Form.NAME and ":accesspoint" in value):
        return None
    return form


def _remedy(context: Context, value: str, wanted: Form) -> str:
    found = context.view.find(value, *NAMINGS)
    if found is None:
        return f"give {wanted}"
    argument = NAMINGS[found.type].argument or "id"
    return f"use {found.resource.address}.{ {Form.ARN: 'arn', Form.URL: 'url'}.get(wanted, argument) }".replace(" ", "")


@rule(
    "argument-form",
    title="An argument names a thing in the form that it takes: ARN, name or URL",
    why=(
        "`.arn`, `.name`, `.id` and `.url` are all texts to Terraform, and easily taken for one another. An event "
        "pattern, or an alarm's dimension, with the wrong one is accepted and never matches."
    ),
    consequence="AWS refuses the argument as not valid, or what it should name is never found",
    sources=(_REGISTRY, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"),
)
def argument_form(context: Context) -> Iterator[Found]:
    """Arguments of resources, dimensions of alarms, and fields of event patterns."""
    for kind, path, wanted in _WANTED:
        for item in context.view.items(kind):
            for place, value in item.values_at(path):
                yield from _found(context, item, place, value, wanted)
    for subscription in context.view.items("aws_sns_topic_subscription"):
        if subscription.get("protocol") in _ENDPOINTS:
            yield from _found(context, subscription, ("endpoint",), subscription.get("endpoint"), _A)
    yield from _of_patterns(context)


def _of_patterns(context: Context) -> Iterator[Found]:
    for listener in context.view.items("aws_cloudwatch_event_rule"):
        pattern = pattern_of(listener) or {}
        sources = pattern.get("source")
        for source in sources if isinstance(sources, list) and len(sources) == 1 else ():
            for steps, wanted in _FIELDS.get(str(source), {}).items():
                for value in _listed(pattern, steps):
                    yield from _found(context, listener, ("event_pattern",), value, wanted, ".".join(steps))


def _listed(pattern: Any, steps: tuple[str, ...]) -> list[Any]:
    for step in steps:
        pattern = pattern.get(step) if isinstance(pattern, dict) else None
    return pattern if isinstance(pattern, list) else []


def _found(  # noqa: PLR0917 - what a finding is made of
    context: Context, item: Item, place: tuple[str | int, ...], value: Any, wanted: Form, name: str = ""
) -> Iterator[Found]:
    if (form := _wrong(context, value, wanted)) is not None:
        yield Found(
            item=item,
            path=place,
            subject=name,
            message=f"{name or place[-1]} takes {wanted}, and {context.view.show(value)} is {form}",
            remedy=_remedy(context, value, wanted),
        )


@rule(
    "call-form",
    title="A call to AWS names a thing in the form that the API takes: ARN, name or URL",
    why=(
        "A function learns of its queue, topic or bucket from an environment variable, a state machine from its "
        "definition. Which of a resource's attributes stands there, nothing checks before the first call."
    ),
    consequence="InvalidParameter, ValidationException or ParamValidationError at the first such call",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html", _REGISTRY),
)
def call_form(context: Context) -> Iterator[Found]:
    """Arguments of calls in code and in tasks, as far as the configuration gives them."""
    for code in codes(context):
        for call in code.analysis.calls:
            wanted = _CALLS.get(prefix_of(call.service), {})
            for name, values in call.arguments:
                form = wanted.get(name.lower())
                given = texts(context, code, values, f"{call.file}:{call.line} {name}") if form else []
                if form and given and all(_wrong(context, value, form) for value in given):
                    yield from _found(
                        context, code.function, ("environment",), given[0], form, f"{name} at {call.file}:{call.line}"
                    )
        yield from _of_urls(context, code)
        yield from _elsewhere(context, code)
    for machine in context.view.items("aws_sfn_state_machine"):
        body = read_definition(machine).body
        for state in states_of(body) if body is not None else ():
            called = integration(state.body.get("Resource"))
            wanted = _CALLS.get(prefix_of(called.service), {}) if called else {}
            for name, value in arguments_of(state).items():
                if (form := wanted.get(name.lower())) is not None:
                    yield from _found(
                        context, machine, ("definition",), value, form, f'{name} in the state "{state.name}"'
                    )


def _of_urls(context: Context, code: Code) -> Iterator[Found]:
    """Yield the URLs of objects, in the settings of jobs, whose bucket is no name."""
    for call in code.analysis.calls:
        for field, url in object_urls(context, code, call) if call.operation == "create_job" else ():
            bucket = url.removeprefix("s3://").partition("/")[0]
            place = f"{field} at {call.file}:{call.line}"
            yield from _found(context, code.function, ("environment",), bucket, _N, place)


def _elsewhere(context: Context, code: Code) -> Iterator[Found]:
    """Yield the tables that a call names and that are in another region than the function."""
    for call in code.analysis.calls:
        values = dict(call.arguments).get("TableName", frozenset())
        for name in texts(context, code, values, f"{call.file}:{call.line} TableName") if values else ():
            table = context.view.find(name, "aws_dynamodb_table")
            regions = (table.region, code.function.region) if table is not None else ("", "")
            if table is not None and regions[0] != regions[1] and not any(map(has_symbols, regions)):
                yield Found(
                    item=code.function,
                    path=("environment",),
                    subject=f"{call.file}:{call.line}",
                    verdict=Verdict.CANNOT_TELL,
                    message=f"{table.address} is in {regions[0]}, and the function in {regions[1]}",
                    remedy="a client that is made for the region of the table",
                )
