"""Values that no service takes, or that make a service do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.addresses import JOB_EVENTS, SUBSCRIPTION
from tests.faults.historic import FUNCTION, MACHINE
from tests.faults.mutation import Defect, mutation
from tests.faults.wiring import UPLOAD_TARGET

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

ALARM = "aws_cloudwatch_metric_alarm.ProcessingErrorAlarm"
FAILURES = "aws_lambda_function_event_invoke_config.TranscodingOrchestratorFunctionFailureDestination"
QUEUE = "aws_media_convert_queue.TranscodingQueue"


@mutation("Less memory than Lambda offers", Defect.CONFIGURATION_DATA)
def too_little_memory(subject: Subject) -> None:
    subject.resource(FUNCTION)["memory_size"] = 64


@mutation("A function that may run zero times at once", Defect.CONFIGURATION_DATA)
def no_concurrency(subject: Subject) -> None:
    subject.resource(FUNCTION)["reserved_concurrent_executions"] = 0


@mutation("A processor architecture that Lambda does not have", Defect.CONFIGURATION_DATA)
def architecture_misspelt(subject: Subject) -> None:
    subject.resource(FUNCTION)["architectures"] = ["aarch64"]


@mutation("A tracing mode that Lambda does not have", Defect.CONFIGURATION_DATA)
def tracing_mode_misspelt(subject: Subject) -> None:
    subject.resource(FUNCTION)["tracing_config"]["mode"] = "Enabled"


@mutation("A log level with a log format that has none", Defect.SERVICE)
def log_level_in_text_format(subject: Subject) -> None:
    subject.resource(FUNCTION)["logging_config"]["log_format"] = "Text"


@mutation("A function without its code", Defect.CONFIGURATION_DATA)
def function_without_package(subject: Subject) -> None:
    del subject.resource(JOB_EVENTS)["filename"]


@mutation("More retries than Lambda offers", Defect.CONFIGURATION_DATA)
def too_many_async_retries(subject: Subject) -> None:
    subject.resource(FAILURES)["maximum_retry_attempts"] = 5


@mutation("Events that may be only half a minute old", Defect.CONFIGURATION_DATA)
def event_age_too_short(subject: Subject) -> None:
    subject.resource(UPLOAD_TARGET)["retry_policy"]["maximum_event_age_in_seconds"] = 30


@mutation("A function's variables are more than 4 KB", Defect.CONFIGURATION_DATA)
def variables_too_large(subject: Subject) -> None:
    subject.resource(FUNCTION)["environment"]["variables"]["KEY_PREFIX"] = "uploads/" * 600


@mutation("Two functions with one name", Defect.IDEMPOTENCY)
def function_name_twice(subject: Subject) -> None:
    subject.resource(JOB_EVENTS)["function_name"] = subject.resource(FUNCTION)["function_name"]


@mutation("A comparison that CloudWatch does not have", Defect.CONFIGURATION_DATA)
def comparison_misspelt(subject: Subject) -> None:
    subject.resource(ALARM)["comparison_operator"] = "GreaterOrEqualThanThreshold"


@mutation("A statistic that CloudWatch does not have", Defect.CONFIGURATION_DATA)
def statistic_misspelt(subject: Subject) -> None:
    subject.resource(ALARM)["statistic"] = "Total"


@mutation("An alarm looks at more than a day", Defect.CONFIGURATION_DATA)
def alarm_looks_too_far_back(subject: Subject) -> None:
    subject.resource(ALARM).update(period=300, evaluation_periods=400)


@mutation("An alarm wants more bad periods than it looks at", Defect.CONFIGURATION_DATA)
def alarm_never_goes_off(subject: Subject) -> None:
    subject.resource(ALARM)["datapoints_to_alarm"] = 3


@mutation("A billing mode that DynamoDB does not have", Defect.CONFIGURATION_DATA)
def billing_mode_misspelt(subject: Subject) -> None:
    subject.resource("aws_dynamodb_table.JobTable")["billing_mode"] = "ON_DEMAND"


@mutation("An encryption that S3 does not have", Defect.CONFIGURATION_DATA)
def encryption_misspelt(subject: Subject) -> None:
    address = "aws_s3_bucket_server_side_encryption_configuration.UploadBucketEncryption"
    subject.resource(address)["rule"] = [{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES-256"}}]


@mutation("A log level that Step Functions does not have", Defect.CONFIGURATION_DATA)
def machine_log_level_misspelt(subject: Subject) -> None:
    subject.resource(MACHINE)["logging_configuration"]["level"] = "INFO"


@mutation("An express state machine that waits for an hour", Defect.SERVICE)
def express_machine_waits(subject: Subject) -> None:
    subject.resource(MACHINE)["type"] = "EXPRESS"


@mutation("A reserved queue without a reservation", Defect.CONFIGURATION_DATA)
def queue_without_reservation(subject: Subject) -> None:
    subject.resource(QUEUE)["pricing_plan"] = "RESERVED"


@mutation("A queue that is paused: jobs never start", Defect.CONFIGURATION_DATA)
def queue_paused(subject: Subject) -> None:
    subject.resource(QUEUE)["status"] = "PAUSED"


@mutation("A queue that delays messages for longer than SQS does", Defect.CONFIGURATION_DATA)
def delay_too_long(subject: Subject) -> None:
    subject.resource("aws_sqs_queue.InboxQueue")["delay_seconds"] = 3600


@mutation("A subscription by a protocol that does not fit its endpoint", Defect.CONFIGURATION_DATA)
def subscription_protocol_wrong(subject: Subject) -> None:
    subject.resource(SUBSCRIPTION)["protocol"] = "lambda"


@mutation("A subscription's filter is no JSON", Defect.SYNTAX)
def filter_no_json(subject: Subject) -> None:
    subject.resource(SUBSCRIPTION)["filter_policy"] = "{event: [transcode.failed]}"


@mutation("A tag that AWS keeps for itself", Defect.CONFIGURATION_DATA)
def tag_reserved(subject: Subject) -> None:
    subject.resource("aws_sns_topic.NotificationTopic")["tags"] = {"aws:owner": "media"}


@mutation("A dashboard that is no JSON", Defect.SYNTAX)
def dashboard_no_json(subject: Subject) -> None:
    dashboard = subject.resource("aws_cloudwatch_dashboard.Dashboard")
    dashboard["dashboard_body"] = dashboard["dashboard_body"][:-1]


@mutation("A provider that is not configured", Defect.CONFIGURATION_DATA, layer="validate")
def provider_not_configured(subject: Subject) -> None:
    subject.resource("aws_s3_bucket.OutputBucket")["provider"] = "aws.backup"


@mutation("A resource made in copies, and referred to as one", Defect.CONDITIONAL)
def copies_without_index(subject: Subject) -> None:
    subject.resource("aws_sqs_queue.InboxQueue")["count"] = 1


@mutation("An expression with a function that does not exist", Defect.SYNTAX)
def function_in_expression_misspelt(subject: Subject) -> None:
    subject.resource("aws_sqs_queue.InboxQueue")["name"] = "${lowercase(aws_sqs_queue.UploadDeadLetterQueue.name)}"


@mutation("An expression that does not end", Defect.SYNTAX)
def expression_does_not_end(subject: Subject) -> None:
    subject.resource("aws_sqs_queue.InboxQueue")["name"] = "${aws_sqs_queue.UploadDeadLetterQueue.name"
