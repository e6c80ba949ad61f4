"""What receives the messages of services: functions and queues, here or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plan_review.rules.context import Context


FUNCTIONS = ("aws_lambda_function", "aws_lambda_alias")


SEND = "sqs:SendMessage"


def opened_for(context: Context, source: str) -> bool:
    """Whether something lets a service in for a source, on a thing that is not in this configuration."""
    return any(
        source in keys.get(key, ())
        for statement in context.access.resources.elsewhere
        for keys in statement.conditions.values()
        for key in keys
        if key.lower() == "aws:sourcearn"
    )
