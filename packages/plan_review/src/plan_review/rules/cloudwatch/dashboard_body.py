from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.rules.context import Context

_STRUCTURE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html"
_MOST_WIDGETS = 500
_MOST_METRICS = 500  # of a widget
_MOST_ALARMS = 100  # of a widget
_GRID = 24
_TYPES = ("alarm", "custom", "explorer", "log", "metric", "text", "trace")
_VIEWS = ("timeSeries", "singleValue", "gauge", "bar", "pie", "table")
# Widget → properties without which PutDashboard refuses it; those of metrics hang together, see ``_metric``.
_REQUIRED = {
    "alarm": ("alarms",),
    "custom": ("endpoint",),
    "log": ("query", "region"),
    "text": ("markdown",),
}
# Property of every widget → least and most.
_RANGES = {"x": (0, _GRID - 1), "y": (0, None), "width": (1, _GRID), "height": (1, 1000)}
_PERIODS = (1, 5, 10, 20, 30)
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_COLOR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_STATISTIC = re.compile(
    r"Sum|Average|Minimum|Maximum|SampleCount|IQM|(p|tm|tc|ts|wm)\d{1,2}(\.\d+)?|(p|tm|tc|ts|wm)100"
    r"|(PR|TM|TC|TS|WM)\([^()]*\)"
)
_UNSURE = "CloudWatch may refuse the dashboard for it, or show the widget without data"


@dataclass(frozen=True, slots=True)
class _Problem:
    """``said`` is the error of PutDashboard; where ``doubt`` says why, it is not certain that there is one."""

    at: str
    message: str
    remedy: str
    said: str = ""
    doubt: bool = False
    verdict: Verdict = Verdict.MISSING


@rule(
    "dashboard-body",
    title="A dashboard's body is such as CloudWatch takes",
    why="To Terraform the body is a text. CloudWatch holds it against a schema, and refuses it as a whole.",
    consequence="InvalidParameterInput: The dashboard body is invalid",
    sources=(
        _STRUCTURE,
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
        "https://github.com/aws-samples/aws-eda-slurm-cluster/issues/116",
        "https://github.com/pulumi/pulumi/issues/13059",
        "https://github.com/aws/aws-cdk/issues/20024",
    ),
)
def dashboard_body(context: Context) -> Iterator[Found]:
    """Widgets, their places and properties; metrics, alarms and annotations."""
    for dashboard in context.view.items("aws_cloudwatch_dashboard"):
        name = dashboard.get("dashboard_name")
        if isinstance(name, str) and not has_symbols(name) and not _NAME.fullmatch(name):
            message = f'its name "{name}" has characters that are not allowed, or more than 255'
            yield Found(
                item=dashboard, path=("dashboard_name",), message=message, remedy="use letters, digits, - and _"
            )
        body = parsed(dashboard.get("dashboard_body"))
        for problem in _body(body) if body is not None else ():
            yield Found(
                item=dashboard,
                path=("dashboard_body",),
                subject=problem.at,
                verdict=problem.verdict,
                severity=Severity.WARNING if problem.doubt else None,
                message=f"{problem.at}: {context.view.show(problem.message)}",
                remedy=problem.remedy,
                consequence=_UNSURE
                if problem.doubt
                else f"InvalidParameterInput: {problem.said}"
                if problem.said
                else "",
            )


def _known(value: Any) -> bool:
    """Whether a value is known: no text with a part that is not."""
    return not (isinstance(value, str) and has_symbols(value))


def _body(body: Mapping[str, Any]) -> Iterator[_Problem]:
    widgets = body.get("widgets")
    if not isinstance(widgets, list):
        if _known(widgets):
            yield _Problem(
                "/", "it has no list of widgets", 'give "widgets", a list', "Should have required property 'widgets'"
            )
        return
    if len(widgets) > _MOST_WIDGETS:
        message = f"it has {len(widgets)} widgets; {_MOST_WIDGETS} are allowed"
        yield _Problem("/widgets", message, "split the dashboard", f"Should NOT have more than {_MOST_WIDGETS} items")
    for index, widget in enumerate(widgets):
        at = f"/widgets/{index}"
        if isinstance(widget, dict):
            yield from _widget(at, widget)
        elif _known(widget):
            yield _Problem(at, "it is no object", "give type and properties", "Should be object")


def _widget(at: str, widget: Mapping[str, Any]) -> Iterator[_Problem]:
    kind, properties = widget.get("type"), widget.get("properties")
    if kind not in _TYPES and _known(kind):
        near = difflib.get_close_matches(str(kind), _TYPES, n=1)
        yield _Problem(
            at,
            "the widget has no type" if kind is None else f'the type "{kind}" is none that is known here',
            f'did you mean "{near[0]}"?' if near else f"use one of {', '.join(_TYPES)}",
            "Should be equal to one of the allowed values",
            verdict=Verdict.MISSING if near or kind is None else Verdict.CANNOT_TELL,
        )
    yield from _place(at, widget)
    if not isinstance(properties, dict):
        if _known(properties):
            yield _Problem(
                at, "the widget has no properties", "give them", "Should have required property 'properties'"
            )
        return
    inside = f"{at}/properties"
    for name in _REQUIRED.get(str(kind), ()):
        if properties.get(name) in (None, ""):
            message = f"the {kind} widget has no {name}"
            yield _Problem(inside, message, f"give {name}", f"Should have required property '{name}'")
    if kind == "metric":
        yield from _metric(inside, properties)
    if kind == "alarm":
        yield from _alarms(f"{inside}/alarms", properties.get("alarms"), _MOST_ALARMS)


def _place(at: str, widget: Mapping[str, Any]) -> Iterator[_Problem]:
    for name, (least, most) in _RANGES.items():
        value = widget.get(name)
        if value is None or not _known(value):
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            yield _Problem(f"{at}/{name}", f"{name} is {value!r}", "give a whole number", "Should be integer")
        elif value < least or (most is not None and value > most):
            allowed = f"{least} to {most}" if most is not None else f"{least} or more"
            bound = f"<= {most}" if most is not None and value > most else f">= {least}"
            yield _Problem(f"{at}/{name}", f"{name} is {value}", f"use {allowed}", f"Should be {bound}")
    left, width = widget.get("x"), widget.get("width", 6)
    if isinstance(left, int) and isinstance(width, int) and left < _GRID and width <= _GRID and left + width > _GRID:
        message = f"the widget begins in column {left} and is {width} wide; the grid has {_GRID} columns"
        yield _Problem(at, message, "make it narrower, or begin further to the left", doubt=True)


def _metric(at: str, properties: Mapping[str, Any]) -> Iterator[_Problem]:
    metrics, annotations = properties.get("metrics"), properties.get("annotations")
    alarms = annotations.get("alarms") if isinstance(annotations, dict) else None
    if metrics is None and alarms is None and _known(annotations):
        yield _Problem(
            at,
            "the metric widget has no metrics, and no alarm among its annotations",
            "give metrics",
            "Should have required property 'metrics'",
        )
    elif properties.get("region") in (None, "") and alarms is None:
        yield _Problem(
            at,
            "the metric widget has no region",
            "give the region of its metrics",
            "The metric widget should have specified a region and a data source or an alarm annotation",
        )
    yield from _looks(at, properties)
    if isinstance(annotations, dict):
        yield from _annotations(f"{at}/annotations", annotations)
    if isinstance(metrics, list):
        yield from _metrics(f"{at}/metrics", metrics)
    elif metrics is not None and _known(metrics):
        yield _Problem(f"{at}/metrics", "metrics is no list", "give a list of lists", "Should be array")


def _looks(at: str, properties: Mapping[str, Any]) -> Iterator[_Problem]:
    """How a widget, or one metric of it, is drawn and computed."""
    view, period, statistic = (properties.get(name) for name in ("view", "period", "stat"))
    if view is not None and view not in _VIEWS and _known(view):
        near = difflib.get_close_matches(str(view), _VIEWS, n=1)
        remedy = f'did you mean "{near[0]}"?' if near else f"use one of {', '.join(_VIEWS)}"
        verdict = Verdict.MISSING if near else Verdict.CANNOT_TELL
        said = "Should be equal to one of the allowed values"
        yield _Problem(f"{at}/view", f'there is no view "{view}" that is known here', remedy, said, verdict=verdict)
    if view == "gauge":
        axis = properties.get("yAxis")
        left = axis.get("left") if isinstance(axis, dict) else None
        if _known(axis) and not (isinstance(left, dict) and {"min", "max"} <= set(left)):
            message = "a gauge needs the ends of its scale"
            yield _Problem(f"{at}/yAxis", message, "give yAxis.left.min and max", doubt=True)
    if period is not None and _known(period):
        if isinstance(period, bool) or not isinstance(period, int):
            yield _Problem(f"{at}/period", f"period is {period!r}", "give whole seconds", "Should be integer")
        elif period not in _PERIODS and (period < 1 or period % 60):
            yield _Problem(f"{at}/period", f"period is {period} seconds", "use a multiple of 60", doubt=True)
    if isinstance(statistic, str) and _known(statistic) and not _STATISTIC.fullmatch(statistic):
        remedy = "use Sum, Average, Minimum, Maximum, SampleCount, a percentile such as p99, or the like"
        yield _Problem(f"{at}/stat", f'there is no statistic "{statistic}"', remedy, doubt=True)


def _metrics(at: str, metrics: list[Any]) -> Iterator[_Problem]:
    if len(metrics) > _MOST_METRICS:
        message = f"the widget has {len(metrics)} metrics; {_MOST_METRICS} are allowed"
        yield _Problem(at, message, "split the widget", f"Should NOT have more than {_MOST_METRICS} items")
    ids: list[str] = []
    expressions: list[tuple[str, str]] = []
    for index, entry in enumerate(metrics):
        here = f"{at}/{index}"
        if not isinstance(entry, list):
            if _known(entry):
                said = 'Field "metrics" has to be an array of array of strings'
                yield _Problem(here, "the metric is no list", "write each metric as a list of its own", said)
            continue
        options = entry[-1] if entry and isinstance(entry[-1], dict) else {}
        yield from _entry(here, entry, options)
        yield from _options(here, options)
        if isinstance(name := options.get("id"), str) and _known(name):
            if name in ids:
                yield _Problem(
                    here, f'another metric of the widget has the id "{name}"', "give each its own", doubt=True
                )
            ids.append(name)
        if isinstance(expression := options.get("expression"), str) and _known(expression):
            expressions.append((here, expression))
    if all(map(_known, ids)):
        yield from _expressions(expressions, ids)


def _entry(at: str, entry: list[Any], options: Mapping[str, Any]) -> Iterator[_Problem]:
    texts = entry[:-1] if options else entry
    if odd := [part for part in texts if not isinstance(part, str)]:
        said = "Invalid metric field type, only 'String' type is allowed"
        message = f"the metric holds {odd[0]!r} beside its texts"
        yield _Problem(at, message, "write dimensions as texts, name and value in turn; options come last", said)
    elif "expression" in options and texts:
        yield _Problem(at, "the metric has a name and an expression", "write the expression alone", doubt=True)
    elif "expression" not in options and "..." not in texts:
        if len(texts) < 2:  # noqa: PLR2004 - a namespace and a name
            said = "Should NOT have less than 2 items"
            yield _Problem(at, "the metric has no namespace and name", "give both", said)
        elif len(texts) % 2 and _known(texts[-1]):  # else it may be the options
            said = f"Should NOT have more than {len(texts) - 1} items"
            yield _Problem(at, f'the dimension "{texts[-1]}" has no value', "give the dimension's value after it", said)
    if "dimensions" in options:
        message = "the dimensions stand among the options"
        yield _Problem(
            at, message, "write them after the metric's name, name and value in turn", "Should NOT have more items"
        )


def _options(at: str, options: Mapping[str, Any]) -> Iterator[_Problem]:
    yield from _looks(at, {name: options[name] for name in ("period", "stat") if name in options})
    name, color, axis = (options.get(each) for each in ("id", "color", "yAxis"))
    if isinstance(name, str) and _known(name) and not _ID.fullmatch(name):
        message = f'the id "{name}" does not begin with a small letter, or has other characters than letters, digits, _'
        yield _Problem(f"{at}/id", message, 'use an id such as "m1"', f"Should match pattern {_ID.pattern}")
    if isinstance(color, str) and _known(color) and not _COLOR.fullmatch(color):
        message = f'the color "{color}" is not written as #rrggbb'
        yield _Problem(f"{at}/color", message, 'write it as in "#d62728"', "Should match pattern of a color")
    if axis is not None and _known(axis) and axis not in ("left", "right"):
        message = f'the metric is to stand on the axis "{axis}"'
        yield _Problem(f"{at}/yAxis", message, 'use "left" or "right"', "Should be equal to one of the allowed values")


def _expressions(expressions: list[tuple[str, str]], ids: list[str]) -> Iterator[_Problem]:
    """Expressions name metrics by ids that begin with a small letter; functions and keywords are in capitals."""
    for at, expression in expressions:
        bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", expression)
        for name in dict.fromkeys(re.findall(r"(?<![\w.])[a-z]\w*", bare)):
            if name not in ids and "SELECT" not in bare:
                message = f'the expression "{expression}" uses "{name}", and no metric of the widget has this id'
                yield _Problem(at, message, "give the metric this id, or name one that there is", doubt=True)


def _annotations(at: str, annotations: Mapping[str, Any]) -> Iterator[_Problem]:
    if "alarms" in annotations:
        yield from _alarms(f"{at}/alarms", annotations["alarms"], 1)
    for kind in ("horizontal", "vertical"):
        entries = annotations.get(kind)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            for each in entry if isinstance(entry, list) else [entry]:
                if isinstance(each, dict) and each.get("value") is None:
                    said = "Should have required property 'value'"
                    yield _Problem(f"{at}/{kind}/{index}", "the annotation has no value", "give it one", said)


def _alarms(at: str, alarms: Any, most: int) -> Iterator[_Problem]:
    if alarms is None or not _known(alarms):
        return
    if not isinstance(alarms, list):
        yield _Problem(at, "alarms is no list", "give a list of the alarms' ARNs", "Should be array")
        return
    if not alarms:
        message = "the list of alarms is empty"
        yield _Problem(at, message, "name an alarm, or take the widget out", "Should NOT have less than 1 items")
    if len(alarms) > most:
        message = f"{len(alarms)} alarms are named; {most} {'is' if most == 1 else 'are'} allowed"
        yield _Problem(at, message, "name fewer", f"Should NOT have more than {most} items")
    for index, alarm in enumerate(alarms):
        if isinstance(alarm, str) and not alarm.startswith("arn:") and not has_symbols(alarm[:1]):
            message = f'"{alarm}" is no ARN of an alarm'
            yield _Problem(f"{at}/{index}", message, "use the alarm's arn", "Should match pattern of an alarm's ARN")
