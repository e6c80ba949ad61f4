"""The edits, in rounds that are applied one after the other; within a round they do not touch one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.offline_provider.conformance.edit import (
    Edit,
    adding,
    changing,
    dropping,
    removing,
    resource,
    rewriting,
    setting,
)

if TYPE_CHECKING:
    from tests.offline_provider.stacks import Document

NAME = "media-pipeline-whole"
NEW_CODE = "changed.zip"
_STATEMENT = {"Sid": "Added", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def _variables(document: Document) -> None:
    variables = resource(document, "aws_lambda_function.TranscodingOrchestratorFunction")["environment"]["variables"]
    variables |= {"SEGMENT_SECONDS": "4", "ADDED": "yes"}
    del variables["KEY_PREFIX"]


def _other_function_code(document: Document) -> None:
    resource(document, "aws_lambda_function.JobEventsFunction").update(filename=NEW_CODE, source_code_hash="changed")


def _default_tag(document: Document) -> None:
    for provider in document["provider"]["aws"]:
        provider["default_tags"][0]["tags"] |= {"Owner": "media", "Team": "video"}


def _without_an_alarm(document: Document) -> None:
    kind, name = "aws_cloudwatch_metric_alarm", "JobEventsThrottleAlarm"
    dashboard = resource(document, "aws_cloudwatch_dashboard.Dashboard")
    dashboard["dashboard_body"] = dashboard["dashboard_body"].replace(f"${{{kind}.{name}.arn}}", "none")
    del document["resource"][kind][name]


def _statement(content: Any) -> None:
    content["Statement"].append(_STATEMENT)


def _anyone_in_the_account(content: Any) -> None:
    content["Statement"].append(
        {
            "Sid": "Added",
            "Effect": "Allow",
            "Principal": {"AWS": "123456789012"},
            "Action": ["sns:Publish"],
            "Resource": "*",
        }
    )


def _fewer_statements(content: Any) -> None:
    del content["Statement"][-1]


def _one_level_deeper(content: Any) -> None:
    content["Comment"] = "Another comment"
    content["TimeoutSeconds"] = 7200


IN_PLACE = (
    setting("keep logs longer", "aws_cloudwatch_log_group.JobEventsFunctionLogGroup", retention_in_days=30),
    removing("keep logs forever", "aws_cloudwatch_log_group.TranscodingStateMachineLogGroup", "retention_in_days"),
    setting("raise an alarm's threshold", "aws_cloudwatch_metric_alarm.ProcessingErrorAlarm", threshold=3),
    removing("tell nobody that all is well again", "aws_cloudwatch_metric_alarm.FailedJobsAlarm", "ok_actions"),
    setting(
        "measure an alarm over other periods",
        "aws_cloudwatch_metric_alarm.JobEventsErrorAlarm",
        period=600,
        evaluation_periods=3,
        datapoints_to_alarm=2,
        treat_missing_data="missing",
        statistic="Average",
        tags={"Severity": "low"},
    ),
    rewriting(
        "take a widget off the dashboard",
        "aws_cloudwatch_dashboard.Dashboard",
        "dashboard_body",
        lambda body: body["widgets"].pop(),
    ),
    rewriting(
        "listen for fewer job states",
        "aws_cloudwatch_event_rule.JobStateEventRule",
        "event_pattern",
        lambda pattern: pattern["detail"].update(status=["COMPLETE", "ERROR"]),
    ),
    setting(
        "disable a rule and describe it otherwise",
        "aws_cloudwatch_event_rule.VideoUploadEventRule",
        state="DISABLED",
        description="Not now",
        tags={"Rule": "uploads"},
    ),
    setting(
        "retry a target less",
        "aws_cloudwatch_event_target.VideoUploadEventRuleTarget",
        retry_policy={"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 2},
    ),
    removing(
        "give a target no dead-letter queue",
        "aws_cloudwatch_event_target.JobStateEventRuleTarget",
        "dead_letter_config",
    ),
    setting("resize a function", "aws_lambda_function.JobEventsFunction", memory_size=256, timeout=60),
    changing(
        "change, add and remove environment variables",
        ("aws_lambda_function.TranscodingOrchestratorFunction",),
        _variables,
    ),
    setting(
        "retry a function less",
        "aws_lambda_function_event_invoke_config.JobEventsFunctionFailureDestination",
        maximum_retry_attempts=1,
        maximum_event_age_in_seconds=3600,
    ),
    setting("describe a role otherwise", "aws_iam_role.JobEventsRole", description="Something else"),
    setting("let a role's sessions last longer", "aws_iam_role.MediaConvertRole", max_session_duration=7200),
    rewriting("trust nothing but one service", "aws_iam_role.StepFunctionsRole", "assume_role_policy",
              lambda policy: policy["Statement"][0].pop("Condition")),
    rewriting("allow a role more", "aws_iam_role_policy.MediaConvertRolePolicy", "policy", _statement),
    rewriting("allow a role less", "aws_iam_role_policy.JobEventsRolePolicy", "policy", _fewer_statements),
    setting("forget no record", "aws_dynamodb_table.JobTable", ttl={"attribute_name": "expires_at", "enabled": False},
            point_in_time_recovery={"enabled": False}, tags={"Data": "jobs"}),
    setting("name a topic for display", "aws_sns_topic.NotificationTopic", display_name="Transcoding"),
    rewriting("let others publish", "aws_sns_topic_policy.NotificationTopicPolicy", "policy", _anyone_in_the_account),
    setting("filter a subscription", "aws_sns_topic_subscription.InboxSubscription",
            filter_policy='{"event": ["transcode.failed"]}', raw_message_delivery=True),
    setting("describe a key otherwise", "aws_kms_key.NotificationKey", description="Another key"),
    rewriting("let others use a key", "aws_kms_key_policy.NotificationKeyPolicy", "policy",
              lambda policy: policy["Statement"].append({
                  "Sid": "Added", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
                  "Action": "kms:Decrypt", "Resource": "*"})),
    setting("pause a queue of jobs", "aws_media_convert_queue.TranscodingQueue", description="Paused",
            status="PAUSED", tags={"Jobs": "video"}),
    setting("tag a bucket", "aws_s3_bucket.UploadBucket", tags={"Content": "videos"}),
    rewriting("redefine a state machine", "aws_sfn_state_machine.TranscodingStateMachine", "definition",
              _one_level_deeper),
)  # fmt: skip

REPLACING = (
    setting("rename an alarm", "aws_cloudwatch_metric_alarm.ExecutionTimeoutAlarm", alarm_name=f"{NAME}-too-late"),
    setting("rename a dashboard", "aws_cloudwatch_dashboard.Dashboard", dashboard_name=f"{NAME}-renamed"),
    setting("rename a rule", "aws_cloudwatch_event_rule.VideoUploadEventRule", name=f"{NAME}-new-videos"),
    setting("give a target another id", "aws_cloudwatch_event_target.JobStateEventRuleTarget", target_id="renamed"),
    setting("rename a log group", "aws_cloudwatch_log_group.TranscodingStateMachineLogGroup",
            name=f"/aws/vendedlogs/states/{NAME}-renamed"),
    setting("give a permission another id", "aws_lambda_permission.EventBridgeLambdaPermission",
            statement_id="Renamed"),
    setting("rename a function", "aws_lambda_function.JobEventsFunction", function_name=f"{NAME}-renamed"),
    setting("rename a role's policy", "aws_iam_role_policy.TranscodingLambdaRoleDeadLetterPolicy", name="renamed"),
    setting("rename a role", "aws_iam_role.MediaConvertRole", name=f"{NAME}-renamed"),
    setting("rename a key's alias", "aws_kms_alias.NotificationKeyAlias", name=f"alias/{NAME}-renamed"),
    setting("key a table otherwise", "aws_dynamodb_table.JobTable", hash_key="id",
            attribute=[{"name": "id", "type": "S"}, {"name": "open", "type": "S"}, {"name": "due_at", "type": "N"}]),
    setting("rename a queue of jobs", "aws_media_convert_queue.TranscodingQueue", name=f"{NAME}-renamed"),
    setting("rename a topic", "aws_sns_topic.NotificationTopic", name=f"{NAME}-renamed"),
    setting("rename a bucket", "aws_s3_bucket.OutputBucket", bucket=f"{NAME}-renamed-123456789012"),
    setting("rename a message queue", "aws_sqs_queue.NotificationDeadLetterQueue", name=f"{NAME}-renamed"),
    setting("give a message queue other attributes", "aws_sqs_queue.InboxQueue", visibility_timeout_seconds=60,
            delay_seconds=5, receive_wait_time_seconds=10, max_message_size=2048, tags={"Queue": "inbox"}),
    setting(
        "keep dead letters for less time", "aws_sqs_queue.UploadDeadLetterQueue", message_retention_seconds=86400
    ),
    rewriting("let a message queue take more", "aws_sqs_queue.JobEventDeadLetterQueue", "policy",
              lambda policy: policy["Statement"].append({
                  "Sid": "Added", "Effect": "Allow", "Principal": {"AWS": "123456789012"},
                  "Action": "sqs:SendMessage", "Resource": "*"})),
    changing("change, add and remove lifecycle rules",
             ("aws_s3_bucket_lifecycle_configuration.UploadBucketLifecycle",), lambda document: resource(
                 document, "aws_s3_bucket_lifecycle_configuration.UploadBucketLifecycle").update(rule=[
                     {"id": "expire-objects", "status": "Enabled", "filter": [{"prefix": "raw/"}],
                      "expiration": [{"days": 90}]},
                     {"id": "keep-some", "status": "Disabled", "filter": [{"prefix": ""}],
                      "noncurrent_version_expiration": [{"noncurrent_days": 3, "newer_noncurrent_versions": 2}]},
                     {"id": "move", "status": "Enabled",
                      "filter": [{"and": [{"prefix": "a/", "tags": {"kind": "raw"}}]}],
                      "transition": [{"days": 30, "storage_class": "GLACIER"}]}])),
    setting("suspend versioning", "aws_s3_bucket_versioning.UploadBucketVersioning",
            versioning_configuration={"status": "Suspended"}),
    setting("allow public policies", "aws_s3_bucket_public_access_block.UploadBucketPublicAccessBlock",
            block_public_policy=False, restrict_public_buckets=False),
    setting("let writers own their objects", "aws_s3_bucket_ownership_controls.UploadBucketOwnership",
            rule={"object_ownership": "BucketOwnerPreferred"}),
    setting("encrypt with a bucket key", "aws_s3_bucket_server_side_encryption_configuration.UploadBucketEncryption",
            rule=[{"bucket_key_enabled": True, "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms", "kms_master_key_id": "${aws_kms_key.NotificationKey.arn}"}}]),
    rewriting("deny more", "aws_s3_bucket_policy.UploadBucketPolicy", "policy",
              lambda policy: policy["Statement"].append({
                  "Sid": "Added", "Effect": "Deny", "Principal": {"AWS": ["123456789012"]},
                  "Action": ["s3:DeleteBucket"], "Resource": "${aws_s3_bucket.UploadBucket.arn}"})),
    setting("send no events", "aws_s3_bucket_notification.UploadBucketEvents", eventbridge=False),
    setting("turn a key's rotation off", "aws_kms_key.NotificationKey", enable_key_rotation=False,
            deletion_window_in_days=10),
)  # fmt: skip

REMOVING = (
    changing("change default tags", ("aws_s3_bucket.UploadBucket", "aws_sqs_queue.InboxQueue"), _default_tag),
    changing("change a function's code", ("aws_lambda_function.JobEventsFunction",), _other_function_code),
    removing("remove a role's description", "aws_iam_role.JobEventsRole", "description"),
    removing("remove tags", "aws_s3_bucket.UploadBucket", "tags"),
    setting("trace a function no more", "aws_lambda_function.TranscodingOrchestratorFunction",
            tracing_config={"mode": "PassThrough"}, architectures=["x86_64"], description="Other"),
    removing("reserve no concurrency", "aws_lambda_function.TranscodingOrchestratorFunction",
             "reserved_concurrent_executions"),
    removing("log a state machine no more", "aws_sfn_state_machine.TranscodingStateMachine",
             "logging_configuration", "tracing_configuration"),
    setting("filter a subscription by its message", "aws_sns_topic_subscription.InboxSubscription",
            filter_policy='{"event": ["transcode.succeeded"]}', filter_policy_scope="MessageBody"),
    removing("redrive a subscription's messages no more", "aws_sns_topic_subscription.InboxSubscription",
             "redrive_policy"),
    setting("log a function as text", "aws_lambda_function.JobEventsFunction", logging_config={
        "log_format": "Text", "log_group": "${aws_cloudwatch_log_group.JobEventsFunctionLogGroup.name}"}),
    changing("drop an alarm", ("aws_cloudwatch_metric_alarm.JobEventsThrottleAlarm",), _without_an_alarm),
    dropping("drop a target", "aws_cloudwatch_event_target.JobStateEventRuleTarget"),
    dropping("drop a function's destinations",
             "aws_lambda_function_event_invoke_config.TranscodingOrchestratorFunctionFailureDestination"),
    dropping("drop a bucket's policy", "aws_s3_bucket_policy.UploadBucketPolicy"),
    adding("add a log group", "aws_cloudwatch_log_group.Added", name="/added", retention_in_days=3,
           tags={"Added": "yes"}),
    adding("add an alarm on metric math", "aws_cloudwatch_metric_alarm.Added", alarm_name="added",
           comparison_operator="LessThanThreshold", evaluation_periods=2, threshold=0.5,
           metric_query=[
               {"id": "rate", "expression": "a / b", "label": "Rate", "return_data": True},
               {"id": "a", "metric": [{"metric_name": "Errors", "namespace": "AWS/Lambda", "period": 60,
                                       "stat": "Sum", "dimensions": {"FunctionName": "x"}}]},
               {"id": "b", "metric": [{"metric_name": "Invocations", "namespace": "AWS/Lambda", "period": 60,
                                       "stat": "Sum"}]}]),
    adding("add a schedule", "aws_cloudwatch_event_rule.Added", name="added", schedule_expression="rate(1 hour)"),
    adding("add a target with a transformer", "aws_cloudwatch_event_target.Added",
           rule="${aws_cloudwatch_event_rule.Added.name}", arn="${aws_sns_topic.NotificationTopic.arn}",
           input_transformer={"input_paths": {"time": "$.time"}, "input_template": '"It is <time>"'}),
    adding("add a role with tags", "aws_iam_role.Added", name="added", path="/added/",
           assume_role_policy='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
           '"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}', tags={"Added": "yes"}),
)  # fmt: skip

ROUNDS: dict[str, tuple[Edit, ...]] = {"in-place": IN_PLACE, "replacing": REPLACING, "removing": REMOVING}
