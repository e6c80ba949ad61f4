"""Lifecycle rules, dashboards, indexes and names that AWS refuses, and such as it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.findings import Severity, Verdict

from .examples import findings, of_rule

ERROR, WARNING, OPEN = "error", "warning", "cannot tell"
UNKNOWN = "${var.x}"


def said(rule: str, kind: str, body: dict[str, Any]) -> list[str]:
    """Return how bad each finding of a rule is."""
    document = {"resource": {kind: {"one": body}}, "variable": {"x": {}}}
    return [
        OPEN if each.verdict is Verdict.CANNOT_TELL else WARNING if each.severity is Severity.WARNING else ERROR
        for each in of_rule(findings(document), rule)
    ]


def lifecycle(*rules: dict[str, Any]) -> list[str]:
    given = [{"id": f"r{number}", "status": "Enabled", **rule} for number, rule in enumerate(rules)]
    return said("lifecycle-rule", "aws_s3_bucket_lifecycle_configuration", {"bucket": "b", "rule": given})


WEEK = {"expiration": [{"days": 7}]}
EVERYTHING = {"filter": [{"prefix": ""}]}
SMALL_AND_RAW = {"prefix": "raw/", "object_size_less_than": 100}
MARKER = {"expiration": [{"expired_object_delete_marker": True}]}
ABORT = {"abort_incomplete_multipart_upload": [{"days_after_initiation": 1}]}


def moves(*pairs: tuple[int, str], **more: Any) -> dict[str, Any]:
    return {**EVERYTHING, "transition": [{"days": days, "storage_class": storage} for days, storage in pairs], **more}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({**WEEK, "filter": [SMALL_AND_RAW]}, [ERROR]),
        ({**WEEK, "filter": [{"and": [SMALL_AND_RAW]}]}, []),
        ({**WEEK, "filter": [{"tag": [{"key": "a", "value": "b"}], "prefix": "raw/"}]}, [ERROR]),
        ({**WEEK, "filter": [{"tag": [{"key": "a", "value": "b"}], "prefix": ""}]}, []),
        ({**WEEK, "filter": [{"and": [{"prefix": "raw/"}]}]}, [WARNING]),
        ({**WEEK, "filter": [{"and": [{"tags": {"a": "b", "c": "d"}}]}]}, []),
        ({**WEEK, "filter": [{"and": [{"prefix": "raw/", "tags": UNKNOWN}]}]}, []),
        ({**WEEK, "filter": [{"and": [{"object_size_greater_than": 9, "object_size_less_than": 9}]}]}, [ERROR]),
        ({**WEEK, "filter": [{"prefix": "/raw"}]}, [WARNING]),
        ({**WEEK, "filter": [{"prefix": "*.tmp"}]}, [WARNING]),
        ({**WEEK, "filter": [{"prefix": UNKNOWN}]}, []),
        ({**WEEK, "prefix": "a/", "filter": [{"prefix": "a/"}]}, [ERROR]),
        ({**EVERYTHING}, [ERROR]),
        ({**EVERYTHING, "dynamic": {"expiration": {"for_each": UNKNOWN, "content": {"days": 1}}}}, []),
        ({**EVERYTHING, **MARKER}, []),
        ({**EVERYTHING, "expiration": [{"expired_object_delete_marker": True, "days": 1}]}, [ERROR]),
        ({**EVERYTHING, "expiration": [{"expired_object_delete_marker": True, "days": 0}]}, []),
        ({**MARKER, "filter": [{"tag": [{"key": "a", "value": "b"}]}]}, [ERROR]),
        ({**MARKER, "filter": [{"object_size_less_than": 100}]}, [ERROR]),
        ({**EVERYTHING, "expiration": [{"days": 0}]}, [ERROR]),
        ({**EVERYTHING, "expiration": [{"days": UNKNOWN}]}, []),
        ({**EVERYTHING, "expiration": [{"days": 5, "date": "2030-01-01T00:00:00Z"}]}, [ERROR]),
        ({**EVERYTHING, "expiration": [{"date": "2030-01-01T12:00:00Z"}]}, [ERROR]),
        ({**EVERYTHING, "expiration": [{"date": "2030-01-01T00:00:00Z"}]}, []),
        ({**ABORT, "filter": [{"tag": [{"key": "a", "value": "b"}]}]}, [ERROR]),
        ({**ABORT, "filter": [{"prefix": "raw/"}]}, []),
        ({**EVERYTHING, "abort_incomplete_multipart_upload": [{"days_after_initiation": 0}]}, [ERROR]),
        (moves((30, "STANDARD_IA"), (60, "GLACIER")), []),
        (moves((30, "STANDARD_IA"), (59, "GLACIER")), [ERROR]),
        (moves((29, "STANDARD_IA")), [ERROR]),
        (moves((10, "GLACIER"), (40, "STANDARD_IA")), [ERROR]),
        (moves((10, "GLACIER_IR"), (10, "GLACIER")), [ERROR]),
        (moves((10, "GLACIER_IR"), (11, "DEEP_ARCHIVE")), []),
        (moves((30, "GLACIER"), (60, "GLACIER")), [ERROR]),
        (moves((30, "GLACIER"), expiration=[{"days": 30}]), [ERROR]),
        (moves((30, "GLACIER"), expiration=[{"days": 31}]), []),
        (moves((30, "GLACIER"), expiration=[{"date": "2030-01-01T00:00:00Z"}]), [ERROR]),
        (moves((30, "GLACIER"), expiration=[{"days": UNKNOWN}]), []),
        ({**EVERYTHING, "noncurrent_version_expiration": [{"noncurrent_days": 0}]}, [ERROR]),
        ({**EVERYTHING, "noncurrent_version_expiration": [{"newer_noncurrent_versions": 3}]}, [ERROR]),
        (
            {
                **EVERYTHING,
                "noncurrent_version_expiration": [{"noncurrent_days": 1, "newer_noncurrent_versions": 101}],
            },
            [ERROR],
        ),
        (
            {
                **EVERYTHING,
                "noncurrent_version_transition": [{"noncurrent_days": 7, "storage_class": "STANDARD_IA"}],
            },
            [ERROR],
        ),
    ],
)
def test_a_lifecycle_rule_is_judged(given: dict[str, Any], expected: list[str]) -> None:
    assert lifecycle(given) == expected


def test_ids_of_lifecycle_rules_are_unique() -> None:
    assert lifecycle({**EVERYTHING, **WEEK, "id": "a"}, {**EVERYTHING, **WEEK, "id": "a"}) == [ERROR]
    assert lifecycle({**EVERYTHING, **WEEK, "id": "a"}, {**EVERYTHING, **WEEK, "id": "b"}) == []


METRICS = {"region": "eu-west-1", "metrics": [["AWS/Lambda", "Errors", "FunctionName", "f"]]}


def metric(**properties: Any) -> dict[str, Any]:
    return {"type": "metric", "properties": {**METRICS, **properties}}


@pytest.mark.parametrize(
    ("widget", "expected"),
    [
        (metric(), []),
        ({**metric(), "x": 24}, [ERROR]),
        ({**metric(), "x": 18, "width": 12}, [WARNING]),
        ({**metric(), "width": "12"}, [ERROR]),
        ({**metric(), "height": 0}, [ERROR]),
        ({**metric(), "type": "metrics"}, [ERROR]),
        ({**metric(), "type": "something"}, [OPEN]),
        ({"type": "metric"}, [ERROR]),
        ({"properties": METRICS}, [ERROR]),
        ({"type": "text", "properties": {"markdown": "# A"}}, []),
        ({"type": "text", "properties": {"text": "# A"}}, [ERROR]),
        ({"type": "log", "properties": {"query": "SOURCE 'a'", "region": "eu-west-1"}}, []),
        ({"type": "log", "properties": {"region": "eu-west-1"}}, [ERROR]),
        ({"type": "alarm", "properties": {"alarms": ["arn:aws:cloudwatch:eu-west-1:1:alarm:a"]}}, []),
        ({"type": "alarm", "properties": {"alarms": ["failures"]}}, [ERROR]),
        ({"type": "alarm", "properties": {"title": "Alarms"}}, [ERROR]),
        ({"type": "alarm", "properties": {"alarms": []}}, [ERROR]),
        ({"type": "custom", "properties": {"title": "A"}}, [ERROR]),
        (metric(region=None), [ERROR]),
        (metric(metrics=[]), []),
        (metric(metrics=["AWS/Lambda", "Errors"]), [ERROR, ERROR]),
        (metric(metrics=[["AWS/Lambda", "Errors", "FunctionName"]]), [ERROR]),
        (metric(metrics=[["AWS/Lambda", "Errors", {"dimensions": {"FunctionName": "f"}}]]), [ERROR]),
        (metric(metrics=[["AWS/Lambda", "Errors", {"FunctionName": "f"}, "x"]]), [ERROR]),
        (metric(metrics=[["AWS/Lambda", "Errors", "FunctionName", "f"], [".", "Throttles", ".", "."]]), []),
        (metric(metrics=[["AWS/Lambda", "Errors", "FunctionName", "f"], ["...", "g"]]), []),
        (metric(metrics=[["AWS/Lambda", "Errors", {"color": "red"}]]), [ERROR]),
        (metric(metrics=[["AWS/Lambda", "Errors", {"color": "#d62728"}]]), []),
        (metric(metrics=[["AWS/Lambda", "Errors", {"yAxis": "top"}]]), [ERROR]),
        (metric(metrics=[["AWS/Lambda", "Errors", {"id": "M1"}]]), [ERROR]),
        (metric(metrics=[["AWS/Lambda", "Errors", {"id": "m1"}], ["AWS/Lambda", "Duration", {"id": "m1"}]]), [WARNING]),
        (metric(metrics=[["AWS/Lambda", "Errors", {"id": "m1"}], [{"expression": "m1 * 2", "id": "e1"}]]), []),
        (metric(metrics=[["AWS/Lambda", "Errors", {"id": "m1"}], [{"expression": "m2 * 2", "id": "e1"}]]), [WARNING]),
        (metric(metrics=[[{"expression": "SEARCH('{AWS/Lambda,FunctionName} m', 'Sum', 300)"}]]), []),
        (metric(view="timeseries"), [ERROR]),
        (metric(view="gauge"), [WARNING]),
        (metric(view="gauge", yAxis={"left": {"min": 0, "max": 9}}), []),
        (metric(period="300"), [ERROR]),
        (metric(period=90), [WARNING]),
        (metric(stat="sum"), [WARNING]),
        (metric(stat="p99.9"), []),
        (metric(annotations={"horizontal": [{"label": "a"}]}), [ERROR]),
        (metric(annotations={"horizontal": [{"value": 1}, [{"value": 2}, {"value": 3}]]}), []),
        ({"type": "metric", "properties": {"annotations": {"alarms": ["arn:aws:cloudwatch:x:1:alarm:a"]}}}, []),
        ({"type": "metric", "properties": {"annotations": {"alarms": ["arn:a", "arn:b"]}}}, [ERROR]),
    ],
)
def test_a_widget_is_judged(widget: dict[str, Any], expected: list[str]) -> None:
    body = {"dashboard_name": "d", "dashboard_body": json.dumps({"widgets": [widget]})}

    assert said("dashboard-body", "aws_cloudwatch_dashboard", body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"widgets": []}, []),
        ({"widgets": {}}, [ERROR]),
        ({"widget": []}, [ERROR]),
        ({"widgets": [{"type": "text", "properties": {"markdown": "a"}}] * 501}, [ERROR]),
    ],
)
def test_a_body_has_widgets(body: dict[str, Any], expected: list[str]) -> None:
    given = {"dashboard_name": "d", "dashboard_body": json.dumps(body)}

    assert said("dashboard-body", "aws_cloudwatch_dashboard", given) == expected


def table(**arguments: Any) -> list[str]:
    declared = [{"name": name, "type": "S"} for name in ("id", "status", "at")]
    keyed = {"name": "t", "billing_mode": "PAY_PER_REQUEST", "hash_key": "id", "attribute": declared, **arguments}
    return said("table-indexes", "aws_dynamodb_table", keyed)


def indexed(count: int = 1, **block: Any) -> dict[str, Any]:
    blocks = [{"name": f"index{n}", "hash_key": "status", "projection_type": "ALL", **block} for n in range(count)]
    return {"global_secondary_index": blocks}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (indexed(), []),
        (indexed(non_key_attributes=["a"]), [ERROR]),
        (indexed(projection_type="KEYS_ONLY", non_key_attributes=["a"]), [ERROR]),
        (indexed(projection_type="KEYS_ONLY", non_key_attributes=[]), []),
        (indexed(projection_type="INCLUDE"), [ERROR]),
        (indexed(projection_type="INCLUDE", non_key_attributes=["a"]), []),
        (indexed(projection_type="INCLUDE", non_key_attributes=UNKNOWN), []),
        (indexed(projection_type=UNKNOWN, non_key_attributes=["a"]), []),
        (indexed(projection_type="INCLUDE", non_key_attributes=[f"a{n}" for n in range(21)]), [ERROR]),
        (indexed(range_key="status"), [ERROR]),
        (indexed(name="i"), [ERROR]),
        (indexed(name="by status"), [ERROR]),
        (indexed(name=UNKNOWN), []),
        (indexed(20), []),
        (indexed(21), [WARNING]),
        (indexed(2, name="same"), [ERROR]),
        ({"local_secondary_index": [{"name": "local", "range_key": "at", "projection_type": "ALL"}]}, [ERROR]),
        (
            {
                "range_key": "status",
                "local_secondary_index": [{"name": "local", "range_key": "at", "projection_type": "ALL"}],
            },
            [],
        ),
        ({"range_key": "id"}, [ERROR]),
        ({"stream_enabled": True}, [ERROR]),
        ({"stream_enabled": True, "stream_view_type": "KEYS_ONLY"}, []),
        ({"stream_view_type": "KEYS_ONLY"}, [WARNING]),
        ({"stream_enabled": UNKNOWN, "stream_view_type": "KEYS_ONLY"}, []),
        ({"ttl": [{"enabled": True}]}, [ERROR]),
        ({"ttl": [{"enabled": True, "attribute_name": "at"}]}, []),
    ],
)
def test_a_table_is_judged(arguments: dict[str, Any], expected: list[str]) -> None:
    assert table(**arguments) == expected


FIRST = {"create_before_destroy": True}


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("aws_lambda_function", {"function_name": "f", "lifecycle": FIRST}, [WARNING]),
        ("aws_lambda_function", {"function_name": "f"}, []),
        ("aws_lambda_function", {"function_name": "f", "lifecycle": {"create_before_destroy": False}}, []),
        ("aws_lambda_function", {"function_name": UNKNOWN, "lifecycle": FIRST}, []),
        ("aws_security_group", {"name": "web", "lifecycle": FIRST}, [WARNING]),
        ("aws_security_group", {"name_prefix": "web-", "lifecycle": FIRST}, []),
        ("aws_sqs_queue", {"name": "q", "lifecycle": [FIRST]}, [WARNING]),
        ("aws_iam_role", {"name": "r-${random_id.x.hex}", "lifecycle": FIRST}, []),
        ("aws_cloudwatch_dashboard", {"dashboard_name": "d", "lifecycle": FIRST}, [WARNING]),
    ],
)
def test_a_name_that_stays_is_told(kind: str, body: dict[str, Any], expected: list[str]) -> None:
    assert said("name-while-replaced", kind, body) == expected
