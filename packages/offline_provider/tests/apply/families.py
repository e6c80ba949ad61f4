"""Changes to the configurations beside this file, and the import ids of what they make.

``NAME`` in a text becomes a name of the test's own. A change replaces one text by another; all of one family are made
one after the other. A change that MiniStack, as it is published, forgets is not among them.
"""

# ruff: noqa: E501 - a change is read best on one line

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Change:
    """Replace one text by another; Terraform is then to do this to that resource, and nothing else."""

    before: str
    after: str
    address: str
    action: str = "update"


@dataclass(frozen=True)
class Family:
    """Changes to ``configurations/<name>.tf``, and import ids by address.

    An import id may refer to attributes of the state as ``{aws_x.name.attribute}``.
    """

    name: str
    changes: tuple[Change, ...]
    imports: dict[str, str] = field(default_factory=dict)

    @property
    def hcl(self) -> str:
        """The configuration."""
        return (Path(__file__).with_name("configurations") / f"{self.name}.tf").read_text()


FAMILIES = (
    Family(
        "logs",
        (
            Change("retention_in_days = 7", "retention_in_days = 30", "aws_cloudwatch_log_group.group"),
            Change("  retention_in_days = 30\n", "", "aws_cloudwatch_log_group.group"),
            Change('Cost = "low"', 'Owner = "me"', "aws_cloudwatch_log_group.group"),
            Change("/NAME/group", "/NAME/other", "aws_cloudwatch_log_group.group", "replace"),
        ),
        {
            "aws_cloudwatch_log_group.group": "/NAME/other",
        },
    ),
    Family(
        "alarms",
        (
            Change("threshold           = 1.5", "threshold           = 2", "aws_cloudwatch_metric_alarm.alarm"),
            Change("period              = 60", "period              = 120", "aws_cloudwatch_metric_alarm.alarm"),
            Change('FunctionName = "f"', 'FunctionName = "g"', "aws_cloudwatch_metric_alarm.alarm"),
            Change("<hi>", "<ho>", "aws_cloudwatch_dashboard.dashboard"),
            Change(
                'alarm_name          = "NAME"', 'alarm_name = "NAME-2"', "aws_cloudwatch_metric_alarm.alarm", "replace"
            ),
        ),
        {
            "aws_cloudwatch_metric_alarm.alarm": "NAME-2",
            "aws_cloudwatch_dashboard.dashboard": "NAME",
        },
    ),
    Family(
        "events",
        (
            Change('description   = "one"', 'description = "two"', "aws_cloudwatch_event_rule.rule"),
            Change('suffix = ".mp4"', 'suffix = ".mov"', "aws_cloudwatch_event_rule.rule"),
            Change(
                "maximum_retry_attempts       = 3", "maximum_retry_attempts = 4", "aws_cloudwatch_event_target.target"
            ),
            Change('state               = "DISABLED"', 'state = "ENABLED"', "aws_cloudwatch_event_rule.nightly"),
            Change('target_id = "queue"', 'target_id = "other"', "aws_cloudwatch_event_target.target", "replace"),
        ),
        {
            "aws_cloudwatch_event_rule.rule": "NAME",
            "aws_cloudwatch_event_target.target": "NAME/other",
        },
    ),
    Family(
        "table",
        (
            Change(
                "point_in_time_recovery { enabled = true }",
                "point_in_time_recovery { enabled = false }",
                "aws_dynamodb_table.table",
            ),
            Change("read_capacity  = 1", "read_capacity = 3", "aws_dynamodb_table.provisioned"),
            Change(
                'hash_key     = "pk"\n',
                'hash_key = "pk"\n  deletion_protection_enabled = true\n',
                "aws_dynamodb_table.table",
            ),
            Change(
                "deletion_protection_enabled = true", "deletion_protection_enabled = false", "aws_dynamodb_table.table"
            ),
            Change('name         = "NAME"', 'name = "NAME-3"', "aws_dynamodb_table.table", "replace"),
        ),
        {
            "aws_dynamodb_table.table": "NAME-3",
            "aws_dynamodb_table.provisioned": "NAME-2",
        },
    ),
    Family(
        "iam",
        (
            Change('description        = "one"', 'description = "two"', "aws_iam_role.role"),
            Change("lambda.amazonaws.com", "states.amazonaws.com", "aws_iam_role.role"),
            Change(
                'description = "two"\n', 'description = "two"\n  max_session_duration = 7200\n', "aws_iam_role.role"
            ),
            Change("s3:GetObject", "s3:PutObject", "aws_iam_role_policy.policy"),
            Change('Team = "video"', 'Team = "audio"', "aws_iam_role.role"),
            Change('  description = "two"\n', "", "aws_iam_role.role"),
            Change('name   = "access"', 'name = "other"', "aws_iam_role_policy.policy", "replace"),
        ),
        {
            "aws_iam_role.role": "NAME",
            "aws_iam_role_policy.policy": "NAME:other",
        },
    ),
    Family(
        "kms",
        (
            Change('description             = "one"', 'description = "two"', "aws_kms_key.key"),
            Change("enable_key_rotation     = true", "enable_key_rotation = false", "aws_kms_key.key"),
            Change('Sid = "Own"', 'Sid = "Mine"', "aws_kms_key_policy.policy"),
            Change('"alias/NAME"', '"alias/NAME-2"', "aws_kms_alias.alias", "replace"),
        ),
        {
            "aws_kms_key.key": "{aws_kms_key.key.id}",
            "aws_kms_alias.alias": "alias/NAME-2",
            "aws_kms_key_policy.policy": "{aws_kms_key.key.id}",
        },
    ),
    Family(
        "lambda",
        (
            Change("timeout          = 10", "timeout = 20", "aws_lambda_function.function"),
            Change('MODE = "one", LIMIT = "5"', 'MODE = "two"', "aws_lambda_function.function"),
            Change('  environment { variables = { MODE = "two" } }\n', "", "aws_lambda_function.function"),
            Change(
                "timeout = 20", "timeout = 20\n  reserved_concurrent_executions = 3", "aws_lambda_function.function"
            ),
            Change(
                "maximum_retry_attempts       = 1",
                "maximum_retry_attempts = 0",
                "aws_lambda_function_event_invoke_config.config",
            ),
            Change('statement_id   = "Rule"', 'statement_id = "Other"', "aws_lambda_permission.permission", "replace"),
        ),
        {
            "aws_lambda_function_event_invoke_config.config": "NAME",
            "aws_lambda_permission.permission": "NAME/Other",
        },
    ),
    Family(
        "queues",
        (
            Change("visibility_timeout_seconds = 60", "visibility_timeout_seconds = 90", "aws_sqs_queue.queue"),
            Change("maxReceiveCount = 3", "maxReceiveCount = 5", "aws_sqs_queue.queue"),
            Change("sqs:SendMessage", "sqs:ReceiveMessage", "aws_sqs_queue.queue"),
            Change('display_name = "one"', 'display_name = "two"', "aws_sns_topic.topic"),
            Change('event = ["done"]', 'event = ["done", "failed"]', "aws_sns_topic_subscription.subscription"),
            Change('Sid = "Publish"', 'Sid = "Other"', "aws_sns_topic_policy.policy"),
            Change('  display_name = "two"\n', "", "aws_sns_topic.topic"),
        ),
        {
            "aws_sqs_queue.queue": "{aws_sqs_queue.queue.url}",
            "aws_sns_topic.topic": "{aws_sns_topic.topic.arn}",
            "aws_sns_topic_policy.policy": "{aws_sns_topic.topic.arn}",
            "aws_sns_topic_subscription.subscription": "{aws_sns_topic_subscription.subscription.arn}",
        },
    ),
    Family(
        "workflow",
        (
            Change('level                  = "ALL"', 'level = "ERROR"', "aws_sfn_state_machine.machine"),
            Change('Type = "Pass"', 'Type = "Succeed"', "aws_sfn_state_machine.machine"),
            Change('description = "one"', 'description = "two"', "aws_media_convert_queue.queue"),
            Change('description = "two"', 'status = "PAUSED"', "aws_media_convert_queue.queue"),
        ),
        {
            "aws_sfn_state_machine.machine": "{aws_sfn_state_machine.machine.arn}",
            "aws_media_convert_queue.queue": "NAME",
        },
    ),
    Family(
        "bucket",
        (
            Change("block_public_acls = true", "block_public_policy = true", "aws_s3_bucket_public_access_block.block"),
            Change('Sid = "Tls"', 'Sid = "Other"', "aws_s3_bucket_policy.policy"),
            Change(
                "expiration { days = 30 }",
                "expiration { days = 60 }",
                "aws_s3_bucket_lifecycle_configuration.lifecycle",
            ),
            Change('filter { prefix = "tmp/" }', "filter {}", "aws_s3_bucket_lifecycle_configuration.lifecycle"),
            Change('status = "Enabled" }', 'status = "Suspended" }', "aws_s3_bucket_versioning.versioning"),
            Change('Team = "video"', 'Team = "audio", More = "x"', "aws_s3_bucket.bucket"),
            Change(
                "eventbridge = true",
                'queue {\n    queue_arn = aws_sqs_queue.queue.arn\n    events = ["s3:ObjectCreated:*"]\n    filter_suffix = ".mp4"\n  }',
                "aws_s3_bucket_notification.notification",
            ),
        ),
        {
            "aws_s3_bucket_public_access_block.block": "NAME",
            "aws_s3_bucket_ownership_controls.ownership": "NAME",
            "aws_s3_bucket_policy.policy": "NAME",
            "aws_s3_bucket_versioning.versioning": "NAME",
            "aws_s3_bucket_server_side_encryption_configuration.encryption": "NAME",
            "aws_s3_bucket_lifecycle_configuration.lifecycle": "NAME",
            "aws_s3_bucket_notification.notification": "NAME",
            "aws_s3_bucket.bucket": "NAME",
        },
    ),
)
