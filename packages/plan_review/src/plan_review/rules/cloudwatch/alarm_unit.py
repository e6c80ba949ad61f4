from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.metrics import AGES, FAILURES, NAMESPACES, SINGLE
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.watched import Watched, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_API = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_ABOVE = {"GreaterThanThreshold": 0, "GreaterThanOrEqualToThreshold": 1}


@rule(
    "alarm-unit",
    title="An alarm's unit, statistic and threshold are such that it can go off",
    why=(
        "CloudWatch takes any unit and statistic. Of a metric it sees only the data that was sent with the unit that "
        "the alarm names; and a threshold that no value can pass, or that each passes, is no error to it."
    ),
    consequence="the alarm stays in INSUFFICIENT_DATA, or OK where missing data is not breaching, and never goes off",
    sources=(
        _API,
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Unit",
        "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    ),
)
def alarm_unit(context: Context) -> Iterator[Found]:
    """The unit is the metric's; the statistic means something of it; the threshold can be passed."""
    for each in watched(context):
        known = NAMESPACES.get(each.namespace)
        if known is None or each.metric not in known.units:
            continue
        unit = known.units[each.metric]
        if each.unit and unit and each.unit != unit and not has_symbols(each.unit):
            yield Found(
                item=each.item,
                path=(*each.path, "unit"),
                subject=each.place,
                message=f"it looks for {each.metric} in {each.unit}, and {each.namespace} sends it in {unit}",
                remedy=f'take unit out, or set it to "{unit}"',
            )
        if each.is_alarm:
            yield from _statistic(each)
    for each in watched(context):
        if each.is_alarm and not each.path and each.namespace in NAMESPACES:
            found = list(_threshold(each))
            yield from found or _the_other_way(each)


def _statistic(each: Watched) -> Iterator[Found]:
    argument = "statistic" if not each.path else "stat"
    if each.statistic == "SampleCount":
        yield Found(
            item=each.item,
            path=(*each.path, argument),
            subject=each.place,
            severity=Severity.WARNING,
            message=f"SampleCount of {each.metric} is the number of data points, whatever their values are",
            remedy="use Sum, Average or Maximum",
            consequence="the alarm goes off, or does not, by how often the metric is sent",
        )
    if each.statistic == "Sum" and each.metric in AGES:
        yield Found(
            item=each.item,
            path=(*each.path, argument),
            subject=each.place,
            severity=Severity.WARNING,
            message=f"it adds up {each.metric}, which is an age: the sum grows with the number of data points",
            remedy="use Maximum, Average or a percentile",
            consequence="the alarm goes off by how often the metric is sent, and not by how long anything took",
        )


def _threshold(each: Watched) -> Iterator[Found]:
    """None of the metrics known here has values below zero."""
    threshold, operator = each.item.get("threshold"), each.item.get("comparison_operator")
    if not isinstance(threshold, (int, float)) or isinstance(threshold, bool):
        return
    what = ""
    if (operator == "LessThanThreshold" and threshold <= 0) or (
        operator == "LessThanOrEqualToThreshold" and threshold < 0
    ):
        what = f"no value of {each.metric} is below {threshold:g}, so that it never goes off"
    if (operator == "GreaterThanOrEqualToThreshold" and threshold <= 0) or (
        operator == "GreaterThanThreshold" and threshold < 0
    ):
        what = f"each value of {each.metric} is {threshold:g} or more, so that it goes off by any data"
    if (
        (each.namespace, each.metric) in SINGLE
        and each.statistic not in ("", "Sum", "SampleCount")
        and operator in _ABOVE
        and threshold + (operator == "GreaterThanThreshold") > 1
    ):
        what = f"the {each.statistic} of {each.metric} is between 0 and 1, and it waits for {threshold:g}"
    if what:
        yield Found(
            item=each.item,
            path=("threshold",),
            severity=Severity.WARNING,
            message=what,
            remedy="give the threshold that is meant, or the statistic Sum",
            consequence="the alarm tells nothing: it is always on, or never",
        )


def _the_other_way(each: Watched) -> Iterator[Found]:
    """An alarm on what goes wrong that goes off while nothing does."""
    if each.metric not in FAILURES:
        return
    operator = str(each.item.get("comparison_operator"))
    if operator in ("LessThanThreshold", "LessThanOrEqualToThreshold"):
        yield Found(
            item=each.item,
            path=("comparison_operator",),
            severity=Severity.WARNING,
            message=f"it goes off where {each.metric} is low, which is where nothing goes wrong",
            remedy="use GreaterThanOrEqualToThreshold",
            consequence="the alarm is on while all is well, and off when something fails",
        )
    elif each.item.get("treat_missing_data") == "breaching":
        yield Found(
            item=each.item,
            path=("treat_missing_data",),
            severity=Severity.WARNING,
            message=f"it takes it for trouble where {each.metric} has no data, which is where nothing runs",
            remedy='set treat_missing_data to "notBreaching"',
            consequence="the alarm goes off whenever nothing is running",
        )
