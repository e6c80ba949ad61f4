from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from plan_review.aws.arns import NAMINGS
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.json_text import parsed
from plan_review.rules.shared.watched import Watched, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_SOURCE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
_QUEUE_METRICS = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
)
_NAMED = {
    "FunctionName": "aws_lambda_function",
    "QueueName": "aws_sqs_queue",
    "TableName": "aws_dynamodb_table",
    "TopicName": "aws_sns_topic",
    "StateMachineArn": "aws_sfn_state_machine",
    "RuleName": "aws_cloudwatch_event_rule",
    "Queue": "aws_media_convert_queue",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SAYS_NOTHING = frozenset({"alarm", "aws", "function", "lambda", "queue", "sqs", "table", "topic", "the", "of", "on"})
_SHORT = {"dlq": "dead letter", "fn": "function", "err": "error"}
# Words by which an alarm says what it is about → the metrics that are.
_ABOUT = (
    (
        {"throttle", "throttled", "throttling"},
        {"Throttles", "ExecutionThrottled", "ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests"},
    ),
    (
        {"error", "fail", "failed", "failing", "failure"},
        {"Errors", "ExecutionsFailed", "JobsErroredCount", "FailedInvocations", "DeadLetterErrors", "SystemErrors"}
        | {"UserErrors", "DestinationDeliveryFailures", "NumberOfNotificationsFailed", "LambdaFunctionsFailed"},
    ),
    ({"timeout", "timed"}, {"ExecutionsTimedOut", "LambdaFunctionsTimedOut", "ActivitiesTimedOut"}),
    ({"age", "oldest", "stale"}, {"ApproximateAgeOfOldestMessage", "IteratorAge", "AsyncEventAge"}),
    (
        {"duration", "latency", "slow"},
        {"Duration", "ExecutionTime", "SuccessfulRequestLatency", "TranscodingTime", "PostRuntimeExtensionsDuration"},
    ),
    ({"aborted"}, {"ExecutionsAborted"}),
    ({"canceled", "cancelled"}, {"JobsCanceledCount"}),
    ({"invocation", "traffic"}, {"Invocations", "ExecutionsStarted", "NumberOfMessagesPublished"}),
    ({"success", "succeeded", "completed"}, {"ExecutionsSucceeded", "JobsCompletedCount"}),
)

# How long something takes may tell of whatever an alarm is called after.
_TIMES = frozenset().union(*(metrics for words, metrics in _ABOUT if words & {"age", "duration"}))


@rule(
    "watcher-of-another",
    title="An alarm and a graph watch what their name says",
    why=(
        "A dimension is easily copied from one alarm to the next. CloudWatch takes it, the alarm has data, and what "
        "its name speaks of is watched by nobody."
    ),
    consequence="what it is named after fails unseen, and what fails is looked for in the wrong place",
    sources=(_SOURCE, _QUEUE_METRICS),
    severity=Severity.WARNING,
)
def watcher_of_another(context: Context) -> Iterator[Found]:
    """Names and titles speak of the function, queue or table that is watched, and of the metric."""
    of_widgets: dict[tuple[str, str], set[str]] = {}
    for each in watched(context):
        if not each.is_alarm:
            of_widgets.setdefault((each.item.address, each.place), set()).update(map(str, each.dimensions.values()))
    for each in watched(context):
        if each.path and each.is_alarm:
            continue  # a metric of several, which an expression puts together
        if each.is_alarm or len(of_widgets[each.item.address, each.place]) == 1:
            yield from _thing(context, each)
        yield from _region(context, each)
        if each.is_alarm:
            yield from _metric(each)
            yield from _moved(context, each)


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    """Return the words of a name or a sentence, in the singular."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        low = word.lower()
        for part in _SHORT.get(low, low).split():
            found.add(part[:-1] if part.endswith("s") and not part.endswith("ss") and len(part) > 3 else part)  # noqa: PLR2004
    return frozenset(found - _SAYS_NOTHING)


def _thing(context: Context, each: Watched) -> Iterator[Found]:
    for dimension, value in each.dimensions.items():
        kind = _NAMED.get(dimension)
        mine = context.view.find(value, kind) if kind else None
        if kind is None or mine is None or mine.resource.mode != "managed":
            continue
        others = [item for item in context.view.items(kind) if item is not mine and item.certain]
        for other in others:
            if _speaks_of(each, other, mine):
                what = f"{each.place} of {each.item.address}" if each.place else "its name"
                yield Found(
                    item=each.item,
                    path=("dimensions",) if each.is_alarm else each.path,
                    subject=f"{each.place} {dimension}".strip(),
                    message=f"{what} speaks of {other.address}, and it watches {mine.address}",
                    remedy=f"watch {other.address}, or call it after what it watches",
                )
                break


def _speaks_of(each: Watched, one: Item, not_the_other: Item) -> bool:
    """Whether words name what sets one thing apart from another, and not what sets the other apart from it.

    The names count first; what is said beside them only where they name neither.
    """
    for words in (each.names, each.words):
        told = _words(words)
        if _named(told, one, not_the_other):
            return not _named(told, not_the_other, one)
        if _named(told, not_the_other, one):
            return False
    return False


def _named(told: frozenset[str], one: Item, other: Item) -> bool:
    argument = NAMINGS[one.type].argument or "name"
    for mine, theirs in (
        (str(one.get(argument, "")), str(other.get(argument, ""))),
        (one.resource.name, other.resource.name),
    ):
        apart = _words(mine) - _words(theirs)
        if apart and apart <= told and not has_symbols(mine):
            return True
    return False


def _metric(each: Watched) -> Iterator[Found]:
    told = _words(each.names)
    about = [metrics for words, metrics in _ABOUT if words & told]
    known = any(each.metric in metrics for _, metrics in _ABOUT) and each.metric not in _TIMES
    if about and known and not any(each.metric in metrics for metrics in about):
        likely = ", ".join(sorted(next(iter(about)))[:3])
        yield Found(
            item=each.item,
            path=("metric_name",),
            message=f"its name speaks of another metric than {each.metric}, which it watches",
            remedy=f"watch what its name says, such as {likely}, or call it after {each.metric}",
        )


def _region(context: Context, each: Watched) -> Iterator[Found]:
    """A widget looks for its metrics in the region that it names."""
    for dimension, value in each.dimensions.items():
        kind = _NAMED.get(dimension)
        mine = context.view.find(value, kind) if kind else None
        if mine is None or not each.region or has_symbols(each.region + mine.region) or mine.region == each.region:
            continue
        yield Found(
            item=each.item,
            path=each.path,
            subject=f"{each.place} region",
            message=f"{each.place} looks for {each.metric} in {each.region}, and {mine.address} is in {mine.region}",
            remedy=f"let the widget have the region {mine.region}",
            consequence="the graph stays empty",
        )


def _moved(context: Context, each: Watched) -> Iterator[Found]:
    """Messages that SQS itself moves to a dead-letter queue do not count as sent to it."""
    queue = context.view.find(each.dimensions.get("QueueName"), "aws_sqs_queue")
    if each.metric != "NumberOfMessagesSent" or queue is None:
        return
    sources = [
        source
        for source in context.view.items("aws_sqs_queue", "aws_sqs_queue_redrive_policy")
        if (parsed(source.get("redrive_policy")) or {}).get("deadLetterTargetArn") == queue.arn
    ]
    if sources:
        yield Found(
            item=each.item,
            path=("metric_name",),
            message=f"NumberOfMessagesSent does not count what SQS moves from {sources[0].address} to {queue.address}",
            remedy="watch ApproximateNumberOfMessagesVisible",
            consequence="dead letters come, and the alarm does not go off",
        )
