from __future__ import annotations

import difflib
from itertools import takewhile
from typing import TYPE_CHECKING

from plan_review.aws.arns import NAMINGS
from plan_review.aws.metrics import NAMESPACES, Namespace
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.watched import Watched, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_METRICS_PAGE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"
_NAMED = {
    "FunctionName": "aws_lambda_function",
    "QueueName": "aws_sqs_queue",
    "TableName": "aws_dynamodb_table",
    "TopicName": "aws_sns_topic",
}
_NEARLY = 0.9
_LONG_ENOUGH = 6  # characters that names of one configuration begin with


@rule(
    "alarm-metric",
    title="Alarms and dashboards watch metrics that exist, by dimensions that they have",
    why="CloudWatch takes any name of a metric and of a dimension; an alarm on one that is never sent has no data.",
    consequence="the alarm stays in INSUFFICIENT_DATA, or OK where missing data is not breaching, and never goes off",
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        _METRICS_PAGE,
    ),
)
def alarm_metric(context: Context) -> Iterator[Found]:
    """Names are the service's own; one that is nearly so is misspelt, one that is not is not known here."""
    for each in watched(context):
        namespace = each.namespace
        known = NAMESPACES.get(namespace)
        if known is None:
            yield from _namespace(each)
            continue
        yield from _misspelt(context, each)
        yield from _not_sent(each, known)
        for argument, name, expected in [
            ("metric_name", each.metric, frozenset(known.units)),
            *(("dimensions", name, known.dimensions) for name in each.dimensions),
        ]:
            if not name or name in expected or has_symbols(name):
                continue
            near = difflib.get_close_matches(name, expected, n=1)
            if near or known.complete:
                what = "metric" if argument == "metric_name" else "dimension"
                yield _found(
                    each,
                    (argument,),
                    name,
                    f'{namespace} has no {what} "{name}" that is known here',
                    f'did you mean "{near[0]}"?' if near else "the service's list of metrics",
                    Verdict.MISSING if near and known.complete else Verdict.CANNOT_TELL,
                )


def _found(  # noqa: PLR0917 - what a finding is made of
    each: Watched, path: tuple[str, ...], subject: str, message: str, remedy: str, verdict: Verdict = Verdict.MISSING
) -> Found:
    return Found(
        item=each.item,
        path=(*each.path, *path) if each.is_alarm else each.path,
        subject=" ".join(filter(None, (each.place, subject))),
        verdict=verdict,
        message=f"{each.place}: {message}" if each.place else message,
        remedy=remedy,
        consequence="" if each.is_alarm else "the graph stays empty, and nothing tells that it watches nothing",
    )


def _namespace(each: Watched) -> Iterator[Found]:
    namespace = each.namespace
    right = next((name for name in NAMESPACES if name.lower() == namespace.lower()), None)
    if right is None and namespace.startswith("AWS/"):
        right = next(iter(difflib.get_close_matches(namespace, NAMESPACES, n=1, cutoff=_NEARLY)), None)
        if right is not None:
            message = f'the namespace "{namespace}" is not known here, and "{right}" is'
            yield _found(each, ("namespace",), "", message, f'did you mean "{right}"?', Verdict.CANNOT_TELL)
    elif right is not None:
        message = f'no metric has the namespace "{namespace}"'
        yield _found(each, ("namespace",), "", message, f'did you mean "{right}"?')


def _not_sent(each: Watched, known: Namespace) -> Iterator[Found]:
    """Yield where a metric comes with other dimensions only."""
    metric = each.metric
    if metric not in known.units or each.item.is_dynamic("dimensions") or any(map(has_symbols, each.dimensions)):
        return
    given = set(each.dimensions)
    if lacking := sorted((known.always | (known.besides.get(metric, frozenset()) if given else frozenset())) - given):
        message = f"{metric} comes with the dimension {lacking[0]} only, which is not given"
        yield _found(each, ("dimensions",), lacking[0], message, f"give the dimension {lacking[0]}")
    if unknown := sorted(known.never.get(metric, frozenset()) & given):
        message = f"{metric} is sent for the whole account, without the dimension {unknown[0]}"
        yield _found(each, ("dimensions",), unknown[0], message, f"take the dimension {unknown[0]} out")


def _misspelt(context: Context, each: Watched) -> Iterator[Found]:
    """Yield the dimensions whose value is nearly, and not quite, the name of something in this configuration."""
    for dimension, value in each.dimensions.items():
        kind = _NAMED.get(dimension)
        if kind is None or not isinstance(value, str) or has_symbols(value):
            continue
        naming = NAMINGS[kind].argument or ""
        names = [str(item.attribute(naming)) for item in context.view.items(kind, f"data.{kind}")]
        if value in names:
            continue
        near = difflib.get_close_matches(value, names, n=1, cutoff=_NEARLY)
        common = _common_beginning(names)
        if near or (common and value.startswith(common)):
            there = f'there is "{near[0]}"' if near else f"its name begins like {', '.join(sorted(names))}"
            yield _found(
                each,
                ("dimensions",),
                dimension,
                f'there is no {dimension} "{value}" here, and {there}',
                "a reference in the place of the name",
                Verdict.CANNOT_TELL,
            )


def _common_beginning(names: list[str]) -> str:
    """Return how all of several names begin, up to a dash or the like, where that is long enough to mean something."""
    if len(names) < 2:  # noqa: PLR2004 - one name has nothing in common with another
        return ""
    first, last = min(names), max(names)
    common = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
    whole = common[: max(common.rfind(mark) for mark in "-_./") + 1]
    return whole if len(whole) >= _LONG_ENOUGH and not has_symbols(whole) else ""
