from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.receivers import FUNCTIONS, SEND, opened_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule_of_needs(
    "subscription-permission",
    title="A topic may deliver to the functions and queues that subscribe to it",
    why="SNS delivers under the policy of the queue or function; subscribing gives no permission.",
    consequence="messages are not delivered and are dropped, unless the subscription has a dead-letter queue",
    sources=(
        "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html",
    ),
)
def subscription_permission(context: Context) -> Iterator[Need]:
    """Each endpoint lets SNS in for this topic."""
    for subscription in context.view.items("aws_sns_topic_subscription"):
        endpoint = str(subscription.get("endpoint", ""))
        topic = str(subscription.get("topic_arn", ""))
        protocol = subscription.get("protocol")
        types = {"lambda": FUNCTIONS, "sqs": ("aws_sqs_queue",)}.get(str(protocol), ())
        owner = context.view.find(endpoint, *types)
        if not types or not endpoint or (owner is None and opened_for(context, topic)):
            continue
        yield Need(
            item=subscription,
            principal="sns.amazonaws.com",
            action="lambda:InvokeFunction" if protocol == "lambda" else SEND,
            resource=endpoint,
            owner=owner,
            conditions={"aws:sourcearn": (topic,)},
            purpose="for this topic",
            path=("endpoint",),
            at_first_use=True,
        )
