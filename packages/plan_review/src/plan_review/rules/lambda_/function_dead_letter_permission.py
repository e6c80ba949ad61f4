from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.lambda_.sending import NO_PERMISSION, sending
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context
    from plan_review.rules.need import Need


@rule_of_needs(
    "function-dead-letter-permission",
    title="A function may write to its dead-letter queue or topic",
    why="Lambda writes dead letters under the function's role and checks that it may when the function is made.",
    consequence=f"{NO_PERMISSION} SendMessage on SQS",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",),
)
def function_dead_letter_permission(context: Context) -> Iterator[Need]:
    """The role may send to the dead-letter target."""
    for function in context.view.items("aws_lambda_function"):
        for index, block in enumerate(function.blocks("dead_letter_config")):
            path = ("dead_letter_config", index, "target_arn")
            yield from sending(context, function, function, block.get("target_arn"), path=path)
