"""What alarms and dashboards watch, and whether they can tell."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.findings import Severity, Verdict

from .examples import findings, of_rule

ERROR, WARNING, OPEN = "error", "warning", "cannot tell"
ERRORS = {
    "alarm_name": "failures",
    "namespace": "AWS/Lambda",
    "metric_name": "Errors",
    "statistic": "Sum",
    "period": 60,
    "evaluation_periods": 1,
    "threshold": 1,
    "comparison_operator": "GreaterThanOrEqualToThreshold",
}
QUEUES = {"orders": {"name": "web-shop-orders"}, "bills": {"name": "web-shop-bills"}}


def said(rule: str, resources: dict[str, Any]) -> list[str]:
    """Return how bad each finding of a rule is."""
    return [
        OPEN if each.verdict is Verdict.CANNOT_TELL else WARNING if each.severity is Severity.WARNING else ERROR
        for each in of_rule(findings({"resource": resources, "variable": {"x": {}}}), rule)
    ]


def alarm(**changes: Any) -> dict[str, Any]:
    return {"aws_cloudwatch_metric_alarm": {"one": {**ERRORS, **changes}}}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"unit": "Count"}, []),
        ({"unit": "Seconds"}, [ERROR]),
        ({"unit": "${var.x}"}, []),
        ({"metric_name": "Duration", "unit": "Seconds", "statistic": "Average"}, [ERROR]),
        ({"metric_name": "Duration", "unit": "Milliseconds", "statistic": "Average"}, []),
        ({"metric_name": "ProvisionedConcurrencyUtilization", "unit": "Percent"}, []),
        ({"namespace": "Mine", "unit": "Percent"}, []),
        ({"statistic": "SampleCount"}, [WARNING]),
        ({"metric_name": "AsyncEventAge", "statistic": "Sum", "threshold": 9}, [WARNING]),
        ({"statistic": "Maximum", "threshold": 5}, [WARNING]),
        ({"statistic": "Maximum"}, []),
        ({"statistic": "Average", "threshold": 0.05}, []),
        ({"threshold": 0}, [WARNING]),
        ({"threshold": 0, "comparison_operator": "GreaterThanThreshold"}, []),
        ({"threshold": 0, "comparison_operator": "LessThanThreshold"}, [WARNING]),
        ({"threshold": "${var.x}"}, []),
    ],
)
def test_an_alarm_can_go_off(changes: dict[str, Any], expected: list[str]) -> None:
    assert said("alarm-unit", alarm(**changes)) == expected


def queried(**metric: Any) -> dict[str, Any]:
    given = {"namespace": "AWS/Lambda", "metric_name": "Errors", "period": 60, "stat": "Sum", **metric}
    body = {"alarm_name": "a", "metric_query": [{"id": "m1", "return_data": True, "metric": [given]}]}
    return {"aws_cloudwatch_metric_alarm": {"one": body}}


def drawn(*metrics: list[Any]) -> dict[str, Any]:
    widget = {"type": "metric", "properties": {"region": "eu-west-1", "title": "T", "metrics": list(metrics)}}
    return {"aws_cloudwatch_dashboard": {"one": {"dashboard_body": json.dumps({"widgets": [widget]})}}}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (queried(), []),
        (queried(metric_name="Error"), [ERROR]),
        (queried(namespace="AWS/lambda"), [ERROR]),
        (drawn(["AWS/Lambda", "Errors", "FunctionName", "f"]), []),
        (drawn(["AWS/Lambda", "Error", "FunctionName", "f"]), [ERROR]),
        (drawn(["AWS/Lambda", "Errors", "FunctionName", "f"], [".", "Throttle", ".", "."]), [ERROR]),
        (drawn(["AWS/Lambda", "Errors", "FunctionName", "f"], ["...", "g"]), []),
        (drawn(["AWS/Lambda", "Errors", "Functionname", "f"]), [ERROR]),
        (drawn([{"expression": "m1 + m2"}]), []),
        (alarm(namespace="AWS/SQS", metric_name="ApproximateNumberOfMessagesVisible"), [ERROR]),
        (
            alarm(
                namespace="AWS/SQS",
                metric_name="ApproximateNumberOfMessagesVisible",
                dimensions={"QueueName": "${var.x}"},
            ),
            [],
        ),
        (alarm(namespace="AWS/DynamoDB", metric_name="ThrottledRequests", dimensions={"TableName": "t"}), [ERROR]),
        (alarm(namespace="AWS/DynamoDB", metric_name="UserErrors", dimensions={"TableName": "t"}), [ERROR]),
        (alarm(namespace="AWS/DynamoDB", metric_name="ReadThrottleEvents", dimensions={"TableName": "t"}), []),
        (alarm(namespace="AWS/DynamoDB", metric_name="ReadThrottleEvent", dimensions={"TableName": "t"}), [OPEN]),
        (alarm(namespace="AWS/DynamoDB", metric_name="SomethingOfTomorrow", dimensions={"TableName": "t"}), []),
        (alarm(namespace="AWS/Lamda"), [OPEN]),
        (alarm(namespace="Mine", metric_name="Anything"), []),
    ],
)
def test_a_metric_exists(resources: dict[str, Any], expected: list[str]) -> None:
    assert said("alarm-metric", resources) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("web-shop-orders", []), ("web-shop-order", [OPEN]), ("web-shop-returns", [OPEN]), ("another-thing", [])],
)
def test_a_dimension_names_what_is_there(name: str, expected: list[str]) -> None:
    watching = alarm(
        namespace="AWS/SQS", metric_name="ApproximateNumberOfMessagesVisible", dimensions={"QueueName": name}
    )

    assert said("alarm-metric", {**watching, "aws_sqs_queue": QUEUES}) == expected
