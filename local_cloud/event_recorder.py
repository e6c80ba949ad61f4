"""A recorder of every AWS event on the local cloud's default bus, kept beside the pipeline and not part of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local_cloud.sqs_messages import receive_all

if TYPE_CHECKING:
    from boto3.session import Session

_NAME = "media-pipeline-event-recorder"


class EventRecorder:
    """Catches events from the moment it is made; ``drain`` returns those that have come, oldest first."""

    def __init__(self, session: Session) -> None:
        self._sqs = session.client("sqs")
        events = session.client("events")
        self._queue = self._sqs.create_queue(QueueName=_NAME)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]
        pattern = json.dumps({"source": [{"prefix": "aws."}]})
        rule = events.put_rule(Name=_NAME, EventPattern=pattern)["RuleArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": attributes["QueueArn"],
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": policy})
        events.put_targets(Rule=_NAME, Targets=[{"Id": "recorder", "Arn": attributes["QueueArn"]}])
        self._seen: list[dict[str, Any]] = []

    def drain(self) -> list[dict[str, Any]]:
        """Return all events caught so far, by their time."""
        self._seen += [json.loads(message["Body"]) for message in receive_all(self._sqs, self._queue)]
        return sorted(self._seen, key=lambda event: str(event.get("time", "")))
