"""Changes to a stack that is deployed: what is there already is lost, or loses its way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.faults.historic import FUNCTION, MACHINE
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject


@mutation("The table's key is renamed: the table is replaced", Defect.IDEMPOTENCY, update=True)
def table_key_renamed(subject: Subject) -> None:
    table = subject.resource("aws_dynamodb_table.JobTable")
    table["hash_key"] = "record_id"
    table["attribute"] = [{"name": "record_id", "type": "S"}]


@mutation("The bucket gets a better name: it is replaced", Defect.IDEMPOTENCY, layer="review", update=True)
def bucket_renamed(subject: Subject) -> None:
    subject.resource("aws_s3_bucket.OutputBucket")["bucket"] = "media-pipeline-local-streams-123456789012"


@mutation("A log group is renamed: its logs are gone", Defect.IDEMPOTENCY, layer="review", update=True)
def log_group_renamed(subject: Subject) -> None:
    group = subject.resource("aws_cloudwatch_log_group.TranscodingStateMachineLogGroup")
    group["name"] += "-v2"


@mutation("The key is taken out, and what it encrypted stays", Defect.SECURITY, update=True)
def key_removed(subject: Subject) -> None:
    subject.remove("aws_kms_alias.NotificationKeyAlias")
    subject.remove("aws_kms_key_policy.NotificationKeyPolicy")
    subject.remove("aws_kms_key.NotificationKey")
    del subject.resource("aws_sns_topic.NotificationTopic")["kms_master_key_id"]
    for name in ("JobEventsRolePolicy", "StepFunctionsRolePolicy", "TranscodingLambdaRolePolicy"):
        subject.without(f"aws_iam_role_policy.{name}", "EncryptNotices")


@mutation(
    "A resource is renamed in the code: destroyed and made anew", Defect.DOCUMENTATION, layer="review", update=True
)
def resource_renamed_in_code(subject: Subject) -> None:
    queue = subject.resource("aws_sqs_queue.InboxQueue")
    subject.remove("aws_sqs_queue.InboxQueue")
    subject.add("aws_sqs_queue.InboxOfNotices", queue)
    subject.resource("aws_sns_topic_subscription.InboxSubscription")["endpoint"] = "${aws_sqs_queue.InboxOfNotices.arn}"
    for output in subject.document["output"].values():
        output["value"] = str(output["value"]).replace("aws_sqs_queue.InboxQueue", "aws_sqs_queue.InboxOfNotices")


@mutation(
    "The function becomes an image: it is replaced, and its permission is not",
    Defect.DEPENDENCY,
    update=True,
)
def function_replaced_without_permission(subject: Subject) -> None:
    function = subject.resource(FUNCTION)
    for argument in ("filename", "source_code_hash", "runtime", "handler"):
        del function[argument]
    function["package_type"] = "Image"
    function["image_uri"] = "123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/orchestrator:1"
    del subject.resource("aws_lambda_permission.TranscodingOrchestratorPermission")["lifecycle"]


@mutation("The permission is no longer tied to its function's replacement", Defect.DEPENDENCY, update=True)
def permission_untied(subject: Subject) -> None:
    del subject.resource("aws_lambda_permission.EventBridgeLambdaPermission")["lifecycle"]


@mutation("The topic becomes FIFO: replaced, with its subscriptions", Defect.SERVICE, layer="review", update=True)
def topic_becomes_fifo(subject: Subject) -> None:
    topic = subject.resource("aws_sns_topic.NotificationTopic")
    topic["fifo_topic"] = True
    topic["name"] += ".fifo"


def _without_logging(subject: Subject) -> None:
    subject.resource(MACHINE)["logging_configuration"]["level"] = "OFF"
    subject.without("aws_iam_role_policy.StepFunctionsRolePolicy", "DeliverLogs")


@mutation(
    "Logging is turned on together with the permission for it",
    Defect.DEPENDENCY,
    layer="review",
    deployed=_without_logging,
)
def logging_turned_on_at_once(subject: Subject) -> None:
    subject.resource(MACHINE)["logging_configuration"]["level"] = "ERROR"


@mutation("Versioning is turned off again, which S3 does not offer", Defect.SERVICE, update=True)
def versioning_turned_off(subject: Subject) -> None:
    versioning = subject.resource("aws_s3_bucket_versioning.UploadBucketVersioning")
    versioning["versioning_configuration"]["status"] = "Disabled"


@mutation("The table is renamed in the code: destroyed and made anew", Defect.IDEMPOTENCY, update=True)
def table_renamed_in_code(subject: Subject) -> None:
    text = json.dumps(subject.document).replace("aws_dynamodb_table.JobTable", "aws_dynamodb_table.Records")
    subject.document = json.loads(text)
    tables = subject.document["resource"]["aws_dynamodb_table"]
    tables["Records"] = tables.pop("JobTable")


@mutation("The key works in many regions now: it is replaced", Defect.SECURITY, layer="review", update=True)
def key_replaced(subject: Subject) -> None:
    subject.resource("aws_kms_key.NotificationKey")["multi_region"] = True


@mutation("The topic gets a better name: others' subscriptions are lost", Defect.SERVICE, layer="review", update=True)
def topic_renamed(subject: Subject) -> None:
    subject.resource("aws_sns_topic.NotificationTopic")["name"] += "-v2"


@mutation("A queue gets a better name: its messages are lost", Defect.IDEMPOTENCY, layer="review", update=True)
def queue_renamed(subject: Subject) -> None:
    queue = subject.resource("aws_sqs_queue.InboxQueue")
    queue["name"] += "-v2"
    queue["policy"] = queue["policy"].replace("-inbox", "-inbox-v2")


@mutation(
    "The function gets a better name, and its permission keeps the old one", Defect.CONFIGURATION_DATA, update=True
)
def function_renamed_permission_not(subject: Subject) -> None:
    function = subject.resource(FUNCTION)
    permission = subject.resource("aws_lambda_permission.TranscodingOrchestratorPermission")
    permission["function_name"] = function["function_name"]
    function["function_name"] += "-v2"


def _kept(subject: Subject) -> None:
    subject.resource("aws_s3_bucket.OutputBucket")["lifecycle"] = {"prevent_destroy": True}


@mutation("A bucket that must stay is renamed", Defect.IDEMPOTENCY, layer="plan", update=True)
def kept_bucket_renamed(subject: Subject) -> None:
    _kept(subject)
    subject.resource("aws_s3_bucket.OutputBucket")["bucket"] = "media-pipeline-local-streams-123456789012"


def _logs_of_a_year(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_log_group.TranscodingStateMachineLogGroup")["retention_in_days"] = 365


@mutation(
    "Logs of a year are kept for a day: the rest is gone",
    Defect.CONFIGURATION_DATA,
    deployed=_logs_of_a_year,
    layer="review",
)
def logs_shortened(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_log_group.TranscodingStateMachineLogGroup")["retention_in_days"] = 1


@mutation("Streams are removed after a day from now on", Defect.CONFIGURATION_DATA, update=True, layer="review")
def streams_removed(subject: Subject) -> None:
    rule = {"id": "expire", "status": "Enabled", "filter": {}, "expiration": {"days": 1}}
    body = {"bucket": "${aws_s3_bucket.OutputBucket.id}", "rule": [rule]}
    subject.add("aws_s3_bucket_lifecycle_configuration.OutputBucketLifecycle", body)
