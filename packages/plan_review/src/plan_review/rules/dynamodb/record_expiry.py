from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.late_events import DAY, latest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_UNITS = {"DAYS": DAY, "HOURS": 3600, "MINUTES": 60, "SECONDS": 1}
_KEEPING = re.compile(
    r"(?:.*_)?(?:TTL|RETENTION|EXPIRY|EXPIRES|EXPIRATION)(?:_AFTER|_IN)?_(DAYS|HOURS|MINUTES|SECONDS)"
)
_OF_SOMETHING_ELSE = ("CACHE", "SESSION", "TOKEN", "URL", "LOCK", "LOG", "LINK", "DNS", "COOKIE", "BACKUP")


@rule(
    "record-expiry",
    title="Records are kept for as long as an event of theirs can still come",
    why=(
        "EventBridge tries a target again for a day, Lambda an invocation for six hours, and what ends among the dead "
        "letters, or in an archive, can be sent again for as long as it is kept there. A record that expires before "
        "does not tell such an event from a new one."
    ),
    consequence="where the records refuse duplicates, an event that comes late is handled, and paid for, a second time",
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html",
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html",
    ),
    severity=Severity.WARNING,
)
def record_expiry(context: Context) -> Iterator[Found]:
    """A function's variable that says how long records are kept, against the events that the function gets."""
    for function in context.view.items("aws_lambda_function"):
        variables = (function.block("environment") or {}).get("variables")
        if not isinstance(variables, dict) or not _expiring(context, function):
            continue
        for name, value in variables.items():
            kept = _kept(str(name), value)
            last = latest(context, function) if kept is not None else None
            if kept is None or last is None or kept >= last.seconds:
                continue
            yield Found(
                item=function,
                path=("environment", 0, "variables", str(name)),
                subject=str(name),
                message=f"{name} keeps records for {kept / DAY:g} days, and an event may come {last.shown} later",
                remedy=f"set {name} to more than {last.shown}, or keep dead letters for a shorter time",
            )


def _kept(name: str, value: object) -> int | None:
    match = _KEEPING.fullmatch(name.upper())
    text = str(value)
    if match is None or any(word in name.upper() for word in _OF_SOMETHING_ELSE) or has_symbols(text):
        return None
    return int(text) * _UNITS[match[1]] if text.isdigit() else None


def _expiring(context: Context, function: Item) -> bool:
    """Whether a function works on a table of which DynamoDB deletes what has expired."""
    tables = [
        table
        for table in context.view.items("aws_dynamodb_table")
        if any(block.get("enabled") is True for block in table.blocks("ttl"))
    ]
    named = {str(value) for value in ((function.block("environment") or {}).get("variables") or {}).values()}
    used = {need.resource for need in context.needs if need.item is function and need.action.startswith("dynamodb:")}
    return any({table.arn, str(table.attribute("name"))} & (named | used) for table in tables)
