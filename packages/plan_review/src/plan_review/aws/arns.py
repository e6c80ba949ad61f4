"""How AWS names what Terraform's resources make: the ARN and the other attributes that follow from arguments.

ARN formats: the *resource types* tables of https://docs.aws.amazon.com/service-authorization/latest/reference/ ; which
attribute holds what: the *attribute reference* of each resource in the AWS provider's documentation.
``{P}``, ``{R}``, ``{A}`` are partition, region and account; ``{name}`` the value of the naming argument.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID_IS_NAME = {"id": "{name}"}
_ID_IS_ARN = {"id": "{arn}"}
GENERATED_ATTRIBUTES = frozenset({"arn", "id", "unique_id", "key_id", "qualified_arn", "stream_arn", "url", "version"})
"""Attributes that AWS or Terraform makes up, so that no hand-written text can be equal to them."""


@dataclass(frozen=True, slots=True)
class Naming:
    """``argument`` names the resource, ``prefix`` begins a generated name; None where AWS makes up the name.

    ``attributes`` maps an attribute to its text; one that is absent here is an argument or unknown.
    ``{+attribute}`` within a text stands for what AWS appends by itself.
    """

    argument: str | None
    arn: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    prefix: str = "name_prefix"


NAMINGS: Mapping[str, Naming] = {
    "aws_api_gateway_rest_api": Naming(
        None, "arn:{P}:apigateway:{R}::/restapis/{name}", {"execution_arn": "arn:{P}:execute-api:{R}:{A}:{name}"}
    ),
    "aws_apigatewayv2_api": Naming(
        None, "arn:{P}:apigateway:{R}::/apis/{name}", {"execution_arn": "arn:{P}:execute-api:{R}:{A}:{name}"}
    ),
    "aws_ecs_task_definition": Naming(
        "family",
        "arn:{P}:ecs:{R}:{A}:task-definition/{name}:{+revision}",
        {"id": "{name}", "arn_without_revision": "arn:{P}:ecs:{R}:{A}:task-definition/{name}"},
    ),
    "aws_cloudfront_distribution": Naming(None, "arn:{P}:cloudfront::{A}:distribution/{name}"),
    "aws_cloudwatch_event_api_destination": Naming(
        "name", "arn:{P}:events:{R}:{A}:api-destination/{name}/{+uuid}", _ID_IS_NAME
    ),
    "aws_cloudwatch_event_bus": Naming("name", "arn:{P}:events:{R}:{A}:event-bus/{name}", _ID_IS_NAME),
    "aws_cloudwatch_event_rule": Naming("name", "arn:{P}:events:{R}:{A}:rule/{bus}{name}", {"id": "{bus}{name}"}),
    "aws_cloudwatch_log_group": Naming("name", "arn:{P}:logs:{R}:{A}:log-group:{name}", _ID_IS_NAME),
    "aws_cloudwatch_composite_alarm": Naming("alarm_name", "arn:{P}:cloudwatch:{R}:{A}:alarm:{name}", _ID_IS_NAME, ""),
    "aws_cloudwatch_metric_alarm": Naming("alarm_name", "arn:{P}:cloudwatch:{R}:{A}:alarm:{name}", _ID_IS_NAME, ""),
    "aws_codebuild_project": Naming("name", "arn:{P}:codebuild:{R}:{A}:project/{name}", _ID_IS_ARN),
    "aws_dynamodb_table": Naming(
        "name", "arn:{P}:dynamodb:{R}:{A}:table/{name}", {**_ID_IS_NAME, "stream_arn": "{arn}/stream/{+label}"}
    ),
    "aws_ecs_cluster": Naming("name", "arn:{P}:ecs:{R}:{A}:cluster/{name}", _ID_IS_ARN),
    "aws_iam_policy": Naming("name", "arn:{P}:iam::{A}:policy{path}{name}", _ID_IS_ARN),
    "aws_iam_role": Naming("name", "arn:{P}:iam::{A}:role{path}{name}", _ID_IS_NAME),
    "aws_iam_user": Naming("name", "arn:{P}:iam::{A}:user{path}{name}", _ID_IS_NAME),
    "aws_kinesis_firehose_delivery_stream": Naming(
        "name", "arn:{P}:firehose:{R}:{A}:deliverystream/{name}", _ID_IS_ARN
    ),
    "aws_kinesis_stream": Naming("name", "arn:{P}:kinesis:{R}:{A}:stream/{name}", _ID_IS_ARN),
    "aws_kms_alias": Naming("name", "arn:{P}:kms:{R}:{A}:{name}", _ID_IS_NAME),
    "aws_kms_key": Naming(None, "arn:{P}:kms:{R}:{A}:key/{name}", {"key_id": "{name}"}),
    "aws_kms_replica_key": Naming(None, "arn:{P}:kms:{R}:{A}:key/{name}", {"key_id": "{name}"}),
    "aws_lambda_alias": Naming("name", "{function_arn}:{name}", {}),
    "aws_lambda_function": Naming(
        "function_name",
        "arn:{P}:lambda:{R}:{A}:function:{name}",
        {
            **_ID_IS_NAME,
            "qualified_arn": "{arn}:{+version}",
            "version": "{+version}",
            "invoke_arn": "arn:{P}:apigateway:{R}:lambda:path/2015-03-31/functions/{arn}/invocations",
        },
        "",
    ),
    "aws_media_convert_queue": Naming("name", "arn:{P}:mediaconvert:{R}:{A}:queues/{name}", _ID_IS_NAME),
    "aws_s3_bucket": Naming(
        "bucket",
        "arn:{P}:s3:::{name}",
        {
            **_ID_IS_NAME,
            "bucket_domain_name": "{name}.s3.amazonaws.com",
            "bucket_regional_domain_name": "{name}.s3.{R}.amazonaws.com",
        },
        "bucket_prefix",
    ),
    "aws_scheduler_schedule_group": Naming("name", "arn:{P}:scheduler:{R}:{A}:schedule-group/{name}", _ID_IS_NAME),
    "aws_secretsmanager_secret": Naming("name", "arn:{P}:secretsmanager:{R}:{A}:secret:{name}-{+suffix}", _ID_IS_ARN),
    "aws_sfn_activity": Naming("name", "arn:{P}:states:{R}:{A}:activity:{name}", _ID_IS_ARN),
    "aws_sfn_state_machine": Naming("name", "arn:{P}:states:{R}:{A}:stateMachine:{name}", _ID_IS_ARN),
    "aws_sns_topic": Naming("name", "arn:{P}:sns:{R}:{A}:{name}", _ID_IS_ARN),
    "aws_sqs_queue": Naming(
        "name",
        "arn:{P}:sqs:{R}:{A}:{name}",
        {"id": "https://sqs.{R}.amazonaws.com/{A}/{name}", "url": "https://sqs.{R}.amazonaws.com/{A}/{name}"},
    ),
    "aws_ssm_parameter": Naming("name", "arn:{P}:ssm:{R}:{A}:parameter/{bare_name}", _ID_IS_NAME, ""),
}


def service_of(arn: str) -> str:
    """Return the service that an ARN names, such as ``sqs``; nothing where a text is no ARN or ends before that."""
    return arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") > 1 else ""
