from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule(
    "redrive-policy",
    title="A redrive policy names another queue and a count",
    why="The policy is a text to Terraform; SQS reads it.",
    consequence="InvalidParameterValue: Value … for parameter RedrivePolicy is invalid",
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",),
)
def redrive_policy(context: Context) -> Iterator[Found]:
    """``deadLetterTargetArn`` and ``maxReceiveCount`` are there and make sense."""
    for queue in context.view.items("aws_sqs_queue"):
        text = queue.get("redrive_policy")
        if text is None or (has_symbols(str(text)) and parsed(text) is None):
            continue
        for problem, remedy in _redrive_problems(parsed(text), queue):
            yield Found(item=queue, path=("redrive_policy",), message=problem, remedy=remedy)


def _redrive_problems(policy: dict[str, Any] | None, queue: Item) -> Iterator[tuple[str, str]]:
    if policy is None:
        yield "its redrive policy is no JSON object", 'write {"deadLetterTargetArn": …, "maxReceiveCount": 5}'
        return
    if not policy.get("deadLetterTargetArn"):
        yield "its redrive policy has no deadLetterTargetArn", "name the dead-letter queue's ARN"
    elif policy["deadLetterTargetArn"] == queue.arn:
        yield "it is its own dead-letter queue", "name another queue"
    count = str(policy.get("maxReceiveCount", ""))
    if not has_symbols(count) and not (count.isdigit() and 1 <= int(count) <= 1000):  # noqa: PLR2004 - SQS's bounds
        yield f"maxReceiveCount is {count or 'missing'}", "give a whole number from 1 to 1000"
