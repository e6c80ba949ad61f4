"""Changes that people make and that are no mistake: none may give a finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.faults import harmless_additions, harmless_conditions  # noqa: F401 - they register theirs
from tests.faults.addresses import INBOX, JOB_EVENTS, SUBSCRIPTION
from tests.faults.harmless_change import HARMLESS, changed, harmless
from tests.faults.historic import FUNCTION, FUNCTION_POLICY, MACHINE, MACHINE_POLICY
from tests.faults.permissions import JOB_EVENTS_POLICY, JOB_POLICY
from tests.faults.stored import KEY_POLICY, OUTPUT_POLICY, TABLE
from tests.faults.values import ALARM
from tests.faults.wiring import UPLOAD_PERMISSION, UPLOAD_RULE, UPLOAD_TARGET

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

__all__ = ["HARMLESS", "changed"]


@harmless
def more_memory_and_time(subject: Subject) -> None:
    subject.resource(FUNCTION).update(memory_size=1769, timeout=150)


@harmless
def other_processor(subject: Subject) -> None:
    subject.resource(FUNCTION)["architectures"] = ["x86_64"]


@harmless
def newer_runtime(subject: Subject) -> None:
    subject.resource(FUNCTION)["runtime"] = "python3.14"


@harmless
def more_room_on_disk(subject: Subject) -> None:
    subject.resource(FUNCTION)["ephemeral_storage"] = {"size": 2048}


@harmless
def concurrency_is_reserved(subject: Subject) -> None:
    subject.resource(FUNCTION)["reserved_concurrent_executions"] = 20


@harmless
def logs_are_kept_for_a_month(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_log_group.JobEventsFunctionLogGroup")["retention_in_days"] = 30


@harmless
def a_tag_on_everything(subject: Subject) -> None:
    subject.resource(TABLE)["tags"] = {"Owner": "media", "cost centre": "4711"}


@harmless
def an_action_in_a_list(subject: Subject) -> None:
    subject.statement(MACHINE_POLICY, "InvokeOrchestrator", Action=["lambda:InvokeFunction"])


@harmless
def an_action_in_other_case(subject: Subject) -> None:
    subject.statement(MACHINE_POLICY, "InvokeOrchestrator", Action="Lambda:invokefunction")


@harmless
def a_statement_in_two(subject: Subject) -> None:
    table = f"${{{TABLE}.arn}}"

    def edit(statements: list[dict[str, Any]]) -> None:
        statements[:] = [each for each in statements if each["Sid"] != "UseJobTable"]
        for action in ("GetItem", "UpdateItem"):
            statement = {"Sid": f"Job{action}", "Effect": "Allow", "Action": f"dynamodb:{action}", "Resource": table}
            statements.append(statement)

    subject.policy(JOB_EVENTS_POLICY, edit)


@harmless
def statements_without_names(subject: Subject) -> None:
    subject.policy(JOB_POLICY, lambda statements: [each.pop("Sid") for each in statements])


@harmless
def a_policy_of_its_own_attached(subject: Subject) -> None:
    inline = subject.resource(JOB_POLICY)
    subject.remove(JOB_POLICY)
    policy = {"name": "media-pipeline-local-mediaconvert", "policy": inline["policy"]}
    subject.add("aws_iam_policy.MediaConvertRolePolicy", policy)
    attached = {"role": inline["role"], "policy_arn": "${aws_iam_policy.MediaConvertRolePolicy.arn}"}
    subject.add("aws_iam_role_policy_attachment.MediaConvertRolePolicyAttachment", attached)


@harmless
def a_policy_by_jsonencode(subject: Subject) -> None:
    address = "aws_iam_role_policy.TranscodingLambdaRoleDeadLetterPolicy"
    subject.resource(address)["policy"] = (
        '${jsonencode({Version = "2012-10-17", Statement = [{Effect = "Allow", Action = "sqs:SendMessage", '
        "Resource = aws_sqs_queue.UploadDeadLetterQueue.arn}]})}"
    )


@harmless
def a_policy_from_a_document(subject: Subject) -> None:
    statement = {"actions": ["sqs:SendMessage"], "resources": ["${aws_sqs_queue.JobEventDeadLetterQueue.arn}"]}
    documents = {"JobEventsRoleDeadLetterDocument": {"statement": [statement]}}
    subject.document.setdefault("data", {})["aws_iam_policy_document"] = documents
    address = "aws_iam_role_policy.JobEventsRoleDeadLetterPolicy"
    subject.resource(address)["policy"] = "${data.aws_iam_policy_document.JobEventsRoleDeadLetterDocument.json}"


@harmless
def a_permission_for_this_account(subject: Subject) -> None:
    subject.resource(UPLOAD_PERMISSION)["source_account"] = "123456789012"


@harmless
def a_queue_policy_of_its_own(subject: Subject) -> None:
    queue = subject.resource(INBOX)
    policy = json.loads(queue.pop("policy"))
    policy["Statement"][0]["Resource"] = f"${{{INBOX}.arn}}"
    body = {"queue_url": f"${{{INBOX}.url}}", "policy": json.dumps(policy)}
    subject.add("aws_sqs_queue_policy.InboxQueuePolicy", body)
    subject.resource(SUBSCRIPTION)["depends_on"] = ["aws_sqs_queue_policy.InboxQueuePolicy"]


@harmless
def a_queue_that_denies_without_tls(subject: Subject) -> None:
    deny = {
        "Sid": "DenyWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "arn:aws:sqs:*:*:media-pipeline-local-inbox",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    subject.policy(INBOX, lambda statements: statements.append(deny))


@harmless
def a_source_by_pattern(subject: Subject) -> None:
    condition = {"ArnLike": {"aws:SourceArn": "arn:aws:events:ap-southeast-1:123456789012:rule/media-pipeline-local-*"}}
    subject.statement("aws_sqs_queue.JobEventDeadLetterQueue", "SourceSends", Condition=condition)


@harmless
def a_key_for_administrators(subject: Subject) -> None:
    statement = {
        "Sid": "Administrators",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:role/administrator"},
        "Action": ["kms:Describe*", "kms:Put*", "kms:Enable*", "kms:Disable*"],
        "Resource": "*",
    }
    subject.policy(KEY_POLICY, lambda statements: statements.append(statement))


@harmless
def a_key_for_alarms_of_this_account(subject: Subject) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    subject.statement(KEY_POLICY, "AlarmsPublish", Condition=condition)


@harmless
def a_person_is_told_too(subject: Subject) -> None:
    topic = "${aws_sns_topic.NotificationTopic.arn}"
    body = {"topic_arn": topic, "protocol": "email", "endpoint": "media@example.com"}
    subject.add("aws_sns_topic_subscription.OperatorsSubscription", body)


@harmless
def a_subscription_with_a_filter(subject: Subject) -> None:
    subject.resource(SUBSCRIPTION)["filter_policy"] = json.dumps(
        {"event": ["transcode.failed", {"prefix": "execution."}]}
    )


@harmless
def messages_are_delivered_raw(subject: Subject) -> None:
    subject.resource(SUBSCRIPTION)["raw_message_delivery"] = True


@harmless
def the_inbox_waits_for_messages(subject: Subject) -> None:
    subject.resource(INBOX).update(receive_wait_time_seconds=20, visibility_timeout_seconds=300)


@harmless
def versions_of_streams_are_kept(subject: Subject) -> None:
    body = {
        "bucket": "${aws_s3_bucket.OutputBucket.id}",
        "versioning_configuration": {"status": "Enabled"},
        "depends_on": [OUTPUT_POLICY],
    }
    subject.add("aws_s3_bucket_versioning.OutputBucketVersioning", body)


@harmless
def uploads_move_to_cheaper_storage(subject: Subject) -> None:
    rule = {
        "id": "archive",
        "status": "Enabled",
        "filter": {"prefix": "raw/"},
        "transition": [{"days": 30, "storage_class": "GLACIER"}],
        "noncurrent_version_expiration": {"noncurrent_days": 30},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    body = {
        "bucket": "${aws_s3_bucket.UploadBucket.id}",
        "rule": [rule],
        "depends_on": ["aws_s3_bucket_versioning.UploadBucketVersioning"],
    }
    subject.add("aws_s3_bucket_lifecycle_configuration.UploadBucketLifecycle", body)


@harmless
def browsers_may_read_streams(subject: Subject) -> None:
    rule = {
        "allowed_methods": ["GET", "HEAD"],
        "allowed_origins": ["https://player.example.com"],
        "max_age_seconds": 3600,
    }
    body = {"bucket": "${aws_s3_bucket.OutputBucket.id}", "cors_rule": [rule]}
    subject.add("aws_s3_bucket_cors_configuration.OutputBucketCors", body)


@harmless
def a_bucket_key_for_encryption(subject: Subject) -> None:
    address = "aws_s3_bucket_server_side_encryption_configuration.OutputBucketEncryption"
    subject.resource(address)["rule"][0]["bucket_key_enabled"] = True


@harmless
def an_index_of_the_table(subject: Subject) -> None:
    table = subject.resource(TABLE)
    table["attribute"] = [*table["attribute"], {"name": "status", "type": "S"}, {"name": "updated_at", "type": "N"}]
    table["global_secondary_index"] = [
        *table.get("global_secondary_index", []),
        {"name": "by-status", "hash_key": "status", "range_key": "updated_at", "projection_type": "KEYS_ONLY"},
    ]


@harmless
def a_table_with_capacity(subject: Subject) -> None:
    subject.resource(TABLE).update(billing_mode="PROVISIONED", read_capacity=5, write_capacity=5)


@harmless
def a_table_that_is_protected(subject: Subject) -> None:
    subject.resource(TABLE)["deletion_protection_enabled"] = True


@harmless
def a_table_that_streams(subject: Subject) -> None:
    subject.resource(TABLE).update(stream_enabled=True, stream_view_type="NEW_IMAGE")


@harmless
def an_alarm_over_an_hour(subject: Subject) -> None:
    subject.resource(ALARM).update(period=300, evaluation_periods=12, datapoints_to_alarm=3)


@harmless
def an_alarm_on_a_percentile(subject: Subject) -> None:
    alarm = subject.resource(ALARM)
    del alarm["statistic"]
    alarm.update(metric_name="Duration", extended_statistic="p99", threshold=60_000, unit="Milliseconds")


@harmless
def an_alarm_on_a_share(subject: Subject) -> None:
    alarm = subject.resource(ALARM)
    dimensions = alarm.pop("dimensions")
    for argument in ("metric_name", "namespace", "period", "statistic"):
        del alarm[argument]
    alarm["metric_query"] = [
        {"id": "share", "expression": "100 * errors / invocations", "label": "Errors, percent", "return_data": True},
        *(
            {
                "id": name.lower(),
                "metric": {
                    "metric_name": name,
                    "namespace": "AWS/Lambda",
                    "period": 300,
                    "stat": "Sum",
                    "dimensions": dimensions,
                },
            }
            for name in ("Errors", "Invocations")
        ),
    ]


@harmless
def fewer_suffixes(subject: Subject) -> None:
    def edit(pattern: Any) -> None:
        pattern["detail"]["object"]["key"] = [{"suffix": ".mp4"}, {"wildcard": "*/incoming/*.MOV"}]

    subject.json(UPLOAD_RULE, "event_pattern", edit)


@harmless
def empty_objects_are_left_out(subject: Subject) -> None:
    def edit(pattern: Any) -> None:
        pattern["detail"]["object"]["size"] = [{"numeric": [">", 0]}]

    subject.json(UPLOAD_RULE, "event_pattern", edit)


@harmless
def fewer_tries(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["retry_policy"].update(maximum_retry_attempts=10, maximum_event_age_in_seconds=3600)


@harmless
def a_longer_wait(subject: Subject) -> None:
    subject.json(MACHINE, "definition", lambda definition: definition["States"]["WaitForJob"].update(Seconds=60))


@harmless
def a_state_in_between(subject: Subject) -> None:
    def edit(definition: Any) -> None:
        states = definition["States"]
        states["Begin"]["Next"] = "Pause"
        states["Pause"] = {"Type": "Wait", "Seconds": 1, "Next": "SubmitObject"}

    subject.json(MACHINE, "definition", edit)


@harmless
def errors_alone_are_logged(subject: Subject) -> None:
    subject.resource(MACHINE)["logging_configuration"].update(level="ERROR", include_execution_data=False)


@harmless
def a_version_of_the_machine(subject: Subject) -> None:
    subject.resource(MACHINE)["publish"] = True


@harmless
def a_role_in_a_path(subject: Subject) -> None:
    subject.resource("aws_iam_role.JobEventsRole").update(max_session_duration=7200, path="/media/")


@harmless
def a_comment_in_the_code(subject: Subject) -> None:
    subject.source("lambda_src/adapter.py", "import json\n", "import json  # events and manifests\n")


@harmless
def a_client_of_its_own(subject: Subject) -> None:
    subject.source(
        "lambda_src/adapter.py",
        'return self._session.client("sns", config=_CONFIG)',
        'client: SNSClient = self._session.client("sns", config=_CONFIG)\n        return client',
    )


@harmless
def another_description(subject: Subject) -> None:
    subject.resource(JOB_EVENTS)["description"] = "Records the end of each job (MediaConvert), and tells who asks."


@harmless
def versions_are_published(subject: Subject) -> None:
    subject.resource(FUNCTION)["publish"] = True


@harmless
def a_bucket_that_must_stay(subject: Subject) -> None:
    subject.resource("aws_s3_bucket.OutputBucket")["lifecycle"] = {"prevent_destroy": True}


@harmless
def the_role_is_named_by_id(subject: Subject) -> None:
    subject.resource(FUNCTION_POLICY)["role"] = "${aws_iam_role.TranscodingLambdaRole.id}"


@harmless
def keys_by_wildcards_and_exceptions(subject: Subject) -> None:
    def edit(pattern: Any) -> None:
        pattern["detail"]["object"]["key"] = [
            {"suffix": {"equals-ignore-case": ".mp4"}},
            {"wildcard": "films/*/master.mov"},
            {"anything-but": {"suffix": [".txt", ".srt"]}},
        ]

    subject.json(UPLOAD_RULE, "event_pattern", edit)


@harmless
def uploads_from_the_office_network(subject: Subject) -> None:
    def edit(pattern: Any) -> None:
        pattern["detail"]["source-ip-address"] = [{"cidr": "203.0.0.0/8"}, {"exists": False}]

    subject.json(UPLOAD_RULE, "event_pattern", edit)


@harmless
def conditions_of_many_kinds(subject: Subject) -> None:
    def edit(statements: list[dict[str, Any]]) -> None:
        statements.append(
            {
                "Sid": "OnlyInTime",
                "Effect": "Deny",
                "Action": "s3:DeleteObject",
                "Resource": "*",
                "Condition": {
                    "DateGreaterThan": {"aws:CurrentTime": "2099-12-31T23:59:59Z"},
                    "NotIpAddressIfExists": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]},
                    "NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "3600"},
                    "Null": {"aws:SourceVpc": "true"},
                    "ForAnyValue:StringLike": {"aws:CalledVia": ["cloudformation.*"]},
                },
            }
        )

    subject.policy(FUNCTION_POLICY, edit)


@harmless
def target_gets_a_template(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["input_transformer"] = {
        "input_paths": {"detail": "$.detail", "source": "$.source", "first": "$.resources[0]"},
        "input_template": '{"detail": <detail>, "source": "<source>", "of": "<first> by <aws.events.rule-name>"}',
    }


@harmless
def policies_listed_in_full(subject: Subject) -> None:
    subject.document["resource"]["aws_iam_role_policies_exclusive"] = {
        "TranscodingLambdaRoleOnly": {
            "role_name": "${aws_iam_role.TranscodingLambdaRole.name}",
            "policy_names": ["access", "${aws_iam_role_policy.TranscodingLambdaRoleDeadLetterPolicy.name}"],
        }
    }


@harmless
def queue_policy_with_a_second_statement(subject: Subject) -> None:
    queue = "aws_sqs_queue.UploadDeadLetterQueue"
    statement = {
        "Sid": "OnlyEncrypted",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    subject.policy(queue, lambda statements: statements.append(statement))


@harmless
def bucket_policy_on_bucket_and_objects(subject: Subject) -> None:
    statement = {
        "Sid": "NoOtherAccounts",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        "Resource": ["${aws_s3_bucket.OutputBucket.arn}", "${aws_s3_bucket.OutputBucket.arn}/*"],
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalAccount": "123456789012"}},
    }
    subject.policy(OUTPUT_POLICY, lambda statements: statements.append(statement))
