"""The right kind of thing in the wrong place: another region, another account, another role, another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.historic import FUNCTION, FUNCTION_POLICY, MACHINE
from tests.faults.mutation import Defect, mutation
from tests.faults.permissions import JOB_EVENTS_POLICY
from tests.faults.wiring import JOB_RULE, TOPIC_POLICY, UPLOAD_PERMISSION, UPLOAD_RULE, UPLOAD_TARGET

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

JOB_EVENTS = "aws_lambda_function.JobEventsFunction"
INBOX = "aws_sqs_queue.InboxQueue"
SUBSCRIPTION = "aws_sns_topic_subscription.InboxSubscription"
ORCHESTRATOR_ROLE = "aws_iam_role.TranscodingLambdaRole"


@mutation("An ARN names another region", Defect.CONFIGURATION_DATA)
def arn_in_other_region(subject: Subject) -> None:
    jobs = "arn:aws:mediaconvert:us-east-1:123456789012:jobs/*"
    subject.statement(FUNCTION_POLICY, "TagAndReadJobs", Resource=jobs)


@mutation("An ARN names another account", Defect.CONFIGURATION_DATA)
def arn_in_other_account(subject: Subject) -> None:
    table = "arn:aws:dynamodb:ap-southeast-1:210987654321:table/media-pipeline-local-jobs"
    subject.statement(JOB_EVENTS_POLICY, "UseJobTable", Resource=table)


@mutation("The two functions have each other's role", Defect.CONFIGURATION_DATA)
def roles_swapped(subject: Subject) -> None:
    one, other = subject.resource(FUNCTION), subject.resource(JOB_EVENTS)
    one["role"], other["role"] = other["role"], one["role"]


@mutation("The function has the role of the jobs", Defect.SERVICE)
def function_with_job_role(subject: Subject) -> None:
    subject.resource(FUNCTION)["role"] = "${aws_iam_role.MediaConvertRole.arn}"


@mutation("The function passes its own role to the jobs", Defect.CONFIGURATION_DATA)
def own_role_passed(subject: Subject) -> None:
    variables = subject.resource(FUNCTION)["environment"]["variables"]
    variables["MEDIACONVERT_ROLE_ARN"] = f"${{{ORCHESTRATOR_ROLE}.arn}}"


@mutation("A policy is put into another role", Defect.CONFIGURATION_DATA)
def policy_in_other_role(subject: Subject) -> None:
    subject.resource(JOB_EVENTS_POLICY)["role"] = "${aws_iam_role.StepFunctionsRole.name}"


@mutation("Uploads go to the other function, which may be invoked", Defect.CONFIGURATION_DATA)
def uploads_to_other_function(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["arn"] = f"${{{JOB_EVENTS}.arn}}"
    subject.resource(UPLOAD_PERMISSION)["function_name"] = f"${{{JOB_EVENTS}.function_name}}"


@mutation("A rule's target is the ARN by which API Gateway invokes", Defect.CONFIGURATION_DATA)
def target_by_invoke_arn(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["arn"] = f"${{{FUNCTION}.invoke_arn}}"


@mutation("A rule's target is the function's name", Defect.CONFIGURATION_DATA)
def target_by_name(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["arn"] = f"${{{FUNCTION}.function_name}}"


@mutation("The permission is for an alias, the target is not", Defect.CONFIGURATION_DATA)
def permission_for_alias(subject: Subject) -> None:
    subject.resource(UPLOAD_PERMISSION)["qualifier"] = "live"


@mutation("The permission is for rules of another account", Defect.CONFIGURATION_DATA)
def permission_for_other_account(subject: Subject) -> None:
    subject.resource(UPLOAD_PERMISSION)["source_account"] = "210987654321"


@mutation("The dead-letter queue is named by its URL", Defect.CONFIGURATION_DATA)
def dead_letter_queue_by_url(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["dead_letter_config"]["arn"] = "${aws_sqs_queue.UploadDeadLetterQueue.url}"


@mutation("Dead letters go to a queue that lets another source in", Defect.CONFIGURATION_DATA)
def dead_letters_to_other_queue(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["dead_letter_config"]["arn"] = "${aws_sqs_queue.NotificationDeadLetterQueue.arn}"


@mutation("The subscription's dead-letter queue lets nobody in", Defect.SERVICE)
def subscription_dead_letters_refused(subject: Subject) -> None:
    del subject.resource("aws_sqs_queue.NotificationDeadLetterQueue")["policy"]


@mutation("The subscription's endpoint is the queue's URL", Defect.CONFIGURATION_DATA)
def endpoint_by_url(subject: Subject) -> None:
    subject.resource(SUBSCRIPTION)["endpoint"] = f"${{{INBOX}.url}}"


@mutation("A queue's policy is about another queue", Defect.CONFIGURATION_DATA)
def queue_policy_about_other_queue(subject: Subject) -> None:
    subject.statement(INBOX, "SourceSends", Resource="arn:aws:sqs:*:*:media-pipeline-dev-inbox")


@mutation("The topic's policy is about another topic", Defect.CONFIGURATION_DATA)
def topic_policy_about_other_topic(subject: Subject) -> None:
    topic = "arn:aws:sns:ap-southeast-1:123456789012:media-pipeline-dev-notifications"
    subject.statement(TOPIC_POLICY, "AlarmsPublish", Resource=topic)


@mutation("A wildcard in a condition that compares exactly", Defect.CONDITIONAL)
def wildcard_compared_exactly(subject: Subject) -> None:
    condition = {"StringEquals": {"aws:SourceArn": "arn:aws:events:*:*:rule/media-pipeline-*"}}
    subject.statement("aws_sqs_queue.UploadDeadLetterQueue", "SourceSends", Condition=condition)


@mutation("A role's trust is for another account", Defect.CONDITIONAL)
def trust_for_other_account(subject: Subject) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "210987654321"}}
    subject.statement(
        "aws_iam_role.StepFunctionsRole", "AssumedByService", argument="assume_role_policy", Condition=condition
    )


@mutation("A role may be taken by everyone", Defect.SECURITY)
def role_open_to_everyone(subject: Subject) -> None:
    subject.statement(ORCHESTRATOR_ROLE, "AssumedByService", argument="assume_role_policy", Principal={"AWS": "*"})


@mutation("A function is made before the policy of its role", Defect.DEPENDENCY)
def function_before_policy(subject: Subject) -> None:
    del subject.resource(JOB_EVENTS)["depends_on"]


@mutation("Uploads are announced before the way is open", Defect.DEPENDENCY)
def events_before_target(subject: Subject) -> None:
    del subject.resource("aws_s3_bucket_notification.UploadBucketEvents")["depends_on"]


@mutation("An alarm is made before it may tell anyone", Defect.DEPENDENCY)
def alarm_before_policy(subject: Subject) -> None:
    del subject.resource("aws_cloudwatch_metric_alarm.FailedJobsAlarm")["depends_on"]


@mutation("A cycle through depends_on alone", Defect.DEPENDENCY)
def cycle_through_depends_on(subject: Subject) -> None:
    subject.resource("aws_s3_bucket.UploadBucket")["depends_on"] = [UPLOAD_TARGET]


@mutation("A resource refers to itself", Defect.DEPENDENCY)
def resource_refers_to_itself(subject: Subject) -> None:
    subject.resource(INBOX)["policy"] = subject.resource(INBOX)["policy"].replace(
        "arn:aws:sqs:*:*:media-pipeline-local-inbox", f"${{{INBOX}.arn}}"
    )


@mutation("An order that names a resource that does not exist", Defect.DEPENDENCY)
def depends_on_nothing(subject: Subject) -> None:
    subject.resource(MACHINE)["depends_on"] = ["aws_iam_role_policy.StateMachineRolePolicy"]


@mutation("The rule is on a bus of its own, where S3 sends nothing", Defect.SERVICE)
def rule_on_other_bus(subject: Subject) -> None:
    subject.resource(UPLOAD_RULE)["event_bus_name"] = "media"
    subject.resource(UPLOAD_TARGET)["event_bus_name"] = "media"


@mutation("A rule is switched off", Defect.CONFIGURATION_DATA)
def rule_disabled(subject: Subject) -> None:
    subject.resource(JOB_RULE)["state"] = "DISABLED"


@mutation("A failure leads back to the function that failed", Defect.CONDITIONAL)
def failure_to_itself(subject: Subject) -> None:
    address = "aws_lambda_function_event_invoke_config.TranscodingOrchestratorFunctionFailureDestination"
    subject.resource(address)["destination_config"]["on_failure"]["destination"] = f"${{{FUNCTION}.arn}}"


@mutation("A function logs into the other function's group", Defect.CONFIGURATION_DATA)
def logs_into_other_group(subject: Subject) -> None:
    group = "${aws_cloudwatch_log_group.TranscodingOrchestratorFunctionLogGroup.name}"
    subject.resource(JOB_EVENTS)["logging_config"]["log_group"] = group


@mutation("A policy names a resource without ${ and }", Defect.SYNTAX)
def resource_without_interpolation(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "UseJobTable", Resource="aws_dynamodb_table.JobTable.arn")


@mutation("A policy names a resource by its name", Defect.CONFIGURATION_DATA)
def resource_by_name(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "UseJobTable", Resource="${aws_dynamodb_table.JobTable.name}")


@mutation("An ARN is put into an ARN", Defect.CONFIGURATION_DATA)
def arn_in_arn(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "ReadUploads", Resource="arn:aws:s3:::${aws_s3_bucket.UploadBucket.arn}/*")


@mutation("A policy names a key by its alias", Defect.SERVICE)
def key_by_alias(subject: Subject) -> None:
    subject.statement(JOB_EVENTS_POLICY, "EncryptNotices", Resource="${aws_kms_alias.NotificationKeyAlias.arn}")


@mutation("An ARN of another partition", Defect.CONFIGURATION_DATA)
def arn_in_other_partition(subject: Subject) -> None:
    uploads = "arn:aws-cn:s3:::media-pipeline-local-uploads-123456789012/*"
    subject.statement(FUNCTION_POLICY, "ReadUploads", Resource=uploads)


@mutation("The stack moves to another region, and a policy stays behind", Defect.CONFIGURATION_DATA)
def stack_in_other_region(subject: Subject) -> None:
    subject.document["provider"]["aws"][0]["region"] = "eu-west-1"


def _in_other_region(subject: Subject, address: str) -> None:
    subject.document["provider"]["aws"].append({"alias": "us", "region": "us-east-1"})
    subject.resource(address)["provider"] = "aws.us"


@mutation("A function is in another region than its rule", Defect.CONFIGURATION_DATA)
def function_in_other_region(subject: Subject) -> None:
    _in_other_region(subject, FUNCTION)


@mutation("The table is in another region than the functions", Defect.CONFIGURATION_DATA)
def table_in_other_region(subject: Subject) -> None:
    _in_other_region(subject, "aws_dynamodb_table.JobTable")


@mutation("A variable has the topic's name where the code wants its ARN", Defect.CONFIGURATION_DATA)
def variable_with_name_for_arn(subject: Subject) -> None:
    variables = subject.resource(FUNCTION)["environment"]["variables"]
    variables["TOPIC_ARN"] = "${aws_sns_topic.NotificationTopic.name}"


@mutation("A variable has the bucket's ARN where the code wants its name", Defect.CONFIGURATION_DATA)
def variable_with_arn_for_name(subject: Subject) -> None:
    variables = subject.resource(FUNCTION)["environment"]["variables"]
    variables["OUTPUT_BUCKET"] = "${aws_s3_bucket.OutputBucket.arn}"


@mutation("A variable has the table of another environment", Defect.CONFIGURATION_DATA)
def variable_of_other_environment(subject: Subject) -> None:
    subject.resource(FUNCTION)["environment"]["variables"]["JOB_TABLE"] = "media-pipeline-prod-jobs"


@mutation("A rule's target goes to the state machine, and nobody says as whom", Defect.SERVICE)
def machine_target_without_role(subject: Subject) -> None:
    body = {"rule": f"${{{UPLOAD_RULE}.name}}", "arn": f"${{{MACHINE}.arn}}", "target_id": "machine"}
    subject.add(f"{UPLOAD_TARGET}Machine", body)
