"""A pipeline that feeds itself: what a rule or notification starts writes where it listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import either, has_symbols
from plan_review.findings import Verdict
from plan_review.policies.decide import covers_action, covers_resource
from plan_review.rules.event_patterns import value_matches
from plan_review.rules.rule import Found, rule
from plan_review.rules.storage import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.rule import Context

_WRITE = "s3:PutObject"
_PASS = "iam:PassRole"  # noqa: S105 - an action's name
# What MediaConvert writes: https://docs.aws.amazon.com/mediaconvert/latest/ug/reference-codecs-containers.html
_MEDIA = (".ts", ".mp4", ".m2ts", ".mov", ".mxf", ".webm", ".m3u8", ".jpg")


@rule(
    "event-loop",
    title="What an upload starts does not write where uploads are listened for",
    why="A rule that matches the output of what it starts runs without end, and every round is paid for.",
    consequence="one upload starts an endless chain of invocations and jobs",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",),
)
def event_loop(context: Context) -> Iterator[Found]:
    """No rule or notification matches the objects that its target may write."""
    for source, function, filters in _listeners(context):
        role = context.access.roles.find(function.get("role"))
        for writer, media in _writers(context, role) if role is not None else ():
            for bucket in context.view.items("aws_s3_bucket"):
                listens = _listens(context, filters, bucket)
                if listens is Verdict.MISSING or not _writes(context, writer, bucket):
                    continue
                sure = listens is Verdict.HOLDS and _overlap(filters.get("key"), media=media)
                yield Found(
                    item=source,
                    path=("event_pattern",) if source.type == "aws_cloudwatch_event_rule" else None,
                    subject=bucket.address,
                    verdict=Verdict.MISSING if sure else Verdict.CANNOT_TELL,
                    message=f"it starts {function.address}, for which {writer.address} writes to {bucket.address}",
                    remedy="listen to another bucket than the one that is written, or to keys that are never written",
                )


def _listeners(context: Context) -> Iterator[tuple[Item, Item, dict[str, Any]]]:
    """Yield what starts a function for new objects: the rule or notification, the function, the filters."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        listener = context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")
        function = context.view.find(target.get("arn"), "aws_lambda_function")
        pattern = pattern_of(listener) if listener is not None else None
        if listener is None or function is None or pattern is None or pattern.get("source") != ["aws.s3"]:
            continue
        detail = pattern.get("detail")
        found: dict[str, Any] = {}
        for name, field in (("bucket", "name"), ("object", "key")):
            part = detail.get(name) if isinstance(detail, dict) else None
            found["name" if name == "bucket" else "key"] = part.get(field) if isinstance(part, dict) else None
        yield listener, function, found
    for notification in context.view.items("aws_s3_bucket_notification"):
        for block in notification.blocks("lambda_function"):
            function = context.view.find(block.get("lambda_function_arn"), "aws_lambda_function")
            given = block.get("events")
            events = [str(event) for event in given] if isinstance(given, list) else []
            if function is not None and any("ObjectCreated" in event for event in events):
                ends = [{"suffix": block["filter_suffix"]}] if block.get("filter_suffix") else None
                starts = [{"prefix": block["filter_prefix"]}] if block.get("filter_prefix") else None
                yield notification, function, {"name": [notification.get("bucket")], "key": ends or starts}


def bucket_triggers(context: Context, function: Item) -> list[Item]:
    """Return the buckets whose new objects start a function."""
    return [
        bucket
        for _, started, filters in _listeners(context)
        if started is function
        for bucket in context.view.items("aws_s3_bucket")
        if filters.get("name") is not None and _listens(context, filters, bucket) is Verdict.HOLDS
    ]


def _writers(context: Context, role: Item) -> Iterator[tuple[Item, bool]]:
    """Yield the role and those that it may pass on, and whether MediaConvert is who writes."""
    yield role, False
    for statement in context.access.roles.statements(role):
        if statement.allows and covers_action(statement, _PASS, context.view.symbols) is Verdict.HOLDS:
            for other in context.view.items("aws_iam_role"):
                if other is not role and covers_resource(statement, other.arn, context.view.symbols) is Verdict.HOLDS:
                    yield other, _media(statement)


def _media(statement: Statement) -> bool:
    values = [value for keys in statement.conditions.values() for wanted in keys.values() for value in wanted]
    return "mediaconvert.amazonaws.com" in values


def _listens(context: Context, filters: dict[str, Any], bucket: Item) -> Verdict:
    names = filters.get("name")
    if names is None:
        return Verdict.HOLDS
    if not isinstance(names, list):
        return Verdict.CANNOT_TELL
    own = str(bucket.attribute("bucket"))
    return either(*(_is(context, name, own) for name in names))


def _is(context: Context, given: Any, name: str) -> Verdict:
    if isinstance(given, str):
        found = context.view.symbols.matches(given.replace("*", "[*]"), name)
        return Verdict.HOLDS if given == name else found
    if has_symbols(name):
        return Verdict.CANNOT_TELL
    return Verdict.HOLDS if value_matches(given, name) else Verdict.MISSING


def _writes(context: Context, role: Item, bucket: Item) -> bool:
    """Whether a statement of the role names this bucket's objects for writing; one on everything names none."""
    anything = f"{bucket.arn}/{context.view.evaluator.opaque('a key')}"
    return any(
        statement.allows
        and "*" not in (statement.resources or ("*",))
        and covers_action(statement, _WRITE, context.view.symbols) is Verdict.HOLDS
        and covers_resource(statement, anything, context.view.symbols) is not Verdict.MISSING
        for statement in context.access.roles.statements(role)
    )


def _overlap(keys: Any, *, media: bool) -> bool:
    """Whether what is written surely has keys that are listened for."""
    if keys is None:
        return True
    return (
        media
        and isinstance(keys, list)
        and any(value_matches(each, f"x{ending}") for each in keys for ending in _MEDIA)
    )
