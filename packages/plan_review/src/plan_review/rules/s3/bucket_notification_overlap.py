from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import both, either, has_symbols, literally
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_FILTERING = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html"
_TYPES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"
_DESTINATIONS = {"lambda_function": "lambda_function_arn", "queue": "queue_arn", "topic": "topic_arn"}
# From the enumeration Event of botocore's model of S3 (2026-11-29).
_EVENTS = (
    *("s3:ReducedRedundancyLostObject", "s3:LifecycleTransition", "s3:IntelligentTiering", "s3:ObjectAcl:Put"),
    *(f"s3:ObjectCreated:{name}" for name in ("*", "Put", "Post", "Copy", "CompleteMultipartUpload")),
    *(f"s3:ObjectRemoved:{name}" for name in ("*", "Delete", "DeleteMarkerCreated")),
    *(f"s3:ObjectRestore:{name}" for name in ("*", "Post", "Completed", "Delete")),
    "s3:Replication:*",
    *(f"s3:Replication:Operation{name}" for name in ("FailedReplication", "NotTracked", "MissedThreshold")),
    "s3:Replication:OperationReplicatedAfterThreshold",
    *(f"s3:LifecycleExpiration:{name}" for name in ("*", "Delete", "DeleteMarkerCreated")),
    *(f"s3:ObjectTagging:{name}" for name in ("*", "Put", "Delete")),
    *(f"s3:ObjectAnnotation:{name}" for name in ("*", "Put", "Delete")),
    "s3:ObjectRetention:Put",
)


@dataclass(frozen=True, slots=True)
class _Notification:
    """One destination of a bucket's events. ``place`` is where it stands in the resource."""

    place: tuple[str | int, ...]
    target: str
    events: tuple[str, ...]
    prefix: str
    suffix: str


@rule(
    "bucket-notification-overlap",
    title="A bucket tells each event to one destination, of those that it tells by notifications",
    why=(
        "S3 refuses two notifications for the same event whose prefixes overlap and whose suffixes overlap: one of "
        "them begins, or ends, like the other, and no filter is like every one. `s3:ObjectCreated:*` has all events "
        "of its family."
    ),
    consequence=(
        "InvalidArgument: Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the "
        "prefixes are overlapping for the same event type."
    ),
    sources=(_FILTERING, _TYPES),
)
def bucket_notification_overlap(context: Context) -> Iterator[Found]:
    """No two destinations get the same event of the same key; the events exist, and filters are plain text."""
    for item in context.view.items("aws_s3_bucket_notification"):
        notifications = list(_notifications(item))
        for each in notifications:
            yield from _events(item, each)
            yield from _filters(context, item, each)
        for first, second in combinations(notifications, 2):
            yield from _overlap(context, item, first, second)


def _notifications(item: Item) -> Iterator[_Notification]:
    for kind, argument in _DESTINATIONS.items():
        for index, block in enumerate(item.blocks(kind)):
            given = block.get("events")
            events = tuple(each for each in given if isinstance(each, str)) if isinstance(given, list) else ()
            prefix, suffix = (_text(block.get(f"filter_{end}")) for end in ("prefix", "suffix"))
            yield _Notification((kind, index), str(block.get(argument)), events, prefix, suffix)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _events(item: Item, notification: _Notification) -> Iterator[Found]:
    for event in notification.events:
        if has_symbols(event) or event in _EVENTS:
            continue
        near = [each for each in _EVENTS if each == f"{event}:*" or each.lower() == event.lower()]
        sure = bool(near)
        near = near or difflib.get_close_matches(event, _EVENTS, n=1)
        yield Found(
            item=item,
            path=(*notification.place, "events"),
            subject=event,
            message=f'S3 has no event "{event}" to tell of',
            remedy=f'did you mean "{near[0]}"?' if near else "use an event type that S3 supports",
            consequence="InvalidArgument: The event is not supported for notifications",
            severity=None if sure or near else Severity.WARNING,
        )


def _filters(context: Context, item: Item, notification: _Notification) -> Iterator[Found]:
    for end, given in (("filter_prefix", notification.prefix), ("filter_suffix", notification.suffix)):
        if "*" in given:
            yield Found(
                item=item,
                path=(*notification.place, end),
                message=f'{end} "{context.view.show(given)}" has a *, which S3 takes for itself',
                remedy="take the * out: a prefix is how a key begins, a suffix how it ends",
                consequence="nothing is told of any object whose key has no such character",
                severity=Severity.WARNING,
            )


def _overlap(context: Context, item: Item, first: _Notification, second: _Notification) -> Iterator[Found]:
    events = [one for one in first.events if any(_same_event(one, other) for other in second.events)]
    matches = context.view.symbols.matches
    found = both(
        either(
            matches(f"{literally(first.prefix)}*", second.prefix), matches(f"{literally(second.prefix)}*", first.prefix)
        ),
        either(
            matches(f"*{literally(first.suffix)}", second.suffix), matches(f"*{literally(second.suffix)}", first.suffix)
        ),
    )
    if not events or found is Verdict.MISSING:
        return
    shown = " and ".join(f"{each.place[0]} {context.view.show(each.target)}" for each in (first, second))
    certain = found is Verdict.HOLDS
    yield Found(
        item=item,
        path=(*second.place, "events"),
        subject=f"{first.place} {second.place}",
        verdict=Verdict.MISSING if certain else Verdict.CANNOT_TELL,
        message=f"{shown} {'both get' if certain else 'may both get'} {events[0]} of the same objects",
        remedy=(
            "give them prefixes or suffixes of which none begins, or ends, like the other; several receivers get an "
            "event from a topic, or by EventBridge"
            if certain
            else "prefixes and suffixes that are written out"
        ),
    )


def _same_event(first: str, second: str) -> bool:
    if has_symbols(first) or has_symbols(second):
        return first == second
    if first == second:
        return True
    return any(one.endswith(":*") and other.startswith(one[:-1]) for one, other in ((first, second), (second, first)))
