"""An alarm reads back as it was put, in every protocol, so that Terraform sees no drift.

Gap: MiniStack's Query answers leave out an alarm's dimensions, period, statistic, actions, unit, description,
missing-data treatment and metric math; it drops metric math, the treatment of few samples and
InsufficientDataActions from a Query request; it gives a metric-math alarm a period and statistic it does not have.
Until: MiniStack stores all members of PutMetricAlarm and describes all members of MetricAlarm and CompositeAlarm.

Requests and answers follow botocore's own model of CloudWatch, so that no member can be forgotten.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import ListShape, StructureShape
from ministack.services import cloudwatch

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.model import Shape

    from local_cloud.ministack.settings import Settings

_KEPT_FROM_REQUEST = ("Metrics", "ThresholdMetricId", "EvaluateLowSampleCountPercentile", "InsufficientDataActions")
_NOT_WITH_METRIC_MATH = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit", "Dimensions")
_HTTP_OK = 200


def query_value(params: dict[str, Any], name: str, shape: Shape | None) -> Any:
    """Read one member of a Query request (``A.member.1.B=…``); None where it is absent."""
    if isinstance(shape, StructureShape):
        prefix = f"{name}." if name else ""
        members = {key: query_value(params, f"{prefix}{key}", below) for key, below in shape.members.items()}
        return {key: value for key, value in members.items() if value is not None} or None
    if isinstance(shape, ListShape):
        values: list[Any] = []
        while (value := query_value(params, f"{name}.member.{len(values) + 1}", shape.member)) is not None:
            values.append(value)
        return values or None
    kind = shape.type_name if shape else "string"
    given = params.get(name)
    text = given[0] if isinstance(given, list) else given
    if text is None:
        return None
    if kind == "boolean":
        return text == "true"
    if kind in {"integer", "long"}:
        return int(text)
    return float(text) if kind in {"double", "float"} else text


def xml_of(value: Any, shape: Shape | None) -> str:
    """Write a value in the Query protocol's XML, without what the shape does not know."""
    if isinstance(shape, StructureShape):
        present = ((name, below) for name, below in shape.members.items() if value.get(name) is not None)
        return "".join(f"<{name}>{xml_of(value[name], below)}</{name}>" for name, below in present)
    if isinstance(shape, ListShape):
        return "".join(f"<member>{xml_of(item, shape.member)}</member>" for item in value)
    kind = shape.type_name if shape else "string"
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "timestamp":
        return datetime.fromtimestamp(float(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return escape(str(value))


def complete(alarm: dict[str, Any], request: dict[str, Any]) -> None:
    """Bring a stored alarm to what was asked for."""
    for name in _KEPT_FROM_REQUEST:
        if name in request:
            alarm[name] = request[name]
    if alarm.get("Metrics"):
        for name in _NOT_WITH_METRIC_MATH:
            alarm.pop(name, None)
    elif alarm.get("ExtendedStatistic"):
        alarm.pop("Statistic", None)
    for name in [name for name, value in alarm.items() if value is None or value == ""]:
        del alarm[name]
    alarm["StateTransitionedTimestamp"] = alarm["StateUpdatedTimestamp"]


def apply(settings: Settings, run_dir: Path) -> None:
    """Complete what is stored, and describe all of it."""
    del settings, run_dir
    model = botocore.session.get_session().get_service_model("cloudwatch")
    request_shape = model.operation_model("PutMetricAlarm").input_shape
    answer_shape = model.operation_model("DescribeAlarms").output_shape

    @wrap(cloudwatch, "_put_metric_alarm", "953a67ff4bb1")
    def put_metric_alarm(put: Any, params: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Any:  # noqa: FBT001, FBT002
        response = put(params, data, is_cbor, is_json)
        if response[0] == _HTTP_OK:
            request = data if is_cbor or is_json else query_value(params, "", request_shape)
            complete(cloudwatch._alarms[request["AlarmName"]], request)
        return response

    @wrap(cloudwatch, "_describe_alarms", "ab8f092ff9ae")
    def describe_alarms(describe: Any, params: Any, data: Any, is_cbor: bool, is_json: bool = False) -> Any:  # noqa: FBT001, FBT002
        response = describe(params, data, is_cbor, is_json)
        if is_cbor or is_json or response[0] != _HTTP_OK:
            return response
        request = query_value(params, "", model.operation_model("DescribeAlarms").input_shape) or {}
        _, _, body = describe({}, request, False, True)  # noqa: FBT003 - MiniStack's own signature
        result = xml_of(json.loads(body), answer_shape)
        return cloudwatch._xml(200, "DescribeAlarmsResponse", f"<DescribeAlarmsResult>{result}</DescribeAlarmsResult>")
