"""Where an asynchronous invocation goes that failed for good: the on-failure destination and the dead-letter queue.

A part of ``lambda_async_queue``. Both may be set, and both are then served. The shapes are AWS's own: a record about
the invocation for a destination (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html),
the bare event with three message attributes for a dead-letter queue
(https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq).
"""

# ruff: noqa: SLF001 - MiniStack's services have no public calls for each other

from __future__ import annotations

import json
import logging
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ministack.services import cloudwatch, eventbridge, lambda_svc, sns, sqs

from local_cloud.ministack.patches.permissions import role_allows

logger = logging.getLogger("lambda")

_ACTIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
}
_LONGEST_ERROR_MESSAGE = 1024


class DeliveryError(Exception):
    """A failed event could not be delivered to its failure target."""


@dataclass(frozen=True)
class Failure:
    """An event that a function did not handle, and how its last attempt ended."""

    config: dict[str, Any]
    event: object
    result: dict[str, Any]
    condition: str
    attempts: int
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def body(self) -> dict[str, Any]:
        """The error the function answered with."""
        body = self.result.get("body")
        return body if isinstance(body, dict) else {}

    def record(self) -> dict[str, Any]:
        """Return what an on-failure destination is told."""
        now = datetime.now(UTC)
        arn = self.config["FunctionArn"]
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
            "requestContext": {
                "requestId": self.request_id,
                "functionArn": f"{arn}:{self.config.get('Version', '$LATEST')}",
                "condition": self.condition,
                "approximateInvokeCount": self.attempts,
            },
            "requestPayload": self.event,
        }
        if self.attempts:
            version = self.config.get("Version", "$LATEST")
            context = {"statusCode": 200, "executedVersion": version, "functionError": "Unhandled"}
            record.update(responseContext=context, responsePayload=self.body)
        return record

    def attributes(self) -> dict[str, dict[str, str]]:
        """Return the message attributes of a dead letter."""
        message = str(self.body.get("errorMessage", ""))[:_LONGEST_ERROR_MESSAGE]
        attributes = {
            "RequestID": {"DataType": "String", "StringValue": self.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": "429" if self.result.get("throttle") else "200"},
        }
        if message:
            attributes["ErrorMessage"] = {"DataType": "String", "StringValue": message}
        return attributes


def deliver(failure: Failure, destination: str | None, *, auth: bool) -> None:
    """Send a failed event to its destination and its dead-letter queue; with neither it is lost, as on AWS."""
    name = failure.config["FunctionName"]
    dead_letters = (failure.config.get("DeadLetterConfig") or {}).get("TargetArn")
    if not destination and not dead_letters:
        logger.warning("Lambda %s: event dropped (%s), the function has no failure target", name, failure.condition)
    record = json.dumps(failure.record())
    none: dict[str, dict[str, str]] = {}
    targets = [(destination, record, none, "DestinationDeliveryFailures")] if destination else []
    if dead_letters:
        targets.append((dead_letters, json.dumps(failure.event), failure.attributes(), "DeadLetterErrors"))
    for arn, body, attributes, metric in targets:
        try:
            _send(failure.config, arn, body, attributes, auth=auth)
        except (DeliveryError, sqs._Err, sns.SnsPublishError) as error:
            logger.warning("Lambda %s: failed event not delivered to %s: %s", name, arn, error)
            cloudwatch.record_metric("AWS/Lambda", metric, 1, "Count", {"FunctionName": name})
        else:
            logger.warning("Lambda %s: failed event (%s) sent to %s", name, failure.condition, arn)


def _send(config: dict[str, Any], arn: str, body: str, attributes: dict[str, dict[str, str]], *, auth: bool) -> None:
    service = arn.split(":")[2]
    if service not in _ACTIONS:
        raise DeliveryError(f"{service} is no failure target the emulator knows")
    if auth and not role_allows(config["Role"], _ACTIONS[service], arn):
        raise DeliveryError(f"the function's role may not {_ACTIONS[service]} there")
    if service == "sqs":
        queue = sqs._queue_by_arn(arn)
        if queue is None:
            raise DeliveryError("the queue does not exist")
        message = {"QueueUrl": queue["url"], "MessageBody": body, "MessageAttributes": attributes}
        sqs._act_send_message(message, queue["url"])
    elif service == "sns":
        if sns.publish_internal(arn, body, message_attributes=attributes) is None:
            raise DeliveryError("the topic does not exist")
    elif service == "lambda":
        func, target, _ = lambda_svc._get_func_record_for_ref(arn)
        if func is None:
            raise DeliveryError("the function does not exist")
        lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, target), json.loads(body))
    else:
        entry = {
            "Source": "lambda",
            "DetailType": "Lambda Function Invocation Result - Failure",
            "Detail": body,
            "Resources": [arn, config["FunctionArn"]],
            "EventBusName": arn,
        }
        eventbridge._put_events({"Entries": [entry]})
