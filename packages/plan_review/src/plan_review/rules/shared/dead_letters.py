"""Queues of dead letters: what sends to them, and how long they keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

DAY = 86_400  # seconds
_DEFAULT_RETENTION = 4 * DAY
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"""
_QUEUE = "aws_sqs_queue"
# Type → the way to the ARN of the queue of its dead letters, through its blocks.
_ARGUMENTS = {
    "aws_cloudwatch_event_target": ("dead_letter_config", "arn"),
    "aws_lambda_function": ("dead_letter_config", "target_arn"),
    "aws_scheduler_schedule": ("target", "dead_letter_config", "arn"),
    "aws_lambda_function_event_invoke_config": ("destination_config", "on_failure", "destination"),
}
_IN_JSON = (_QUEUE, "aws_sqs_queue_redrive_policy", "aws_sns_topic_subscription")


def retention(queue: Item) -> int | None:
    """Return for how many seconds a queue keeps messages; None where that is not known."""
    value = queue.get("message_retention_seconds", _DEFAULT_RETENTION)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def dead_letter_sources(context: Context) -> dict[Item, list[Item]]:
    """Return the queues of dead letters that are here, each with what sends to it; a redrive policy's is the queue."""
    return context.shared("dead letters", lambda: _sources(context))


def _sources(context: Context) -> dict[Item, list[Item]]:
    found: dict[Item, list[Item]] = {}
    for item, arn in _named(context):
        queue = context.view.find(arn, _QUEUE)
        if queue is not None and queue.resource.mode == "managed":
            owner = context.view.find(item.get("queue_url"), _QUEUE) if "redrive_policy" in item.type else item
            found.setdefault(queue, []).append(owner or item)
    return found


def _named(context: Context) -> Iterator[tuple[Item, Any]]:
    for kind, path in _ARGUMENTS.items():
        for item in context.view.items(kind):
            values = [item.get(path[0])]
            for step in path[1:]:
                values = [block.get(step) for value in values for block in blocks_of(value)]
            yield from ((item, value) for value in values)
    for item in context.view.items(*_IN_JSON):
        yield item, (parsed(item.get("redrive_policy")) or {}).get("deadLetterTargetArn")
