from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.json_text import parsed
from plan_review.rules.shared.receivers import SEND, opened_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule_of_needs(
    "dead-letter-queue-permission",
    title="A dead-letter queue takes messages from the service that writes to it",
    why=(
        "EventBridge and SNS write dead letters under the queue's policy. Naming the queue gives no permission, and a "
        "queue without a policy takes nothing from a service."
    ),
    consequence="what could not be delivered is lost, although there is a dead-letter queue",
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html",
    ),
)
def dead_letter_queue_permission(context: Context) -> Iterator[Need]:
    """The queue's policy lets the service send for this rule or topic."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        found = context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")
        for block in target.blocks("dead_letter_config"):
            source = found.arn if found is not None else None
            yield from _dead_letter(context, target, "events.amazonaws.com", block.get("arn"), source)
    for subscription in context.view.items("aws_sns_topic_subscription"):
        policy = parsed(subscription.get("redrive_policy")) or {}
        source = str(subscription.get("topic_arn"))
        yield from _dead_letter(context, subscription, "sns.amazonaws.com", policy.get("deadLetterTargetArn"), source)


def _dead_letter(context: Context, item: Item, service: str, arn: Any, source: str | None) -> Iterator[Need]:
    queue = context.view.find(arn, "aws_sqs_queue")
    if not arn or (queue is None and (source is None or opened_for(context, source))):
        return
    yield Need(
        item=item,
        principal=service,
        action=SEND,
        resource=str(arn),
        owner=queue,
        conditions={"aws:sourcearn": (source,)} if source is not None else {},
        purpose="for what cannot be delivered",
        path=("dead_letter_config",) if service.startswith("events") else ("redrive_policy",),
        at_first_use=True,
    )
