"""Which service works under a role that an argument names.

The principal of each service: the trust policies in its own documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

_STATES = (
    "AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the regional one is "
    "authorized to assume the provided role."
)
_EVENTS = "ValidationException: Provided role cannot be assumed by principal 'events.amazonaws.com'"
_UNUSABLE = "the service cannot assume the role, so that nothing it should do under it happens"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUser:
    """An argument by which a resource hands a role to a service; ``path`` leads through blocks to the argument."""

    type: str
    path: tuple[str, ...]
    service: str
    consequence: str
    own_arn_is_source: bool = False


def _user(kind: str, path: str, service: str, consequence: str = _UNUSABLE) -> RoleUser:
    return RoleUser(type=kind, path=tuple(path.split(".")), service=f"{service}.amazonaws.com", consequence=consequence)


ROLE_USERS: tuple[RoleUser, ...] = (
    _user(
        "aws_lambda_function",
        "role",
        "lambda",
        "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.",
    ),
    RoleUser(
        type="aws_sfn_state_machine",
        path=("role_arn",),
        service="states.amazonaws.com",
        consequence=_STATES,
        own_arn_is_source=True,
    ),
    _user("aws_cloudwatch_event_target", "role_arn", "events", _EVENTS),
    _user("aws_scheduler_schedule", "target.role_arn", "scheduler"),
    _user("aws_pipes_pipe", "role_arn", "pipes"),
    _user("aws_kinesis_firehose_delivery_stream", "extended_s3_configuration.role_arn", "firehose"),
    _user("aws_sns_topic_subscription", "subscription_role_arn", "sns"),
    _user("aws_sns_topic", "sqs_failure_feedback_role_arn", "sns"),
    _user("aws_sns_topic", "lambda_failure_feedback_role_arn", "sns"),
    _user("aws_cloudwatch_log_subscription_filter", "role_arn", "logs"),
    _user("aws_api_gateway_account", "cloudwatch_role_arn", "apigateway"),
    _user("aws_codebuild_project", "service_role", "codebuild"),
    _user("aws_codepipeline", "role_arn", "codepipeline"),
    _user("aws_ecs_task_definition", "task_role_arn", "ecs-tasks"),
    _user("aws_ecs_task_definition", "execution_role_arn", "ecs-tasks"),
    _user("aws_flow_log", "iam_role_arn", "vpc-flow-logs"),
    _user("aws_cloudtrail", "cloud_watch_logs_role_arn", "cloudtrail"),
    _user("aws_iam_instance_profile", "role", "ec2"),
    _user("aws_eks_cluster", "role_arn", "eks"),
    _user("aws_eks_node_group", "node_role_arn", "ec2"),
    _user("aws_s3_bucket_replication_configuration", "role", "s3"),
    _user("aws_glue_job", "role_arn", "glue"),
    _user("aws_glue_crawler", "role", "glue"),
    _user("aws_appsync_datasource", "service_role_arn", "appsync"),
    _user("aws_backup_selection", "iam_role_arn", "backup"),
    _user("aws_config_configuration_recorder", "role_arn", "config"),
    _user("aws_appautoscaling_target", "role_arn", "application-autoscaling"),
)
