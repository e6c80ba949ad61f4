from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.rules.rule import rule
from plan_review.rules.shared.name_forms import Form, wrong_form
from plan_review.rules.shared.provider_docs import PROVIDER_DOCS
from plan_review.rules.shared.rule_patterns import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.rules.context import Context
    from plan_review.rules.found import Found


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
    "aws_cloudtrail": {"kms_key_id": _A},
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
    "aws_db_instance": {"kms_key_id": _A},
    "aws_dynamodb_table": {"server_side_encryption.kms_key_arn": _A},
    "aws_ebs_volume": {"kms_key_id": _A},
    "aws_ecr_repository": {"encryption_configuration.kms_key": _A},
    "aws_efs_file_system": {"kms_key_id": _A},
    "aws_iam_instance_profile": {"role": _N},
    "aws_iam_role_policy": {"role": _N},
    "aws_iam_role_policy_attachment": {"role": _N, "policy_arn": _A},
    "aws_kinesis_firehose_delivery_stream": {"server_side_encryption.key_arn": _A},
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
    "aws_rds_cluster": {"kms_key_id": _A},
    **{f"aws_s3_bucket_{name}": {"bucket": _N} for name in _BUCKET_SETTINGS},
    "aws_s3_bucket_notification": {
        "bucket": _N,
        "lambda_function.lambda_function_arn": _A,
        "queue.queue_arn": _A,
        "topic.topic_arn": _A,
    },
    "aws_scheduler_schedule": {
        "kms_key_arn": _A,
        "target.arn": _A,
        "target.role_arn": _A,
        "target.dead_letter_config.arn": _A,
    },
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


# Source of events → field → what it holds.
_FIELDS: Mapping[str, Mapping[tuple[str, ...], Form]] = {
    "aws.mediaconvert": {("detail", "queue"): _A},
    "aws.s3": {("detail", "bucket", "name"): _N},
    "aws.states": {("detail", "stateMachineArn"): _A},
}


@rule(
    "argument-form",
    title="An argument names a thing in the form that it takes: ARN, name or URL",
    why=(
        "`.arn`, `.name`, `.id` and `.url` are all texts to Terraform, and easily taken for one another. An event "
        "pattern, or an alarm's dimension, with the wrong one is accepted and never matches."
    ),
    consequence="AWS refuses the argument as not valid, or what it should name is never found",
    sources=(PROVIDER_DOCS, "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html"),
)
def argument_form(context: Context) -> Iterator[Found]:
    """Arguments of resources, dimensions of alarms, and fields of event patterns."""
    for kind, path, wanted in _WANTED:
        for item in context.view.items(kind):
            for place, value in item.values_at(path):
                yield from wrong_form(context, item, place, value, wanted)
    for subscription in context.view.items("aws_sns_topic_subscription"):
        if subscription.get("protocol") in _ENDPOINTS:
            yield from wrong_form(context, subscription, ("endpoint",), subscription.get("endpoint"), _A)
    yield from _of_patterns(context)


def _of_patterns(context: Context) -> Iterator[Found]:
    for listener in context.view.items("aws_cloudwatch_event_rule"):
        pattern = pattern_of(listener) or {}
        sources = pattern.get("source")
        for source in sources if isinstance(sources, list) and len(sources) == 1 else ():
            for steps, wanted in _FIELDS.get(str(source), {}).items():
                for value in _listed(pattern, steps):
                    yield from wrong_form(context, listener, ("event_pattern",), value, wanted, ".".join(steps))


def _listed(pattern: Any, steps: tuple[str, ...]) -> list[Any]:
    for step in steps:
        pattern = pattern.get(step) if isinstance(pattern, dict) else None
    return pattern if isinstance(pattern, list) else []
