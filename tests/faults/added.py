"""Something is added to the stack, and what it needs is forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.faults.addresses import INBOX, JOB_EVENTS
from tests.faults.historic import FUNCTION, FUNCTION_POLICY
from tests.faults.mutation import Defect, mutation
from tests.faults.permissions import JOB_POLICY
from tests.faults.stored import KEY, TABLE
from tests.faults.wiring import TOPIC_POLICY, UPLOAD_PERMISSION, UPLOAD_TARGET

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

DEAD_LETTERS = "aws_sqs_queue.UploadDeadLetterQueue"


@mutation("A function takes messages from a queue that its role may not read", Defect.SERVICE)
def queue_mapped_without_permission(subject: Subject) -> None:
    body = {"event_source_arn": f"${{{INBOX}.arn}}", "function_name": f"${{{JOB_EVENTS}.arn}}"}
    subject.add("aws_lambda_event_source_mapping.JobEventsFunctionInbox", body)


@mutation("A bucket notifies a function that it may not invoke", Defect.SERVICE)
def bucket_notifies_function(subject: Subject) -> None:
    events = subject.resource("aws_s3_bucket_notification.UploadBucketEvents")
    events["lambda_function"] = [{"lambda_function_arn": f"${{{FUNCTION}.arn}}", "events": ["s3:ObjectCreated:*"]}]


@mutation("A topic delivers to a function that it may not invoke", Defect.SERVICE)
def topic_delivers_to_function(subject: Subject) -> None:
    body = {
        "topic_arn": "${aws_sns_topic.NotificationTopic.arn}",
        "protocol": "lambda",
        "endpoint": f"${{{JOB_EVENTS}.arn}}",
    }
    subject.add("aws_sns_topic_subscription.JobEventsSubscription", body)


@mutation("Log lines go to a function that CloudWatch Logs may not invoke", Defect.SERVICE)
def logs_to_function(subject: Subject) -> None:
    body = {
        "name": "errors",
        "log_group_name": "${aws_cloudwatch_log_group.TranscodingOrchestratorFunctionLogGroup.name}",
        "filter_pattern": "ERROR",
        "destination_arn": f"${{{JOB_EVENTS}.arn}}",
    }
    subject.add("aws_cloudwatch_log_subscription_filter.TranscodingOrchestratorFunctionErrors", body)


@mutation("A schedule with a role that does not trust schedules", Defect.SERVICE)
def schedule_without_trust(subject: Subject) -> None:
    body = {
        "name": "media-pipeline-local-nightly",
        "schedule_expression": "rate(1 day)",
        "flexible_time_window": {"mode": "OFF"},
        "target": {"arn": f"${{{FUNCTION}.arn}}", "role_arn": "${aws_iam_role.StepFunctionsRole.arn}"},
    }
    subject.add("aws_scheduler_schedule.TranscodingStateMachineNightly", body)


@mutation("A function has a URL that asks for no credentials", Defect.SECURITY)
def function_url_open(subject: Subject) -> None:
    body = {"function_name": f"${{{FUNCTION}.function_name}}", "authorization_type": "NONE"}
    subject.add("aws_lambda_function_url.TranscodingOrchestratorFunctionUrl", body)


@mutation("A function is put into a network, and may make no interface there", Defect.SERVICE)
def network_without_permission(subject: Subject) -> None:
    subject.resource(FUNCTION)["vpc_config"] = {"subnet_ids": ["subnet-0a1b2c"], "security_group_ids": ["sg-0a1b2c"]}


@mutation("A queue is encrypted with AWS's own key, which EventBridge cannot use", Defect.SERVICE)
def dead_letters_with_aws_key(subject: Subject) -> None:
    queue = subject.resource(DEAD_LETTERS)
    del queue["sqs_managed_sse_enabled"]
    queue["kms_master_key_id"] = "alias/aws/sqs"


@mutation("A queue is encrypted with a key that its topic may not use", Defect.SERVICE)
def inbox_with_other_key(subject: Subject) -> None:
    queue = subject.resource(INBOX)
    del queue["sqs_managed_sse_enabled"]
    queue["kms_master_key_id"] = f"${{{KEY}.key_id}}"


@mutation("The table gets a key that no function may use", Defect.SERVICE)
def table_with_new_key(subject: Subject) -> None:
    subject.add("aws_kms_key.JobTableKey", {"description": "Encrypts job records", "enable_key_rotation": True})
    subject.resource(TABLE)["server_side_encryption"] = {
        "enabled": True,
        "kms_key_arn": "${aws_kms_key.JobTableKey.arn}",
    }


@mutation("A log group gets a key that CloudWatch Logs may not use", Defect.SERVICE)
def log_group_with_key(subject: Subject) -> None:
    group = subject.resource("aws_cloudwatch_log_group.JobEventsFunctionLogGroup")
    group["kms_key_id"] = f"${{{KEY}.arn}}"


@mutation("The key is switched off", Defect.CONFIGURATION_DATA)
def key_switched_off(subject: Subject) -> None:
    subject.resource(KEY)["is_enabled"] = False


@mutation("A second policy of a role with the first one's name", Defect.IDEMPOTENCY)
def policy_name_twice(subject: Subject) -> None:
    subject.resource("aws_iam_role_policy.TranscodingLambdaRoleDeadLetterPolicy")["name"] = "access"


@mutation("A second statement of a function's policy with the first one's id", Defect.IDEMPOTENCY)
def statement_id_twice(subject: Subject) -> None:
    permission = subject.resource(UPLOAD_PERMISSION)
    second = {**permission, "principal": "s3.amazonaws.com", "source_arn": "${aws_s3_bucket.UploadBucket.arn}"}
    subject.add(f"{UPLOAD_PERMISSION}ForBucket", second)


@mutation("A second target of a rule with the first one's id", Defect.IDEMPOTENCY)
def target_id_twice(subject: Subject) -> None:
    subject.add(f"{UPLOAD_TARGET}Again", dict(subject.resource(UPLOAD_TARGET)))


@mutation("A policy is for a role by a name that no role has", Defect.SYNTAX)
def role_name_misspelt(subject: Subject) -> None:
    subject.resource(JOB_POLICY)["role"] = "media-pipeline-local-media-convert"


@mutation("The topic lets everyone in", Defect.SECURITY)
def topic_open_to_everyone(subject: Subject) -> None:
    subject.statement(TOPIC_POLICY, "AlarmsPublish", Principal={"AWS": "*"}, Action="sns:*", Condition=None)


@mutation("A rule sends its target a constant in place of the event", Defect.CONFIGURATION_DATA, layer="nothing")
def event_replaced_by_constant(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["input"] = json.dumps({"source": "upload-rule"})


@mutation("An alarm is switched off", Defect.CONDITIONAL)
def alarm_without_actions(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_metric_alarm.FailedJobsAlarm")["actions_enabled"] = False


@mutation("An event that cannot be delivered is dropped", Defect.SERVICE)
def target_without_dead_letters(subject: Subject) -> None:
    del subject.resource(UPLOAD_TARGET)["dead_letter_config"]


@mutation("A changed package is not noticed", Defect.IDEMPOTENCY)
def package_hash_left_out(subject: Subject) -> None:
    del subject.resource(FUNCTION)["source_code_hash"]


@mutation("A function has the other function's handler", Defect.CONFIGURATION_DATA)
def handler_of_other_function(subject: Subject) -> None:
    subject.resource(FUNCTION)["handler"] = "lambda_src.job_events.handler"


@mutation("A variable that has to be a number is none", Defect.CONFIGURATION_DATA, layer="nothing")
def variable_not_a_number(subject: Subject) -> None:
    subject.resource(FUNCTION)["environment"]["variables"]["MAX_HEIGHT"] = "1080p"


@mutation("A task gives up before the function that it waits for", Defect.CONDITIONAL)
def task_shorter_than_function(subject: Subject) -> None:
    def edit(definition: dict[str, dict[str, dict[str, int]]]) -> None:
        definition["States"]["SubmitObject"]["TimeoutSeconds"] = 30

    subject.json("aws_sfn_state_machine.TranscodingStateMachine", "definition", edit)


@mutation("The jobs' role is let in for another source", Defect.CONDITIONAL)
def job_role_for_other_source(subject: Subject) -> None:
    condition = {"StringEquals": {"aws:SourceArn": "arn:aws:mediaconvert:us-east-1:123456789012:queues/Default"}}
    subject.statement(
        "aws_iam_role.MediaConvertRole", "AssumedByService", argument="assume_role_policy", Condition=condition
    )


@mutation("A permission of the function lapsed in 2024", Defect.CONDITIONAL)
def permission_lapsed(subject: Subject) -> None:
    condition = {"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}}
    subject.statement(FUNCTION_POLICY, "CreateJobs", Condition=condition)
