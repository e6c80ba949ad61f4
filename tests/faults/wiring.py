"""Wiring: what starts what, what is told, and where failures go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.historic import FUNCTION
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

UPLOAD_RULE = "aws_cloudwatch_event_rule.VideoUploadEventRule"
UPLOAD_TARGET = "aws_cloudwatch_event_target.VideoUploadEventRuleTarget"
UPLOAD_PERMISSION = "aws_lambda_permission.TranscodingOrchestratorPermission"
JOB_RULE = "aws_cloudwatch_event_rule.JobStateEventRule"
JOB_PERMISSION = "aws_lambda_permission.EventBridgeLambdaPermission"
TOPIC_POLICY = "aws_sns_topic_policy.NotificationTopicPolicy"


@mutation("A rule's target has no Lambda permission", Defect.SERVICE)
def permission_forgotten(subject: Subject) -> None:
    subject.remove(UPLOAD_PERMISSION)


@mutation("The permission names the other rule's ARN", Defect.CONFIGURATION_DATA)
def permission_for_other_rule(subject: Subject) -> None:
    subject.resource(JOB_PERMISSION)["source_arn"] = f"${{{UPLOAD_RULE}.arn}}"


@mutation("The permission lets in every rule of every account", Defect.SECURITY)
def permission_without_source(subject: Subject) -> None:
    del subject.resource(UPLOAD_PERMISSION)["source_arn"]


@mutation("The permission's principal is misspelt", Defect.SYNTAX)
def permission_principal_misspelt(subject: Subject) -> None:
    subject.resource(UPLOAD_PERMISSION)["principal"] = "event.amazonaws.com"


@mutation("The permission is for another function", Defect.CONFIGURATION_DATA)
def permission_on_other_function(subject: Subject) -> None:
    subject.resource(JOB_PERMISSION)["function_name"] = f"${{{FUNCTION}.function_name}}"


@mutation("The target is made before its permission", Defect.DEPENDENCY)
def target_before_permission(subject: Subject) -> None:
    del subject.resource(UPLOAD_TARGET)["depends_on"]


@mutation("A function's failure destination is made before the policy that allows it", Defect.DEPENDENCY)
def destination_before_policy(subject: Subject) -> None:
    name = "aws_lambda_function_event_invoke_config.TranscodingOrchestratorFunctionFailureDestination"
    del subject.resource(name)["depends_on"]


@mutation("The dead-letter queue lets nobody in", Defect.SERVICE)
def dead_letter_queue_without_policy(subject: Subject) -> None:
    del subject.resource("aws_sqs_queue.UploadDeadLetterQueue")["policy"]


@mutation("The dead-letter queue's policy names the other rule", Defect.CONFIGURATION_DATA)
def dead_letter_queue_for_other_rule(subject: Subject) -> None:
    condition = {"ArnEquals": {"aws:SourceArn": f"${{{JOB_RULE}.arn}}"}}
    subject.statement("aws_sqs_queue.UploadDeadLetterQueue", "SourceSends", Condition=condition)


@mutation("The function may not write to its failure destination", Defect.SERVICE)
def failure_destination_not_allowed(subject: Subject) -> None:
    address = "aws_iam_role_policy.TranscodingLambdaRoleDeadLetterPolicy"
    subject.statement(address, "KeepDeadLetters", Resource="${aws_sqs_queue.JobEventDeadLetterQueue.arn}")


@mutation("The dead-letter queue is FIFO, its source is not", Defect.SERVICE)
def dead_letter_queue_fifo(subject: Subject) -> None:
    queue = subject.resource("aws_sqs_queue.UploadDeadLetterQueue")
    queue["name"] += ".fifo"
    queue["fifo_queue"] = True


@mutation("The bucket does not send its events to EventBridge", Defect.SERVICE)
def bucket_events_off(subject: Subject) -> None:
    subject.resource("aws_s3_bucket_notification.UploadBucketEvents")["eventbridge"] = False


@mutation("A second notification configuration of the same bucket", Defect.IDEMPOTENCY)
def notification_twice(subject: Subject) -> None:
    body = {
        "bucket": "${aws_s3_bucket.UploadBucket.id}",
        "queue": [{"queue_arn": "${aws_sqs_queue.InboxQueue.arn}", "events": ["s3:ObjectRemoved:*"]}],
    }
    subject.add("aws_s3_bucket_notification.UploadBucketRemovals", body)


@mutation("The topic's policy does not let alarms in", Defect.SERVICE)
def alarms_not_let_in(subject: Subject) -> None:
    subject.statement(TOPIC_POLICY, "AlarmsPublish", Principal={"Service": "events.amazonaws.com"})


@mutation("The topic's key does not let alarms in", Defect.SERVICE)
def key_does_not_let_alarms_in(subject: Subject) -> None:
    subject.without("aws_kms_key_policy.NotificationKeyPolicy", "AlarmsPublish")


@mutation("The topic is encrypted with AWS's own key, which alarms cannot use", Defect.SERVICE)
def topic_with_aws_key(subject: Subject) -> None:
    subject.resource("aws_sns_topic.NotificationTopic")["kms_master_key_id"] = "alias/aws/sns"


@mutation("The subscribed queue's policy names another topic", Defect.CONFIGURATION_DATA)
def inbox_for_other_topic(subject: Subject) -> None:
    condition = {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:ap-southeast-1:123456789012:another-topic"}}
    subject.statement("aws_sqs_queue.InboxQueue", "SourceSends", Condition=condition)


@mutation("A queue's policy lets everyone in", Defect.SECURITY)
def queue_open_to_everyone(subject: Subject) -> None:
    subject.statement("aws_sqs_queue.InboxQueue", "SourceSends", Principal="*", Condition=None)


@mutation("The upload bucket allows public policies", Defect.SECURITY)
def bucket_not_private(subject: Subject) -> None:
    subject.resource("aws_s3_bucket_public_access_block.UploadBucketPublicAccessBlock")["block_public_policy"] = False


@mutation("A rule with six targets", Defect.SERVICE)
def too_many_targets(subject: Subject) -> None:
    target = subject.resource(UPLOAD_TARGET)
    for number in range(5):
        subject.add(f"{UPLOAD_TARGET}{number}", {**target, "target_id": f"function-{number}"})


@mutation("Another statement about the same queue, in a resource of its own", Defect.IDEMPOTENCY)
def queue_policy_twice(subject: Subject) -> None:
    queue = subject.resource("aws_sqs_queue.InboxQueue")
    body: dict[str, Any] = {"queue_url": "${aws_sqs_queue.InboxQueue.url}", "policy": queue["policy"]}
    subject.add("aws_sqs_queue_policy.InboxQueuePolicy", body)


@mutation("A queue copied with its name", Defect.IDEMPOTENCY)
def name_twice(subject: Subject) -> None:
    subject.add("aws_sqs_queue.SpareInboxQueue", dict(subject.resource("aws_sqs_queue.InboxQueue")))


@mutation("An alarm on a metric that does not exist", Defect.CONFIGURATION_DATA)
def alarm_metric_misspelt(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_metric_alarm.ProcessingErrorAlarm")["metric_name"] = "Error"


@mutation("An alarm by a dimension that the metric does not have", Defect.CONFIGURATION_DATA)
def alarm_dimension_misspelt(subject: Subject) -> None:
    alarm = subject.resource("aws_cloudwatch_metric_alarm.UploadDeadLetterAlarm")
    alarm["dimensions"] = {"Queuename": alarm["dimensions"]["QueueName"]}


@mutation("An alarm with a period of 45 seconds", Defect.CONFIGURATION_DATA)
def alarm_period_odd(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_metric_alarm.ProcessingErrorAlarm")["period"] = 45
