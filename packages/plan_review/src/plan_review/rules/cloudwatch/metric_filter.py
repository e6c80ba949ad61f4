from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.watched import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_MOST_DIMENSIONS = 3
_NO_DATA = "the alarm has no data, and never goes off"


@rule(
    "metric-filter",
    title="A metric that is made of log lines is one that is watched, as it is sent",
    why=(
        "A filter sends a metric under a name, with a unit and with dimensions of its own. An alarm that asks for "
        "others is taken, and finds nothing."
    ),
    consequence=_NO_DATA,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html",
    ),
)
def metric_filter(context: Context) -> Iterator[Found]:
    """Defaults and dimensions of filters; names, units and dimensions of the alarms on their metrics."""
    sent: dict[str, dict[str, dict[str, Any]]] = {}
    for each in context.view.items("aws_cloudwatch_log_metric_filter"):
        for block in each.blocks("metric_transformation"):
            yield from _transformation(each, block)
            sent.setdefault(str(block.get("namespace")), {})[str(block.get("name"))] = block
    for one in watched(context):
        metrics = sent.get(one.namespace)
        if not metrics or not one.metric or has_symbols(one.metric) or any(map(has_symbols, metrics)):
            continue
        problem = _problem(one.metric, one.unit, list(one.dimensions), metrics)
        if problem is not None:
            message, remedy, verdict = problem
            yield Found(
                item=one.item,
                path=(*one.path, "metric_name") if one.is_alarm else one.path,
                subject=f"{one.place} {one.metric}".strip(),
                verdict=verdict,
                message=f"{one.place}: {message}" if one.place else message,
                remedy=remedy,
                consequence=_NO_DATA if one.is_alarm else "the graph stays empty",
            )


def _problem(
    metric: str, unit: str, dimensions: list[str], metrics: dict[str, dict[str, Any]]
) -> tuple[str, str, Verdict] | None:
    if metric not in metrics:
        near = difflib.get_close_matches(metric, metrics, n=1)
        if not near:
            return None
        message = f'no filter here sends a metric "{metric}", and one sends "{near[0]}"'
        return message, f'the name "{near[0]}", or what else sends "{metric}"', Verdict.CANNOT_TELL
    block = metrics[metric]
    has, sends_in = block.get("dimensions"), block.get("unit")
    named = set(has) if isinstance(has, dict) else set()
    if not isinstance(has, str) and set(dimensions) != named:
        shown = ", ".join(sorted(named)) or "none"
        asked = ", ".join(sorted(dimensions)) or "none"
        return f"it asks for the dimensions {asked}, and {metric} is sent with {shown}", "use the same", Verdict.MISSING
    if unit and isinstance(sends_in, str) and not has_symbols(unit + sends_in) and unit != sends_in:
        return f"it asks for {metric} in {unit}, and it is sent in {sends_in}", "take unit out", Verdict.MISSING
    return None


def _transformation(each: Item, block: dict[str, Any]) -> Iterator[Found]:
    dimensions = block.get("dimensions")
    if isinstance(dimensions, dict) and dimensions and block.get("default_value") not in (None, ""):
        yield Found(
            item=each,
            path=("metric_transformation",),
            message="its metric has a default value and dimensions",
            remedy="take default_value out, or the dimensions",
            consequence="InvalidParameterException: Invalid metric transformation: dimensions and default value are "
            "mutually exclusive properties.",
        )
    if isinstance(dimensions, dict) and len(dimensions) > _MOST_DIMENSIONS:
        yield Found(
            item=each,
            path=("metric_transformation",),
            subject="dimensions",
            message=f"its metric has {len(dimensions)} dimensions; {_MOST_DIMENSIONS} are allowed",
            remedy="use fewer",
            consequence="InvalidParameterException",
        )
    namespace = str(block.get("namespace", ""))
    if namespace.startswith("AWS/"):
        yield Found(
            item=each,
            path=("metric_transformation",),
            subject="namespace",
            severity=Severity.WARNING,
            message=f"it sends its metric under {namespace}, and names that begin with AWS/ are the services' own",
            remedy="use a namespace of your own",
            consequence="CloudWatch may refuse the metric, or it is lost among those of the service",
        )
