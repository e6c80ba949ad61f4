from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.events.pattern_values import values_at
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.rule_patterns import pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


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
                for value in values_at(pattern, place):
                    if isinstance(value, str) and value not in known and not has_symbols(value):
                        near = difflib.get_close_matches(value, known, n=1)
                        yield Found(
                            item=item,
                            path=("event_pattern",),
                            subject=f"{place}={value}",
                            severity=None if near or len(values_at(pattern, place)) == 1 else Severity.WARNING,
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
