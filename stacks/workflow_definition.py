"""What the state machine does with one object, as an Amazon States Language definition (a Python dict).

::

    SubmitObject ─► CheckSubmission ─┬─ submitted, duplicate ─► ReadRecord ─► CheckRecord ─┬─ COMPLETE ─► succeed
         ▲                           ├─ ignored ─► ObjectIgnored     ▲                     ├─ failed ──► fail
         │                           └─ rejected ─► fail             └── WaitForJob ◄──────┼─ running
         └──────────────────────────────── WaitForClaim ◄──────────────────────────────────┴─ only claimed

The states are written in JSONata. The object, ``{"bucket", "key"}`` and ``"again": true`` where a version that has
ended is to be tried anew, is the input and output of every state on the way;
what is learnt about it is kept in the variables ``submission``, ``record`` and ``failure``, beside ``execution``. So
the same states serve as the item processor of a distributed map over a prefix: ``one_object`` is the place where a
backfill plugs in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from lambda_src.notice_events import ENVIRONMENT_ATTRIBUTE, EVENT_ATTRIBUTE, NoticeEvent
from lambda_src.outcomes import Outcome
from lambda_src.record import WITHOUT_STREAM, Status
from lambda_src.table_schema import PARTITION_KEY, Attribute

State = dict[str, Any]

# Faults of the Lambda service itself, which its documentation says to retry ("Handle Lambda service exceptions" in the
# Step Functions best practices), and a function that was cut off or crashed.
LAMBDA_SERVICE_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "States.Timeout",
)
SHORTEST_POLL_SECONDS = 10
# A standard execution ends at 25,000 events of history. One turn of the loop adds about 12; a third is left in reserve.
MOST_POLLS = 1_400
SUBMIT_TIMEOUT_MARGIN_SECONDS = 60
# The execution asks under its own name, so that "again": true begins one new attempt, however often it submits.
_REQUEST = "$type($states.input) = 'object' ? $merge([$states.input, {'execution': $execution}]) : $states.input"
# The loop ends itself and tells people; the execution's own timeout, which cannot, is for what the loop does not see.
EXECUTION_TIMEOUT_MARGIN_SECONDS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowParts:
    """What the definition refers to; ``timeout_seconds`` bounds the wait for a job."""

    function_arn: str
    function_timeout_seconds: int
    retryable_errors: tuple[str, ...]
    table_name: str
    topic_arn: str
    environment: str
    timeout_seconds: int


def definition(parts: WorkflowParts) -> State:
    """Return the definition of the state machine: one object for each execution."""
    return {
        "Comment": "Transcodes one object on demand: submit, follow the job to its end, tell people",
        "QueryLanguage": "JSONata",
        "TimeoutSeconds": parts.timeout_seconds + EXECUTION_TIMEOUT_MARGIN_SECONDS,
        **one_object(parts),
    }


def one_object(parts: WorkflowParts) -> State:
    """Return ``StartAt`` and ``States`` for one object, ``{"bucket", "key"}``."""
    return {
        "StartAt": "Begin",
        "States": {
            "Begin": _begin(),
            "SubmitObject": _submit(parts),
            "CheckSubmission": _check_submission(),
            "ReadRecord": _read_record(parts),
            "CheckRecord": _check_record(parts),
            "WaitForJob": {"Type": "Wait", "Seconds": poll_seconds(parts.timeout_seconds), "Next": "ReadRecord"},
            "WaitForClaim": {"Type": "Wait", "Seconds": poll_seconds(parts.timeout_seconds), "Next": "SubmitObject"},
            "NotifySuccess": {
                **_notify(parts, NoticeEvent.EXECUTION_SUCCEEDED, error="null"),
                "Output": _success(),
                "Next": "TranscodeSucceeded",
            },
            "NotifyFailure": {
                **_notify(parts, NoticeEvent.EXECUTION_FAILED, error="$failure"),
                "Next": "TranscodeFailed",
            },
            "TranscodeSucceeded": {"Type": "Succeed"},
            "ObjectIgnored": {"Type": "Succeed"},
            "TranscodeFailed": {
                "Type": "Fail",
                "Error": "{% $string($failure.code) %}",
                "Cause": "{% $string($failure.message) %}",
            },
        },
    }


def poll_seconds(timeout_seconds: int) -> int:
    """Return the pause between two looks at the record: as short as the history's limit on events allows."""
    return max(SHORTEST_POLL_SECONDS, math.ceil(timeout_seconds / MOST_POLLS))


def _begin() -> State:
    """Give each variable a value: an expression that meets an unset one fails."""
    nothing_known = dict.fromkeys(("outcome", "record_id", "job_id", "reason"))
    return {
        "Type": "Pass",
        "Assign": {
            "execution": "{% $states.context.Execution.Id %}",
            "submission": nothing_known,
            "record": {},
            "failure": {},
        },
        "Next": "SubmitObject",
    }


def _submit(parts: WorkflowParts) -> State:
    """Invoke the function: it claims the object version by a conditional write and submits the job.

    ``bucket`` and ``key`` of its result are null where the input had none.
    """
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": parts.function_arn, "Payload": f"{{% {_REQUEST} %}}"},
        "TimeoutSeconds": parts.function_timeout_seconds + SUBMIT_TIMEOUT_MARGIN_SECONDS,
        "Retry": [
            {
                "ErrorEquals": [*parts.retryable_errors, *LAMBDA_SERVICE_ERRORS],
                "IntervalSeconds": 5,
                "BackoffRate": 2,
                "MaxDelaySeconds": 120,
                "MaxAttempts": 6,
                "JitterStrategy": "FULL",
            }
        ],
        "Catch": [_catch_all()],
        "Assign": {"submission": "{% $states.result.Payload %}"},
        "Output": "{% $states.input %}",
        "Next": "CheckSubmission",
    }


def _check_submission() -> State:
    """Follow a job that was submitted now or before; the function has told why it refused anything else."""
    return {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": f"{{% $submission.outcome in {_list(Outcome.SUBMITTED, Outcome.DUPLICATE)} %}}",
                "Next": "ReadRecord",
            },
            {
                "Condition": f"{{% $submission.outcome = '{Outcome.IGNORED}' %}}",
                "Output": "{% $submission %}",
                "Next": "ObjectIgnored",
            },
        ],
        "Default": "NotifyFailure",
        "Assign": {
            "failure": {
                "code": f"{{% $submission.outcome = '{Outcome.REJECTED}' ? 'ObjectRejected' : 'UnexpectedOutcome' %}}",
                "message": "{% $submission.reason ? $submission.reason : 'the function gave no reason' %}",
            }
        },
    }


def _read_record(parts: WorkflowParts) -> State:
    """Read the record as it is now: an eventually consistent read could still show what was before the claim."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:getItem",
        "Arguments": {
            "TableName": parts.table_name,
            "Key": {PARTITION_KEY: {"S": "{% $submission.record_id %}"}},
            "ConsistentRead": True,
        },
        "Retry": [_retry_service()],
        "Catch": [_catch_all()],
        "Assign": {"record": "{% $exists($states.result.Item) ? $states.result.Item : {} %}"},
        "Output": "{% $states.input %}",
        "Next": "CheckRecord",
    }


def _check_record(parts: WorkflowParts) -> State:
    """Decide by the record's status; a claim whose holder died is taken over by submitting again."""
    status = _of_record(Attribute.STATUS)
    message = _or(_of_record(Attribute.ERROR_MESSAGE), "'the record holds no message'")
    waited_ms = "$millis() - $toMillis($states.context.Execution.StartTime)"
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": f"{{% {status} = '{Status.COMPLETE}' %}}", "Next": "NotifySuccess"},
            {
                "Condition": f"{{% {status} in {_list(*WITHOUT_STREAM)} %}}",
                "Assign": {
                    "failure": {
                        "code": "{% " + _or(_of_record(Attribute.ERROR_CODE), status) + " %}",
                        "message": "{% " + message + " %}",
                    }
                },
                "Next": "NotifyFailure",
            },
            {
                "Condition": f"{{% $not($exists({status})) %}}",
                "Assign": {
                    "failure": {"code": "RecordMissing", "message": "the job table holds no record of this object"}
                },
                "Next": "NotifyFailure",
            },
            {
                "Condition": f"{{% {waited_ms} > {parts.timeout_seconds * 1000} %}}",
                "Assign": {
                    "failure": {
                        "code": "WaitedTooLong",
                        "message": f"the job had not ended after {parts.timeout_seconds // 60} minutes; it goes on",
                    }
                },
                "Next": "NotifyFailure",
            },
            {"Condition": f"{{% {status} = '{Status.CLAIMED}' %}}", "Next": "WaitForClaim"},
        ],
        "Default": "WaitForJob",
    }


def _notify(parts: WorkflowParts, event: NoticeEvent, *, error: str) -> State:
    """Publish how the execution ended, in the form of the pipeline's other notices."""
    members = {
        "id": "$execution",
        EVENT_ATTRIBUTE: f"'{event}'",
        ENVIRONMENT_ATTRIBUTE: f"'{parts.environment}'",
        "bucket": _or("$states.input.bucket", "null"),
        "key": _or("$states.input.key", "null"),
        "version_id": _or(_of_record(Attribute.VERSION_ID), "null"),
        "record_id": "$submission.record_id",
        "job_id": _or(_of_record(Attribute.JOB_ID), "$submission.job_id"),
        "status": _or(_of_record(Attribute.STATUS), "null"),
        "playlist": _or(_of_record(Attribute.PLAYLIST), "null"),
        "poster": _or(_of_record(Attribute.POSTER), "null"),
        "error": error,
        "execution": "$execution",
        "time": "$now()",
    }
    message = ", ".join(f"'{name}': {expression}" for name, expression in members.items())
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Arguments": {
            "TopicArn": parts.topic_arn,
            "Subject": f"{event} ({parts.environment})",
            "Message": f"{{% $string({{{message}}}) %}}",
            "MessageAttributes": {
                EVENT_ATTRIBUTE: {"DataType": "String", "StringValue": event.value},
                ENVIRONMENT_ATTRIBUTE: {"DataType": "String", "StringValue": parts.environment},
            },
        },
        "Retry": [_retry_service()],
    }


def _catch_all() -> State:
    """End with a notice whatever happens."""
    failure = {"code": "{% $states.errorOutput.Error %}", "message": "{% $states.errorOutput.Cause %}"}
    return {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"failure": failure},
        "Output": "{% $states.input %}",
        "Next": "NotifyFailure",
    }


def _retry_service() -> State:
    """Retry a call of an AWS service; what is wrong with the request itself fails again and is caught."""
    return {
        "ErrorEquals": ["States.TaskFailed"],
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxDelaySeconds": 60,
        "MaxAttempts": 5,
        "JitterStrategy": "FULL",
    }


def _success() -> State:
    """Return what an execution gives to whoever started it."""
    return {
        "record_id": "{% $submission.record_id %}",
        "job_id": "{% " + _or(_of_record(Attribute.JOB_ID), "null") + " %}",
        "playlist": "{% " + _or(_of_record(Attribute.PLAYLIST), "null") + " %}",
    }


def _of_record(attribute: Attribute) -> str:
    """Return the expression of a record's attribute that is a string."""
    return f"$record.{attribute}.S"


def _list(*values: str) -> str:
    """Return a JSONata array of strings."""
    return "[" + ", ".join(f"'{value}'" for value in values) + "]"


def _or(expression: str, otherwise: str) -> str:
    return f"($exists({expression}) ? {expression} : {otherwise})"
