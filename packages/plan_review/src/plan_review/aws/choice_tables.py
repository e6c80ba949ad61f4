"""Which arguments take one of a few values, and where those are listed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).parent / "choices.json"

# Type → argument, through its blocks → service of botocore and the shape that lists the values.
SHAPES: Mapping[str, Mapping[str, str]] = {
    "aws_cloudwatch_event_rule": {"state": "events:RuleState"},
    "aws_cloudwatch_log_group": {"log_group_class": "logs:LogGroupClass"},
    "aws_cloudwatch_metric_alarm": {
        "comparison_operator": "cloudwatch:ComparisonOperator",
        "statistic": "cloudwatch:Statistic",
        "unit": "cloudwatch:StandardUnit",
    },
    "aws_dynamodb_table": {
        "billing_mode": "dynamodb:BillingMode",
        "attribute.type": "dynamodb:ScalarAttributeType",
        "stream_view_type": "dynamodb:StreamViewType",
        "table_class": "dynamodb:TableClass",
        "global_secondary_index.projection_type": "dynamodb:ProjectionType",
        "local_secondary_index.projection_type": "dynamodb:ProjectionType",
    },
    "aws_kinesis_stream": {"encryption_type": "kinesis:EncryptionType"},
    "aws_kms_key": {"key_usage": "kms:KeyUsageType", "customer_master_key_spec": "kms:KeySpec"},
    "aws_lambda_event_source_mapping": {
        "starting_position": "lambda:EventSourcePosition",
        "function_response_types": "lambda:FunctionResponseType",
    },
    "aws_lambda_function": {
        "architectures": "lambda:Architecture",
        "package_type": "lambda:PackageType",
        "runtime": "lambda:Runtime",
        "tracing_config.mode": "lambda:TracingMode",
        "logging_config.log_format": "lambda:LogFormat",
        "logging_config.application_log_level": "lambda:ApplicationLogLevel",
        "logging_config.system_log_level": "lambda:SystemLogLevel",
        "snap_start.apply_on": "lambda:SnapStartApplyOn",
    },
    "aws_lambda_function_url": {"authorization_type": "lambda:FunctionUrlAuthType", "invoke_mode": "lambda:InvokeMode"},
    "aws_media_convert_queue": {"pricing_plan": "mediaconvert:PricingPlan", "status": "mediaconvert:QueueStatus"},
    "aws_s3_bucket_acl": {"acl": "s3:BucketCannedACL"},
    "aws_s3_bucket_lifecycle_configuration": {
        "rule.status": "s3:ExpirationStatus",
        "rule.transition.storage_class": "s3:TransitionStorageClass",
        "rule.noncurrent_version_transition.storage_class": "s3:TransitionStorageClass",
    },
    "aws_s3_bucket_notification": {
        "lambda_function.events": "s3:Event",
        "queue.events": "s3:Event",
        "topic.events": "s3:Event",
    },
    "aws_s3_bucket_ownership_controls": {"rule.object_ownership": "s3:ObjectOwnership"},
    "aws_s3_bucket_server_side_encryption_configuration": {
        "rule.apply_server_side_encryption_by_default.sse_algorithm": "s3:ServerSideEncryption"
    },
    "aws_s3_bucket_versioning": {"versioning_configuration.status": "s3:BucketVersioningStatus"},
    "aws_scheduler_schedule": {
        "state": "scheduler:ScheduleState",
        "flexible_time_window.mode": "scheduler:FlexibleTimeWindowMode",
    },
    "aws_sfn_state_machine": {
        "type": "stepfunctions:StateMachineType",
        "logging_configuration.level": "stepfunctions:LogLevel",
        "encryption_configuration.type": "stepfunctions:EncryptionType",
    },
}
# What the models do not list, as the API's reference has it; and what the provider takes besides.
WRITTEN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "aws_cloudwatch_metric_alarm": {"treat_missing_data": ("missing", "ignore", "breaching", "notBreaching")},
    "aws_sns_topic_subscription": {
        "protocol": ("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"),
        "filter_policy_scope": ("MessageAttributes", "MessageBody"),
    },
    "aws_sqs_queue": {
        "deduplication_scope": ("messageGroup", "queue"),
        "fifo_throughput_limit": ("perQueue", "perMessageGroupId"),
    },
}
BESIDES = {
    "s3:BucketVersioningStatus": ("Disabled",),
    "s3:BucketCannedACL": ("aws-exec-read", "bucket-owner-full-control", "bucket-owner-read", "log-delivery-write"),
}
# Values that AWS adds to from month to month: one that is not known may be new.
GROWING = frozenset({"lambda:Runtime", "s3:Event", "s3:TransitionStorageClass", "kms:KeySpec"})
