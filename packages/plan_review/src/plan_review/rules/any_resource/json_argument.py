from __future__ import annotations

import json
from typing import TYPE_CHECKING

from plan_review.aws.policy_arguments import POLICY_ARGUMENTS, PolicyKind
from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.provider_docs import RESOURCE_DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Type → arguments that hold JSON besides policies, patterns and definitions, which have rules of their own.
_JSON = {
    **{name: (argument,) for name, (argument, kind) in POLICY_ARGUMENTS.items() if kind is PolicyKind.OTHER},
    "aws_cloudwatch_dashboard": ("dashboard_body",),
    "aws_cloudwatch_event_target": ("input",),
    "aws_ecs_task_definition": ("container_definitions",),
    "aws_sns_topic": ("delivery_policy",),
    "aws_sns_topic_subscription": ("filter_policy", "redrive_policy", "delivery_policy"),
    "aws_sqs_queue": ("redrive_allow_policy",),
}


@rule(
    "json-argument",
    title="An argument that holds JSON is JSON",
    why="To Terraform it is a text; AWS reads it.",
    consequence="InvalidParameterValue or ValidationException, when the resource is made",
    sources=(f"{RESOURCE_DOCS}/sns_topic_subscription", f"{RESOURCE_DOCS}/cloudwatch_dashboard"),
)
def json_argument(context: Context) -> Iterator[Found]:
    """Texts that are known as a whole can be parsed."""
    for kind, arguments in _JSON.items():
        for item in context.view.items(kind):
            for argument in arguments:
                text = item.get(argument)
                if not isinstance(text, str) or not text or has_symbols(text):
                    continue
                try:
                    json.loads(text)
                except ValueError as error:
                    yield Found(
                        item=item,
                        path=(argument,),
                        message=f"{argument} is no JSON: {error}",
                        remedy="use jsonencode()",
                    )
