"""Taking messages out of an SQS queue."""

from __future__ import annotations

from typing import Any


def receive_all(sqs: Any, queue_url: str) -> list[dict[str, Any]]:
    """Take every message that waits in a queue off it and return them as SQS gives them."""
    taken: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        taken.extend(messages)
    return taken
