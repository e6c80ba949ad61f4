from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context
    from plan_review.rules.need import Need


@rule(
    "fifo-mismatch",
    title="A queue, its dead-letter queue and what writes to it agree on FIFO",
    why=(
        "A FIFO queue takes dead letters of FIFO queues only, a standard one of standard queues; rules, buckets and "
        "functions write their dead letters and notifications to standard queues."
    ),
    consequence="InvalidParameterValue on creation, or messages that are never delivered",
    sources=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
    ),
)
def fifo_mismatch(context: Context) -> Iterator[Found]:
    """Dead-letter queues are of the kind that their source demands."""
    for queue in context.view.items("aws_sqs_queue"):
        target = (parsed(queue.get("redrive_policy")) or {}).get("deadLetterTargetArn")
        dead = context.view.find(target, "aws_sqs_queue")
        wanted = _fifo(queue)
        if dead is not None and dead.resource.mode == "managed" and wanted is not None and _fifo(dead) is (not wanted):
            yield _mismatch(queue, ("redrive_policy",), dead, wanted=wanted)
    for need in context.needs:
        standard_only = need.rule in ("dead-letter-queue-permission", "bucket-notification-permission")
        if standard_only and need.owner is not None and _fifo(need.owner) and _from_fifo(context, need) is False:
            yield _mismatch(need.item, need.path, need.owner, wanted=False)


def _fifo(item: Item) -> bool | None:
    """Whether a queue or topic is FIFO; None where that is not known."""
    given = item.get("fifo_queue", item.get("fifo_topic"))
    return None if isinstance(given, str) else given is True


def _from_fifo(context: Context, need: Need) -> bool | None:
    given = need.item.get("topic_arn")
    topic = context.view.find(given, "aws_sns_topic")
    if topic is None:
        return None if isinstance(given, str) and has_symbols(given) else False
    return _fifo(topic)


def _mismatch(item: Item, path: Any, queue: Item, *, wanted: bool) -> Found:
    kind = "FIFO" if wanted else "standard"
    return Found(
        item=item,
        path=path,
        verdict=Verdict.MISSING,
        message=f"{queue.address} must be a {kind} queue or topic to take its messages",
        remedy=f"use a {kind} one: {'set' if wanted else 'drop'} fifo_queue on {queue.address}",
    )
