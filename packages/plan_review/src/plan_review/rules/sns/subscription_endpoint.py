from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.arns import service_of
from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Protocol of a subscription → what its endpoint begins with, or holds.
_SERVICES = {"sqs": "sqs", "lambda": "lambda", "firehose": "firehose"}


_BEGINNINGS = {"http": "http://", "https": "https://"}


@rule(
    "subscription-endpoint",
    title="A subscription's endpoint is of the kind that its protocol delivers to",
    why="Protocol and endpoint are given apart, and nothing compares them before SNS does.",
    consequence="InvalidParameter: Invalid parameter: Endpoint",
    sources=("https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",),
)
def subscription_endpoint(context: Context) -> Iterator[Found]:
    """Queues for sqs, functions for lambda, addresses for email and http."""
    for subscription in context.view.items("aws_sns_topic_subscription"):
        protocol, endpoint = str(subscription.get("protocol")), subscription.get("endpoint")
        if not isinstance(endpoint, str) or not endpoint or has_symbols(endpoint[0]):
            continue
        service = service_of(endpoint)
        wanted = _SERVICES.get(protocol)
        wrong = bool(wanted and service and service != wanted)
        if protocol in _BEGINNINGS:
            wrong = not endpoint.lower().startswith(_BEGINNINGS[protocol])
        elif protocol.startswith("email"):
            wrong = "@" not in endpoint and not has_symbols(endpoint)
        if wrong:
            yield Found(
                item=subscription,
                path=("endpoint",),
                message=f"its protocol is {protocol}, and its endpoint {context.view.show(endpoint)}",
                remedy=f'use the protocol "{service}"' if service in _SERVICES else f"give an endpoint for {protocol}",
            )
