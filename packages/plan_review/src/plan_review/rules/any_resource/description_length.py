from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Type → argument that describes it, most characters.
_DESCRIPTIONS = {
    "aws_lambda_function": ("description", 256),
    "aws_cloudwatch_event_rule": ("description", 512),
    "aws_iam_role": ("description", 1000),
    "aws_iam_policy": ("description", 1000),
    "aws_kms_key": ("description", 8192),
    "aws_cloudwatch_metric_alarm": ("alarm_description", 1024),
    "aws_ssm_parameter": ("description", 1024),
    "aws_scheduler_schedule": ("description", 512),
}


_PLAIN = re.compile(r"[\t\n\r\x20-\x7e\xa1-\xff]*")


@rule(
    "description-length",
    title="A description has a length and characters that AWS takes",
    why="Descriptions have limits of their own, and IAM takes no characters beyond Latin-1: no curly quotes.",
    consequence="ValidationError: 1 validation error detected: Value at 'description' failed to satisfy constraint",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
    ),
)
def description_length(context: Context) -> Iterator[Found]:
    """Length of descriptions, and characters of IAM's."""
    for kind, (argument, limit) in _DESCRIPTIONS.items():
        for item in context.view.items(kind):
            text = item.get(argument)
            if not isinstance(text, str):
                continue
            known = "".join("x" if has_symbols(character) else character for character in text)
            if len(known) > limit:
                problem = f"has {len(known)} characters; {limit} are allowed"
            elif kind.startswith("aws_iam") and not _PLAIN.fullmatch(known):
                problem = "has characters that IAM does not take"
            else:
                continue
            yield Found(
                item=item,
                path=(argument,),
                message=f"its {argument} {problem}",
                remedy=f"use at most {limit} characters, plain ones for IAM",
            )
