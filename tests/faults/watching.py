"""What watches something else than it says, times that do not fit together, and what keeps or loses itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.faults.added import DEAD_LETTERS
from tests.faults.addresses import JOB_EVENTS
from tests.faults.historic import FUNCTION, MACHINE
from tests.faults.mutation import Defect, mutation
from tests.faults.refused import DASHBOARD, lifecycle
from tests.faults.values import ALARM
from tests.faults.wiring import JOB_RULE

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

DEAD_LETTER_ALARM = "aws_cloudwatch_metric_alarm.NotificationDeadLetterAlarm"
THROTTLE_ALARM = "aws_cloudwatch_metric_alarm.JobEventsThrottleAlarm"


@mutation("An alarm watches another queue than its name says", Defect.CONFIGURATION_DATA)
def alarm_on_other_queue(subject: Subject) -> None:
    subject.resource(DEAD_LETTER_ALARM)["dimensions"] = {"QueueName": f"${{{DEAD_LETTERS}.name}}"}


@mutation("An alarm watches the other function", Defect.CONFIGURATION_DATA)
def alarm_on_other_function(subject: Subject) -> None:
    subject.resource(THROTTLE_ALARM)["dimensions"] = {"FunctionName": f"${{{FUNCTION}.function_name}}"}


@mutation("An alarm on throttles watches errors", Defect.CONFIGURATION_DATA)
def alarm_on_other_metric(subject: Subject) -> None:
    subject.resource(THROTTLE_ALARM).update(metric_name="Errors", period=300)


@mutation("An alarm can never go off", Defect.CONDITIONAL)
def alarm_never_off(subject: Subject) -> None:
    subject.resource(ALARM).update(comparison_operator="LessThanThreshold", threshold=0)


@mutation("A graph shows a metric that there is not", Defect.CONFIGURATION_DATA)
def graph_of_nothing(subject: Subject) -> None:
    def edit(body: dict[str, Any]) -> None:
        body["widgets"][1]["properties"]["metrics"][0][1] = "JobsCompleteCount"

    subject.json(DASHBOARD, "dashboard_body", edit)


@mutation("A rule leaves out a status that the function acts on", Defect.CONDITIONAL)
def status_left_out(subject: Subject) -> None:
    def edit(pattern: dict[str, Any]) -> None:
        pattern["detail"]["status"] = [each for each in pattern["detail"]["status"] if each != "CANCELED"]

    subject.json(JOB_RULE, "event_pattern", edit)


@mutation("Records expire before the last retry of their event", Defect.CONDITIONAL)
def records_expire_early(subject: Subject) -> None:
    subject.resource(FUNCTION)["environment"]["variables"]["RECORD_TTL_DAYS"] = "1"


@mutation("Dead letters are gone after an hour", Defect.CONDITIONAL)
def dead_letters_gone_early(subject: Subject) -> None:
    subject.resource(DEAD_LETTERS)["message_retention_seconds"] = 3600


@mutation("Uploads expire while their dead letters are kept", Defect.CONDITIONAL)
def uploads_expire_early(subject: Subject) -> None:
    lifecycle(subject, {"id": "old", "filter": [{"prefix": ""}], "expiration": [{"days": 3}]})
    address = "aws_s3_bucket_lifecycle_configuration.OutputBucketLifecycle"
    subject.resource(address)["bucket"] = "${aws_s3_bucket.UploadBucket.id}"


@mutation("The state is kept in a bucket that the stack makes", Defect.DEPENDENCY)
def state_in_own_bucket(subject: Subject) -> None:
    bucket = subject.resource("aws_s3_bucket.OutputBucket")["bucket"]
    settings = {"bucket": bucket, "key": "state.tfstate", "region": "ap-southeast-1"}
    subject.document["terraform"]["backend"] = {"s3": settings}


@mutation("A permission is for an alias that there is not", Defect.CONFIGURATION_DATA)
def permission_for_missing_alias(subject: Subject) -> None:
    body = {
        "function_name": f"${{{JOB_EVENTS}.function_name}}",
        "qualifier": "live",
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "source_arn": f"${{{JOB_RULE}.arn}}",
    }
    subject.add("aws_lambda_permission.EventBridgeLambdaPermissionLive", body)


@mutation("A task calls the function by a version's name that there is not", Defect.CONFIGURATION_DATA)
def task_with_missing_alias(subject: Subject) -> None:
    definition = json.loads(subject.resource(MACHINE)["definition"])
    definition["States"]["SubmitObject"]["Arguments"]["Qualifier"] = "stable"
    subject.resource(MACHINE)["definition"] = json.dumps(definition)


@mutation("A queue is encrypted with a key of another region", Defect.CONFIGURATION_DATA)
def key_of_other_region(subject: Subject) -> None:
    queue = subject.resource(DEAD_LETTERS)
    del queue["sqs_managed_sse_enabled"]
    queue["kms_master_key_id"] = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
