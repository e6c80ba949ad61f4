"""What new objects in a bucket start: by a rule or a notification, through queues, topics and state machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import both, either, has_symbols
from plan_review.findings import Verdict
from plan_review.rules.shared.event_matching import value_matches
from plan_review.rules.shared.rule_patterns import pattern_of
from plan_review.state_machines import read_definition
from states_language.definition import arguments_of, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_CREATED = "Object Created"
_BY_CODE = ("PutObject", "CompleteMultipartUpload", "CopyObject")
_STARTED = ("aws_lambda_function", "aws_lambda_alias", "aws_sqs_queue", "aws_sns_topic", "aws_sfn_state_machine")
_NOTIFIED = {"lambda_function": "lambda_function_arn", "queue": "queue_arn", "topic": "topic_arn"}


@dataclass(frozen=True, slots=True)
class Listener:
    """``source`` starts ``target``, a function or state machine, for objects in the buckets that ``names`` take.

    ``names`` is None where each bucket is meant. ``keys`` are lists of filters: of each, one takes the key.
    ``certain`` is false where it may be that not every such object starts it.
    """

    source: Item
    target: Item
    names: Sequence[Any] | None
    keys: tuple[Sequence[Any], ...] = ()
    certain: bool = True

    def hears(self, context: Context, bucket: Item) -> Verdict:
        """Return whether objects in this bucket are listened for."""
        if self.names is None:
            return Verdict.HOLDS
        return either(*(_name_taken(context, name, str(bucket.attribute("bucket"))) for name in self.names))

    def takes(self, context: Context, key: str) -> Verdict:
        """Return whether an object of this key starts it."""
        found = both(*(either(*(_key_taken(context, each, key) for each in filters)) for filters in self.keys))
        return Verdict.CANNOT_TELL if found is Verdict.HOLDS and not self.certain else found


def listeners(context: Context) -> list[Listener]:
    """Return everything that new objects start."""
    return context.shared("listeners", lambda: [*_by_rule(context), *_by_notification(context)])


def triggering_keys(context: Context, function: Item) -> list[tuple[Item, str]]:
    """Return the buckets whose new objects start a function, each with a prefix that the keys have, or none."""
    found = [
        (bucket, prefix)
        for listener in listeners(context)
        if listener.target is function and listener.names is not None
        for bucket in context.view.items("aws_s3_bucket")
        if listener.hears(context, bucket) is Verdict.HOLDS
        for prefix in _prefixes(listener)
    ]
    return list(dict.fromkeys(found))


def _prefixes(listener: Listener) -> list[str]:
    """Return prefixes of which a key has one; an empty one where nothing is said of how keys begin."""
    for filters in listener.keys:
        prefixes = [given.get("prefix") if isinstance(given, dict) else None for given in filters]
        if prefixes and all(isinstance(prefix, str) for prefix in prefixes):
            return [str(prefix) for prefix in prefixes]
    return [""]


def _by_rule(context: Context) -> Iterator[Listener]:
    for target in context.view.items("aws_cloudwatch_event_target"):
        listener = context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")
        pattern = pattern_of(listener) if listener is not None else None
        if listener is None or pattern is None or pattern.get("source") != ["aws.s3"]:
            continue
        kinds = pattern.get("detail-type")
        if isinstance(kinds, list) and not any(value_matches(kind, _CREATED) for kind in kinds):
            continue
        detail = pattern.get("detail")
        if not isinstance(detail, dict):
            detail = {"bucket": detail}  # unknown as a whole, if it is there
        names = _filters(detail, "bucket", "name")
        keys = _filters(detail, "object", "key")
        others = {name: given for name, given in detail.items() if name not in ("bucket", "object", "reason")}
        reasons = detail.get("reason")
        narrowed = isinstance(reasons, list) and not any(
            value_matches(each, one) for each in reasons for one in _BY_CODE
        )
        for started in _started(context, target.get("arn")):
            yield Listener(
                listener,
                started,
                names,
                (keys,) if keys is not None else (),
                certain=not (others or narrowed or "$or" in pattern),
            )


def _filters(detail: dict[str, Any], name: str, field: str) -> list[Any] | None:
    """Return what a pattern asks for; where that is not known, the unknown text is what it asks for."""
    part = detail.get(name)
    found = part.get(field) if isinstance(part, dict) else part
    if isinstance(found, str):
        return [found]
    return found if isinstance(found, list) else None


def _by_notification(context: Context) -> Iterator[Listener]:
    for notification in context.view.items("aws_s3_bucket_notification"):
        for kind, argument in (
            ("lambda_function", "lambda_function_arn"),
            ("queue", "queue_arn"),
            ("topic", "topic_arn"),
        ):
            for block in notification.blocks(kind):
                given = block.get("events")
                events = [str(event) for event in given] if isinstance(given, list) else []
                if not any("ObjectCreated" in event for event in events):
                    continue
                keys = tuple(
                    [{name: block[f"filter_{name}"]}] for name in ("prefix", "suffix") if block.get(f"filter_{name}")
                )
                for started in _started(context, block.get(argument)):
                    yield Listener(notification, started, [notification.get("bucket")], keys)


def _started(context: Context, arn: Any) -> list[Item]:
    """Return the functions and state machines that a message to this ARN sets going."""
    found: list[Item] = []
    waiting = [arn]
    seen: set[str] = set()
    while waiting:
        item = context.view.find(waiting.pop(), *_STARTED)
        if item is None or item.address in seen:
            continue
        seen.add(item.address)
        if item.type == "aws_lambda_alias":
            waiting.append(item.get("function_name"))
        elif item.type in ("aws_lambda_function", "aws_sfn_state_machine"):
            found.append(item)
        waiting += _next(context, item)
    return found


def _next(context: Context, item: Item) -> list[Any]:
    view = context.view
    if item.type == "aws_sqs_queue":
        mappings = view.items("aws_lambda_event_source_mapping")
        return [
            each.get("function_name") for each in mappings if view.find(each.get("event_source_arn"), item.type) is item
        ]
    if item.type == "aws_sns_topic":
        subscriptions = view.items("aws_sns_topic_subscription")
        own = [each for each in subscriptions if view.find(each.get("topic_arn"), item.type) is item]
        return [each.get("endpoint") for each in own]
    if item.type != "aws_sfn_state_machine" or (body := read_definition(item).body) is None:
        return []
    tasks = [state for state in states_of(body) if state.type == "Task"]
    return [value for state in tasks for value in (state.body.get("Resource"), arguments_of(state).get("FunctionName"))]


def _name_taken(context: Context, given: Any, name: str) -> Verdict:
    if isinstance(given, str):
        return _literally(context, given, name)
    if has_symbols(name):
        return Verdict.CANNOT_TELL
    return Verdict.HOLDS if value_matches(given, name) else Verdict.MISSING


def _key_taken(context: Context, given: Any, key: str) -> Verdict:
    if isinstance(given, str):
        return _literally(context, given, key)
    if isinstance(given, dict) and len(given) == 1:
        operator, operand = next(iter(given.items()))
        if isinstance(operand, str) and operator in ("prefix", "suffix", "wildcard"):
            pattern = {"prefix": f"{operand}*", "suffix": f"*{operand}", "wildcard": operand}[operator]
            return context.view.symbols.matches(pattern, key)
    if has_symbols(key):
        return Verdict.CANNOT_TELL
    return Verdict.HOLDS if value_matches(given, key) else Verdict.MISSING


def _literally(context: Context, wanted: str, text: str) -> Verdict:
    if wanted == text:
        return Verdict.HOLDS
    return Verdict.CANNOT_TELL if set("*?") & set(wanted) else context.view.symbols.matches(wanted, text)
