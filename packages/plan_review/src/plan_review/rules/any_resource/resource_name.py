from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_IAM_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_UNKNOWN_PARTS = (
    "xxx",
    "alias/xxx",
    "alias/",
    "/xxx",
)  # what an unknown part of a name may be: some name takes one of them
_NAMED_BY = {
    "aws_iam_role_policy": "name",
    "aws_lambda_permission": "statement_id",
    "aws_cloudwatch_event_target": "target_id",
}


@dataclass(frozen=True, slots=True)
class _NameLimit:
    pattern: str
    longest: int
    shortest: int = 1


_NAMES: dict[str, _NameLimit] = {
    "aws_cloudwatch_event_bus": _NameLimit(r"[/.\-_A-Za-z0-9]+", 256),
    "aws_cloudwatch_event_rule": _NameLimit(r"[.\-_A-Za-z0-9]+", 64),
    "aws_cloudwatch_log_group": _NameLimit(r"[.\-_/#A-Za-z0-9]+", 512),
    "aws_cloudwatch_metric_alarm": _NameLimit(r"[^\x00-\x1f]+", 255),
    "aws_dynamodb_table": _NameLimit(r"[a-zA-Z0-9_.\-]+", 255, 3),
    "aws_iam_policy": _NameLimit(r"[\w+=,.@\-]+", 128),
    "aws_iam_role": _NameLimit(r"[\w+=,.@\-]+", 64),
    "aws_iam_role_policy": _NameLimit(r"[\w+=,.@\-]+", 128),
    "aws_kms_alias": _NameLimit(r"alias/(?!aws/)[a-zA-Z0-9/_\-]+", 256),
    "aws_lambda_function": _NameLimit(r"[a-zA-Z0-9\-_]+|arn:.*|.*:function:.*", 64),
    "aws_lambda_permission": _NameLimit(r"[a-zA-Z0-9\-_]+", 100),
    "aws_s3_bucket": _NameLimit(r"[a-z0-9][a-z0-9.\-]*[a-z0-9]", 63, 3),
    "aws_sfn_state_machine": _NameLimit(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]+", 80),
    "aws_sns_topic": _NameLimit(r"[a-zA-Z0-9_\-]+(\.fifo)?", 256),
    "aws_sqs_queue": _NameLimit(r"[a-zA-Z0-9_\-]+(\.fifo)?", 80),
    "aws_cloudwatch_event_target": _NameLimit(r"[.\-_A-Za-z0-9]+", 64),
}


@rule(
    "resource-name",
    title="A name has the length and characters that AWS takes",
    why="Names are often put together from settings, and grow beyond a limit in one environment only.",
    consequence="ValidationError or InvalidParameter, when the resource is made",
    sources=(
        _IAM_QUOTAS,
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
)
def resource_name(context: Context) -> Iterator[Found]:
    """Length and characters of names, as far as they are known."""
    for kind, limit in _NAMES.items():
        argument = _NAMED_BY.get(kind) or (NAMINGS[kind].argument or "name")
        for item in context.view.items(kind):
            name = item.get(argument)
            if isinstance(name, str) and (problem := _bad_name(name, limit, item)):
                yield Found(
                    item=item,
                    path=(argument,),
                    message=f'its name "{context.view.show(name)}" {problem}',
                    remedy=f"use {limit.shortest} to {limit.longest} characters of the form {limit.pattern}",
                )
    for queue in context.view.items("aws_sqs_queue", "aws_sns_topic"):
        name = queue.get("name")
        given = queue.get("fifo_queue", queue.get("fifo_topic"))
        known = isinstance(name, str) and not has_symbols(name[-5:]) and not isinstance(given, str)
        if known and name.endswith(".fifo") is not (given is True):
            yield Found(
                item=queue,
                path=("name",),
                message=f'its name "{context.view.show(name)}" and its kind do not fit',
                remedy="names of FIFO queues and topics end in .fifo, and no others",
            )


def _bad_name(name: str, limit: _NameLimit, item: Item) -> str:
    symbols = item.evaluator.symbols.symbols(name)
    if len(name) - len(symbols) > limit.longest:
        return f"has {len(name) - len(symbols)} characters; {limit.longest} are allowed"
    if not symbols and len(name) < limit.shortest:
        return f"has {len(name)} characters; at least {limit.shortest} are wanted"
    filled = ("".join(fill if has_symbols(character) else character for character in name) for fill in _UNKNOWN_PARTS)
    return "" if any(re.fullmatch(limit.pattern, text) for text in filled) else "has characters that are not allowed"
