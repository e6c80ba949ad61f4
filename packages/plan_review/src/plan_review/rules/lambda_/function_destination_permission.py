from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.items import blocks_of
from plan_review.rules.lambda_.sending import NO_PERMISSION, sending
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context
    from plan_review.rules.need import Need


@rule_of_needs(
    "function-destination-permission",
    title="A function may write to the destinations of its asynchronous invocations",
    why="Lambda sends the record of an invocation to its destination under the function's role, and checks it first.",
    consequence=f"{NO_PERMISSION} SendMessage on SQS",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",),
)
def function_destination_permission(context: Context) -> Iterator[Need]:
    """The role may send to each destination."""
    for settings in context.view.items("aws_lambda_function_event_invoke_config"):
        invoked = context.view.find(settings.get("function_name"), "aws_lambda_function")
        for block in settings.blocks("destination_config"):
            for outcome in ("on_failure", "on_success"):
                for destination in blocks_of(block.get(outcome)):
                    path = ("destination_config", 0, outcome)
                    yield from sending(context, settings, invoked, destination.get("destination"), path=path)
