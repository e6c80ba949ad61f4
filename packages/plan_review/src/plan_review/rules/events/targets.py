"""The targets of EventBridge's rules and schedules, and how each is let in: by its own policy or by a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


EVENTS = "events.amazonaws.com"


PERMISSIONS_PAGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"


ROLES_PAGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html"


# Type of target → the action that EventBridge performs on it.
BY_POLICY = {
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_lambda_alias": "lambda:InvokeFunction",
    "aws_sqs_queue": "sqs:SendMessage",
    "aws_sns_topic": "sns:Publish",
}


BY_ROLE = {
    "aws_sfn_state_machine": "states:StartExecution",
    "aws_kinesis_stream": "kinesis:PutRecord",
    "aws_kinesis_firehose_delivery_stream": "firehose:PutRecord",
    "aws_codebuild_project": "codebuild:StartBuild",
    "aws_cloudwatch_event_api_destination": "events:InvokeApiDestination",
}


def rule_of(context: Context, target: Item) -> Item | None:
    """Return the rule that a target belongs to."""
    return context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")


def rule_arn(context: Context, target: Item) -> str:
    """Return the ARN of a target's rule; by name where the rule is not in this configuration."""
    found = rule_of(context, target)
    if found is not None:
        return found.arn
    name = str(target.get("rule", ""))
    bus = str(target.get("event_bus_name", "default"))
    path = name if bus == "default" else f"{bus}/{name}"
    return f"arn:aws:events:{target.region}:{target.account}:rule/{path}"


def all_targets(context: Context) -> Iterator[tuple[Item, str, Item | None]]:
    """Yield every rule's targets with the ARN delivered to and the resource behind it."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        arn = str(target.get("arn", ""))
        yield target, arn, context.view.find(arn, *BY_POLICY, *BY_ROLE)
