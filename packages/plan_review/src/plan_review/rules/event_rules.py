"""EventBridge rules: patterns and schedules that can match, and none that feeds itself."""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.events.patterns import ENVELOPE, defects, matches
from plan_review.rules.rule import Found, rule
from plan_review.rules.storage import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_PATTERNS_PAGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html"
_S3_EVENTS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html"
_MEDIACONVERT_EVENTS = "https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html"

# Source → field → all values that the service sends.
_KNOWN_VALUES: dict[str, dict[str, frozenset[str]]] = {
    "aws.s3": {
        "detail-type": frozenset(
            {
                "Object Created",
                "Object Deleted",
                "Object Restore Initiated",
                "Object Restore Completed",
                "Object Restore Expired",
                "Object Storage Class Changed",
                "Object Access Tier Changed",
                "Object ACL Updated",
                "Object Tags Added",
                "Object Tags Deleted",
                "AWS API Call via CloudTrail",
            }
        )
    },
    "aws.mediaconvert": {
        "detail-type": frozenset({"MediaConvert Job State Change", "AWS API Call via CloudTrail"}),
        "detail.status": frozenset(
            {
                "PROGRESSING",
                "STATUS_UPDATE",
                "INPUT_INFORMATION",
                "QUEUE_HOP",
                "NEW_WARNING",
                "COMPLETE",
                "ERROR",
                "CANCELED",
            }
        ),
    },
}


@rule(
    "event-pattern",
    title="An event pattern is valid and names fields that events have",
    why="A pattern is a text to Terraform. EventBridge refuses some mistakes; others make a rule that never matches.",
    consequence="InvalidEventPatternException: Event pattern is not valid",
    sources=(_PATTERNS_PAGE, "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"),
)
def event_pattern(context: Context) -> Iterator[Found]:
    """Lists at the leaves, operators that exist, top-level fields of the envelope."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        text = item.get("event_pattern")
        pattern = pattern_of(item)
        if pattern is None and text is not None and has_symbols(str(text)):
            yield Found(
                item=item,
                path=("event_pattern",),
                verdict=Verdict.CANNOT_TELL,
                severity=Severity.WARNING,
                message=f"what {context.view.show(text)} matches is not known here",
                remedy="a pattern that is written out, or a variable with a default",
            )
        if text is None or (pattern is None and has_symbols(str(text))):
            continue
        if pattern is None:
            yield Found(item=item, path=("event_pattern",), message="its pattern is no JSON object", remedy="mend it")
            continue
        for defect in defects(pattern):
            yield Found(
                item=item,
                path=("event_pattern",),
                subject=defect.path,
                message=f"{defect.path or 'the pattern'}: {defect.what}",
                remedy=defect.remedy,
            )
        for name in sorted(set(pattern) - ENVELOPE):
            near = difflib.get_close_matches(name.replace("_", "-"), ENVELOPE, n=1)
            yield Found(
                item=item,
                path=("event_pattern",),
                subject=name,
                message=f'no event has a field "{name}" at its top',
                remedy=f'did you mean "{near[0]}"?' if near else 'put it under "detail"',
                consequence="the rule is accepted and never matches",
            )


@rule(
    "event-pattern-value",
    title="A pattern on a service's events asks for values that the service sends",
    why="A value that is never sent is no error to EventBridge.",
    consequence="the rule is accepted and never matches that value",
    sources=(_S3_EVENTS, _MEDIACONVERT_EVENTS),
)
def event_pattern_value(context: Context) -> Iterator[Found]:
    """Sources are named as AWS names them; detail types and states are among those documented."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        pattern = pattern_of(item) or {}
        sources = pattern.get("source")
        yield from _misnamed(item, sources)
        for source in sources if isinstance(sources, list) and len(sources) == 1 else ():
            for place, known in _KNOWN_VALUES.get(str(source), {}).items():
                for value in _values_at(pattern, place):
                    if isinstance(value, str) and value not in known and not has_symbols(value):
                        near = difflib.get_close_matches(value, known, n=1)
                        yield Found(
                            item=item,
                            path=("event_pattern",),
                            subject=f"{place}={value}",
                            severity=None if near or len(_values_at(pattern, place)) == 1 else Severity.WARNING,
                            message=f'{source} sends no event whose {place} is "{value}"',
                            remedy=f'did you mean "{near[0]}"?' if near else f"use one of {', '.join(sorted(known))}",
                        )


def _misnamed(item: Item, sources: Any) -> Iterator[Found]:
    """Yield the sources that are written as principals, or as records of S3 notifications name them."""
    for source in sources if isinstance(sources, list) else ():
        if not isinstance(source, str) or has_symbols(source):
            continue
        service = source.removesuffix(".amazonaws.com") if source.endswith(".amazonaws.com") else ""
        if source.startswith("aws:"):
            service = source.removeprefix("aws:")
        if service:
            yield Found(
                item=item,
                path=("event_pattern",),
                subject=source,
                message=f'no event has the source "{source}"',
                remedy=f'write "aws.{service}"',
            )


def _values_at(pattern: dict[str, Any], place: str) -> list[Any]:
    value: Any = pattern
    for step in place.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


@rule(
    "event-pattern-samples",
    title="A pattern matches at least one sample event of its kind",
    why="Sample events are what the code is tested with; a rule that matches none of its kind waits for other events.",
    consequence="the function is tested with events that it never gets, and gets others or none",
    sources=(_PATTERNS_PAGE,),
)
def event_pattern_samples(context: Context) -> Iterator[Found]:
    """Names of this environment's resources and folders are left out: samples are of one environment."""
    for item in context.view.items("aws_cloudwatch_event_rule"):
        pattern = pattern_of(item)
        if pattern is None:
            continue
        head: dict[str, Any] = {name: pattern[name] for name in ("source", "detail-type") if name in pattern}
        alike = {name: event for name, event in context.evidence.events.items() if matches(head, event)}
        ignoring = frozenset(_references(item, pattern)) | _folders(pattern)
        if alike and not any(matches(pattern, event, ignoring) for event in alike.values()):
            yield Found(
                item=item,
                path=("event_pattern",),
                message=f"it matches none of the {len(alike)} sample events of its source and type",
                remedy=f"compare it with {', '.join(sorted(alike)[:3])}",
            )


_KEY = "detail.object.key"


def _folders(pattern: dict[str, Any]) -> frozenset[str]:
    """Return the place of an object's key where it is asked for by its beginning alone: samples lie where they lie."""
    filters = _values_at(pattern, _KEY)
    prefixes = [isinstance(each, dict) and set(each) == {"prefix"} for each in filters]
    return frozenset({_KEY}) if prefixes and all(prefixes) else frozenset()


def _references(item: Item, pattern: dict[str, Any]) -> Iterator[str]:
    """Yield the places whose values are references in the configuration, so that they differ by environment."""
    raw = item.resource.arguments.get("event_pattern")
    try:
        written = json.loads(raw) if isinstance(raw, str) else {}
    except ValueError:
        written = {}
    yield from _differing(written if isinstance(written, dict) else {}, pattern, "")


def _differing(written: dict[str, Any], evaluated: dict[str, Any], path: str) -> Iterator[str]:
    for name, value in evaluated.items():
        place = f"{path}.{name}" if path else name
        before = written.get(name)
        if isinstance(value, dict):
            yield from _differing(before if isinstance(before, dict) else {}, value, place)
        elif before != value or has_symbols(json.dumps(value, ensure_ascii=False)):
            yield place


_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_CRON_FIELDS = 6


@rule(
    "schedule-expression",
    title="A schedule is one that EventBridge understands",
    why="Rates want the singular for 1; cron has six fields, of which day of month or day of week is `?`.",
    consequence="ValidationException: Parameter ScheduleExpression is not valid.",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",),
)
def schedule_expression(context: Context) -> Iterator[Found]:
    """``rate(…)`` or ``cron(…)``, each in its form; and a rule has a pattern or a schedule."""
    for item in context.view.items("aws_cloudwatch_event_rule", "aws_scheduler_schedule"):
        expression = item.get("schedule_expression")
        if (
            isinstance(expression, str)
            and not has_symbols(expression)
            and (problem := _schedule(expression, item.type))
        ):
            yield Found(item=item, path=("schedule_expression",), message=problem[0], remedy=problem[1])
        if item.type == "aws_cloudwatch_event_rule" and expression is None and item.get("event_pattern") is None:
            yield Found(
                item=item,
                message="it has neither a pattern nor a schedule",
                remedy="give event_pattern or schedule_expression",
                consequence="ValidationException: Parameter(s) EventPattern or ScheduleExpression must be specified.",
            )


def _schedule(expression: str, kind: str) -> tuple[str, str] | None:
    """Return what is wrong with a schedule and what would be right."""
    if match := _RATE.fullmatch(expression):
        # Schedules of EventBridge Scheduler take singular and plural alike.
        return _rate(int(match[1]), match[2], strict=kind == "aws_cloudwatch_event_rule")
    if match := _CRON.fullmatch(expression):
        return _cron(match[1].split())
    if kind == "aws_scheduler_schedule" and expression.startswith("at("):
        return None
    return f'"{expression}" is neither a rate nor a cron expression', 'write e.g. "rate(5 minutes)"'


def _rate(count: int, unit: str, *, strict: bool) -> tuple[str, str] | None:
    if count == 0:
        return "a rate of 0", "use at least 1"
    if not strict or (count == 1) is not unit.endswith("s"):
        return None
    right = unit.rstrip("s") if count == 1 else f"{unit}s"
    return f"rate({count} {unit}) has the wrong number", f'write "rate({count} {right})"'


def _cron(fields: list[str]) -> tuple[str, str] | None:
    if len(fields) != _CRON_FIELDS:
        return f"cron has {len(fields)} fields", "give six: minutes, hours, day of month, month, day of week, year"
    if (fields[2] == "?") is (fields[4] == "?"):
        return "cron gives both days, or neither", "write ? for day of month or for day of week"
    return None
