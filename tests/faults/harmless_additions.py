"""Things that people add to a stack which works, and that work too: none may give a finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.faults.addresses import INBOX, JOB_EVENTS, SUBSCRIPTION
from tests.faults.harmless_change import harmless
from tests.faults.historic import FUNCTION, MACHINE, MACHINE_POLICY
from tests.faults.permissions import JOB_EVENTS_POLICY, JOB_POLICY
from tests.faults.stored import KEY_POLICY, OUTPUT_POLICY, TABLE
from tests.faults.values import ALARM
from tests.faults.wiring import UPLOAD_PERMISSION, UPLOAD_TARGET

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

_TOPIC = "aws_sns_topic.NotificationTopic"
_TO_TOPIC = ["aws_kms_key_policy.NotificationKeyPolicy", "aws_sns_topic_policy.NotificationTopicPolicy"]
_MANAGED = "arn:aws:iam::aws:policy"


def _statement(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **elements}]}


def _queue(subject: Subject, name: str, **more: Any) -> str:
    """Add a queue that the topic may send to; return its address."""
    policy = _statement(
        Sid="TopicSends",
        Principal={"Service": "sns.amazonaws.com"},
        Action="sqs:SendMessage",
        Resource=f"arn:aws:sqs:*:*:media-pipeline-local-{name.lower()}",
        Condition={"ArnEquals": {"aws:SourceArn": f"${{{_TOPIC}.arn}}"}},
    )
    body = {"name": f"media-pipeline-local-{name.lower()}", "sqs_managed_sse_enabled": True, **more}
    subject.add(f"aws_sqs_queue.{name}", {**body, "policy": json.dumps(policy)})
    return f"aws_sqs_queue.{name}"


def _subscribe(subject: Subject, name: str, queue: str, **more: Any) -> None:
    body = {"topic_arn": f"${{{_TOPIC}.arn}}", "protocol": "sqs", "endpoint": f"${{{queue}.arn}}", **more}
    subject.add(f"aws_sns_topic_subscription.{name}", body)


_ARCHIVED = {"days": 90, "storage_class": "GLACIER_IR"}


@harmless
def a_second_subscriber_with_its_queue(subject: Subject) -> None:
    _subscribe(subject, "BillingSubscription", _queue(subject, "InboxOfBilling"))


@harmless
def a_second_subscriber_with_dead_letters(subject: Subject) -> None:
    dead = {"deadLetterTargetArn": "${aws_sqs_queue.InboxOfBillingDead.arn}", "maxReceiveCount": 5}
    subject.add(
        "aws_sqs_queue.InboxOfBillingDead",
        {"name": "media-pipeline-local-billing-dead", "sqs_managed_sse_enabled": True},
    )
    queue = _queue(subject, "InboxOfBilling", redrive_policy=json.dumps(dead))
    _subscribe(subject, "BillingSubscription", queue)


@harmless
def a_subscriber_that_is_filtered_by_the_body(subject: Subject) -> None:
    _subscribe(
        subject,
        "BillingSubscription",
        _queue(subject, "InboxOfBilling"),
        filter_policy_scope="MessageBody",
        filter_policy=json.dumps({"event": [{"prefix": "transcode."}]}),
    )


@harmless
def a_webhook_is_told(subject: Subject) -> None:
    body = {
        "topic_arn": f"${{{_TOPIC}.arn}}",
        "protocol": "https",
        "endpoint": "https://hooks.example.com/media",
        "endpoint_auto_confirms": True,
    }
    subject.add("aws_sns_topic_subscription.WebhookSubscription", body)


@harmless
def a_phone_is_told(subject: Subject) -> None:
    body = {"topic_arn": f"${{{_TOPIC}.arn}}", "protocol": "sms", "endpoint": "+6591234567"}
    subject.add("aws_sns_topic_subscription.PhoneSubscription", body)


@harmless
def the_inbox_redrives(subject: Subject) -> None:
    body = {
        "queue_url": f"${{{INBOX}.id}}",
        "redrive_policy": json.dumps(
            {"deadLetterTargetArn": "${aws_sqs_queue.NotificationDeadLetterQueue.arn}", "maxReceiveCount": 4}
        ),
    }
    subject.add("aws_sqs_queue_redrive_policy.InboxRedrive", body)


@harmless
def dead_letters_say_who_may_use_them(subject: Subject) -> None:
    body = {
        "queue_url": "${aws_sqs_queue.NotificationDeadLetterQueue.id}",
        "redrive_allow_policy": json.dumps({"redrivePermission": "allowAll"}),
    }
    subject.add("aws_sqs_queue_redrive_allow_policy.NotificationDeadLetterQueueAllow", body)


@harmless
def deployed_by_alias(subject: Subject) -> None:
    subject.resource(FUNCTION)["publish"] = True
    alias = "aws_lambda_alias.TranscodingOrchestratorFunctionLive"
    body = {
        "name": "live",
        "function_name": f"${{{FUNCTION}.function_name}}",
        "function_version": f"${{{FUNCTION}.version}}",
    }
    subject.add(alias, body)
    subject.resource(UPLOAD_TARGET)["arn"] = f"${{{alias}.arn}}"
    subject.resource(UPLOAD_PERMISSION)["qualifier"] = f"${{{alias}.name}}"


@harmless
def an_alias_shifts_traffic(subject: Subject) -> None:
    subject.resource(FUNCTION)["publish"] = True
    body = {
        "name": "canary",
        "function_name": f"${{{FUNCTION}.function_name}}",
        "function_version": "7",
        "routing_config": {"additional_version_weights": {"8": 0.1}},
    }
    subject.add("aws_lambda_alias.TranscodingOrchestratorFunctionCanary", body)


@harmless
def an_alias_is_kept_warm(subject: Subject) -> None:
    subject.resource(FUNCTION)["publish"] = True
    alias = "aws_lambda_alias.TranscodingOrchestratorFunctionWarm"
    body = {
        "name": "warm",
        "function_name": f"${{{FUNCTION}.function_name}}",
        "function_version": f"${{{FUNCTION}.version}}",
    }
    subject.add(alias, body)
    warm = {
        "function_name": f"${{{FUNCTION}.function_name}}",
        "qualifier": f"${{{alias}.name}}",
        "provisioned_concurrent_executions": 2,
    }
    subject.add("aws_lambda_provisioned_concurrency_config.TranscodingOrchestratorFunctionWarm", warm)


@harmless
def the_function_joins_a_network(subject: Subject) -> None:
    attachment = "aws_iam_role_policy_attachment.TranscodingLambdaRoleNetwork"
    policy = f"{_MANAGED}/service-role/AWSLambdaVPCAccessExecutionRole"
    subject.add(attachment, {"role": "${aws_iam_role.TranscodingLambdaRole.name}", "policy_arn": policy})
    function = subject.resource(FUNCTION)
    function["vpc_config"] = {
        "subnet_ids": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"],
        "security_group_ids": ["sg-0a1b2c3d"],
    }
    function["depends_on"] = [*function["depends_on"], attachment]


@harmless
def the_function_joins_a_network_by_its_own_policy(subject: Subject) -> None:
    actions = ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface", "DescribeSubnets"]
    more = ["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"]
    policy = "aws_iam_role_policy.JobEventsRoleNetworkPolicy"
    document = _statement(Action=[f"ec2:{each}" for each in actions + more], Resource="*")
    document["Statement"][0]["Sid"] = "JoinNetwork"
    subject.add(policy, {"role": "${aws_iam_role.JobEventsRole.name}", "policy": json.dumps(document)})
    function = subject.resource(JOB_EVENTS)
    function["vpc_config"] = {"subnet_ids": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]}
    function["depends_on"] = [*function["depends_on"], policy]


@harmless
def traces_by_a_managed_policy(subject: Subject) -> None:
    subject.without(JOB_EVENTS_POLICY, "SendTraces")
    body = {"role": "${aws_iam_role.JobEventsRole.name}", "policy_arn": f"{_MANAGED}/AWSXRayDaemonWriteAccess"}
    subject.add("aws_iam_role_policy_attachment.JobEventsRoleTraces", body)


@harmless
def logs_by_a_managed_policy(subject: Subject) -> None:
    subject.without(JOB_EVENTS_POLICY, "WriteOwnLogs")
    policy = f"{_MANAGED}/service-role/AWSLambdaBasicExecutionRole"
    body = {"role": "${aws_iam_role.JobEventsRole.name}", "policy_arn": policy}
    subject.add("aws_iam_role_policy_attachment.JobEventsRoleLogs", body)


@harmless
def a_document_from_two(subject: Subject) -> None:
    written = json.loads(subject.resource(JOB_POLICY)["policy"])["Statement"]
    documents = {
        f"MediaConvertRole{number}": {
            "statement": [
                {
                    "sid": each["Sid"],
                    "actions": [each["Action"]] if isinstance(each["Action"], str) else each["Action"],
                    "resources": [each["Resource"]],
                }
            ]
        }
        for number, each in enumerate(written)
    }
    names = [f"${{data.aws_iam_policy_document.{name}.json}}" for name in documents]
    documents["MediaConvertRoleAll"] = {"source_policy_documents": names}  # type: ignore[dict-item]  # another shape
    subject.document.setdefault("data", {})["aws_iam_policy_document"] = documents
    subject.resource(JOB_POLICY)["policy"] = "${data.aws_iam_policy_document.MediaConvertRoleAll.json}"


@harmless
def a_trust_from_a_document(subject: Subject) -> None:
    statement = {
        "actions": ["sts:AssumeRole"],
        "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
        "condition": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["123456789012"]}],
    }
    documents = subject.document.setdefault("data", {}).setdefault("aws_iam_policy_document", {})
    documents["JobEventsRoleTrust"] = {"statement": [statement]}
    trust = "${data.aws_iam_policy_document.JobEventsRoleTrust.json}"
    subject.resource("aws_iam_role.JobEventsRole")["assume_role_policy"] = trust


@harmless
def a_boundary_that_leaves_room(subject: Subject) -> None:
    document = _statement(Sid="Everything", NotAction=["iam:*", "organizations:*"], Resource="*")
    boundary = "aws_iam_policy.JobEventsRoleBoundary"
    subject.add(boundary, {"name": "media-pipeline-local-boundary", "policy": json.dumps(document)})
    subject.resource("aws_iam_role.JobEventsRole")["permissions_boundary"] = f"${{{boundary}.arn}}"


@harmless
def an_administrators_boundary(subject: Subject) -> None:
    subject.resource("aws_iam_role.JobEventsRole")["permissions_boundary"] = f"{_MANAGED}/PowerUserAccess"


@harmless
def a_composite_alarm(subject: Subject) -> None:
    names = ("ProcessingErrorAlarm", "FailedJobsAlarm")
    rule = " OR ".join(f"ALARM(${{aws_cloudwatch_metric_alarm.{name}.alarm_name}})" for name in names)
    body = {
        "alarm_name": "media-pipeline-local-anything",
        "alarm_rule": rule,
        "alarm_actions": [f"${{{_TOPIC}.arn}}"],
        "depends_on": _TO_TOPIC,
    }
    subject.add("aws_cloudwatch_composite_alarm.AnythingAlarm", body)


@harmless
def an_alarm_on_what_is_unusual(subject: Subject) -> None:
    dimensions = {"FunctionName": f"${{{FUNCTION}.function_name}}"}
    metric = {
        "metric_name": "Duration",
        "namespace": "AWS/Lambda",
        "period": 300,
        "stat": "Average",
        "dimensions": dimensions,
    }
    body = {
        "alarm_name": "media-pipeline-local-unusual-duration",
        "comparison_operator": "GreaterThanUpperThreshold",
        "evaluation_periods": 3,
        "threshold_metric_id": "band",
        "treat_missing_data": "ignore",
        "alarm_actions": [f"${{{_TOPIC}.arn}}"],
        "depends_on": _TO_TOPIC,
        "metric_query": [
            {"id": "duration", "return_data": True, "metric": metric},
            {"id": "band", "expression": "ANOMALY_DETECTION_BAND(duration, 2)", "label": "Usual", "return_data": True},
        ],
    }
    subject.add("aws_cloudwatch_metric_alarm.UnusualDurationAlarm", body)


@harmless
def an_alarm_on_the_age_of_messages(subject: Subject) -> None:
    body = {
        "alarm_name": "media-pipeline-local-inbox-age",
        "namespace": "AWS/SQS",
        "metric_name": "ApproximateAgeOfOldestMessage",
        "dimensions": {"QueueName": f"${{{INBOX}.name}}"},
        "statistic": "Maximum",
        "unit": "Seconds",
        "period": 300,
        "evaluation_periods": 1,
        "threshold": 3600,
        "treat_missing_data": "notBreaching",
        "comparison_operator": "GreaterThanThreshold",
        "alarm_actions": [f"${{{_TOPIC}.arn}}"],
        "depends_on": _TO_TOPIC,
    }
    subject.add("aws_cloudwatch_metric_alarm.OldMessagesAlarm", body)


@harmless
def an_alarm_that_tells_nobody_yet(subject: Subject) -> None:
    alarm = subject.resource(ALARM)
    alarm["insufficient_data_actions"] = []
    alarm["treat_missing_data"] = "ignore"


@harmless
def a_schedule_puts_into_the_inbox(subject: Subject) -> None:
    trust = _statement(Principal={"Service": "scheduler.amazonaws.com"}, Action="sts:AssumeRole")
    access = _statement(Sid="SendReminder", Action="sqs:SendMessage", Resource=f"${{{INBOX}.arn}}")
    subject.add(
        "aws_iam_role.InboxReminderRole",
        {"name": "media-pipeline-local-reminder", "assume_role_policy": json.dumps(trust)},
    )
    subject.add(
        "aws_iam_role_policy.InboxReminderRolePolicy",
        {"role": "${aws_iam_role.InboxReminderRole.name}", "policy": json.dumps(access)},
    )
    body = {
        "name": "media-pipeline-local-reminder",
        "schedule_expression": "cron(0 9 ? * MON-FRI *)",
        "schedule_expression_timezone": "Asia/Singapore",
        "flexible_time_window": {"mode": "OFF"},
        "target": {"arn": f"${{{INBOX}.arn}}", "role_arn": "${aws_iam_role.InboxReminderRole.arn}", "input": "{}"},
        "depends_on": ["aws_iam_role_policy.InboxReminderRolePolicy"],
    }
    subject.add("aws_scheduler_schedule.InboxReminder", body)


@harmless
def the_machine_sends_to_a_queue(subject: Subject) -> None:
    def edit(definition: Any) -> None:
        states = definition["States"]
        states["Begin"]["Next"] = "Announce"
        states["Announce"] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Arguments": {"QueueUrl": f"${{{INBOX}.url}}", "MessageBody": "{% $string($states.input) %}"},
            "Output": "{% $states.input %}",
            "Next": "SubmitObject",
        }

    subject.json(MACHINE, "definition", edit)
    statement = {"Sid": "Announce", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": f"${{{INBOX}.arn}}"}
    subject.policy(MACHINE_POLICY, lambda statements: statements.append(statement))


@harmless
def the_machine_waits_until_a_time(subject: Subject) -> None:
    def edit(definition: Any) -> None:
        states = definition["States"]
        states["Begin"]["Next"] = "UntilMidnight"
        states["UntilMidnight"] = {"Type": "Wait", "Timestamp": "2030-01-01T00:00:00Z", "Next": "SubmitObject"}

    subject.json(MACHINE, "definition", edit)


@harmless
def the_machine_may_do_nothing_more_by_two_policies(subject: Subject) -> None:
    statements = json.loads(subject.resource(MACHINE_POLICY)["policy"])["Statement"]
    traces = next(each for each in statements if each["Sid"] == "SendTraces")
    subject.without(MACHINE_POLICY, "SendTraces")
    document = {"Version": "2012-10-17", "Statement": [traces]}
    body = {"role": "${aws_iam_role.StepFunctionsRole.name}", "name": "traces", "policy": json.dumps(document)}
    subject.add("aws_iam_role_policy.StepFunctionsRoleTraces", body)


@harmless
def streams_move_to_cheaper_storage(subject: Subject) -> None:
    rules = [
        {"id": "old", "status": "Enabled", "filter": {"prefix": "old/"}, "transition": [_ARCHIVED]},
        {
            "id": "large",
            "status": "Enabled",
            "filter": {"and": {"prefix": "video/", "object_size_greater_than": 1_000_000}},
            "transition": [{"days": 60, "storage_class": "STANDARD_IA"}],
        },
        {
            "id": "uploads",
            "status": "Enabled",
            "filter": {},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 3},
        },
    ]
    body = {"bucket": "${aws_s3_bucket.OutputBucket.id}", "rule": rules, "depends_on": [OUTPUT_POLICY]}
    subject.add("aws_s3_bucket_lifecycle_configuration.OutputBucketLifecycle", body)


@harmless
def reads_of_streams_are_logged(subject: Subject) -> None:
    body = {
        "bucket": "${aws_s3_bucket.OutputBucket.id}",
        "target_bucket": "central-access-logs",
        "target_prefix": "media-pipeline/",
        "depends_on": [OUTPUT_POLICY],
    }
    subject.add("aws_s3_bucket_logging.OutputBucketLogging", body)


@harmless
def uploads_are_accelerated(subject: Subject) -> None:
    body = {"bucket": "${aws_s3_bucket.UploadBucket.id}", "status": "Enabled"}
    subject.add("aws_s3_bucket_accelerate_configuration.UploadBucketAcceleration", body)


@harmless
def streams_are_read_through_a_cdn(subject: Subject) -> None:
    statement = {
        "Sid": "ReadByCdn",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "${aws_s3_bucket.OutputBucket.arn}/*",
        "Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E2EXAMPLE"}},
    }
    subject.policy(OUTPUT_POLICY, lambda statements: statements.append(statement))


@harmless
def logs_under_the_key(subject: Subject) -> None:
    statement = {
        "Sid": "LogsEncrypt",
        "Effect": "Allow",
        "Principal": {"Service": "logs.ap-southeast-1.amazonaws.com"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:ap-southeast-1:123456789012:*"}},
    }
    subject.policy(KEY_POLICY, lambda statements: statements.append(statement))
    body = {
        "name": "/media-pipeline/inbox",
        "retention_in_days": 30,
        "kms_key_id": "${aws_kms_key.NotificationKey.arn}",
        "depends_on": [KEY_POLICY],
    }
    subject.add("aws_cloudwatch_log_group.InboxLogGroup", body)


@harmless
def the_table_grows_by_itself(subject: Subject) -> None:
    subject.resource(TABLE).update(
        billing_mode="PAY_PER_REQUEST", on_demand_throughput={"max_write_request_units": 500}
    )


@harmless
def the_table_is_under_the_aws_key(subject: Subject) -> None:
    subject.resource(TABLE)["server_side_encryption"] = {"enabled": True}


@harmless
def the_table_is_rarely_read(subject: Subject) -> None:
    subject.resource(TABLE)["table_class"] = "STANDARD_INFREQUENT_ACCESS"


@harmless
def a_filter_counts_errors(subject: Subject) -> None:
    body = {
        "name": "errors",
        "log_group_name": "${aws_cloudwatch_log_group.TranscodingOrchestratorFunctionLogGroup.name}",
        "pattern": '{ $.level = "ERROR" }',
        "metric_transformation": {"name": "OrchestratorErrors", "namespace": "MediaPipeline", "value": "1"},
    }
    subject.add("aws_cloudwatch_log_metric_filter.TranscodingOrchestratorFunctionErrors", body)


@harmless
def a_query_is_kept(subject: Subject) -> None:
    body = {
        "name": "media-pipeline/slowest",
        "log_group_names": ["${aws_cloudwatch_log_group.TranscodingOrchestratorFunctionLogGroup.name}"],
        "query_string": "fields @timestamp, @duration | sort @duration desc | limit 20",
    }
    subject.add("aws_cloudwatch_query_definition.TranscodingOrchestratorFunctionSlowest", body)


@harmless
def a_subscription_is_confirmed_late(subject: Subject) -> None:
    subject.resource(SUBSCRIPTION)["confirmation_timeout_in_minutes"] = 5
