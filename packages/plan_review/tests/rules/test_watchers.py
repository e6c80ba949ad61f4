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
        ({"comparison_operator": "LessThanThreshold"}, [WARNING]),
        ({"metric_name": "Invocations", "comparison_operator": "LessThanThreshold"}, []),
        ({"treat_missing_data": "breaching"}, [WARNING]),
        ({"metric_name": "Invocations", "treat_missing_data": "breaching"}, []),
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


QUEUE_ALARM = {
    "namespace": "AWS/SQS",
    "metric_name": "ApproximateNumberOfMessagesVisible",
    "statistic": "Maximum",
}
SHOP = {
    "aws_sqs_queue": {
        "orders": {"name": "shop-orders"},
        "orders_dlq": {"name": "shop-orders-dlq"},
        "bills": {"name": "shop-bills"},
    },
    "aws_lambda_function": {
        "take": {"function_name": "shop-take-order"},
        "pay": {"function_name": "shop-pay-bill"},
    },
}


def called(name: str, watching: str, description: str = "") -> dict[str, Any]:
    of_queue = watching.startswith("aws_sqs_queue.")
    name_of = f"${{{watching}.{'name' if of_queue else 'function_name'}}}"
    dimension = {"QueueName" if of_queue else "FunctionName": name_of}
    changes = {**(QUEUE_ALARM if of_queue else {}), "dimensions": dimension, "alarm_name": name}
    return {**SHOP, **alarm(**changes, alarm_description=description)}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (called("shop-orders-wait", "aws_sqs_queue.orders"), []),
        (called("shop-orders-wait", "aws_sqs_queue.bills"), [WARNING]),
        (called("shop-orders-dlq", "aws_sqs_queue.orders"), [WARNING]),
        (called("shop-order-dead-letters", "aws_sqs_queue.orders_dlq"), []),
        (called("shop-orders-wait", "aws_sqs_queue.orders_dlq"), []),
        (called("too-many-messages", "aws_sqs_queue.bills"), []),
        (called("too-many-messages", "aws_sqs_queue.bills", "Orders wait"), [WARNING]),
        (called("bills-wait", "aws_sqs_queue.bills", "Orders are not billed"), []),
        (called("TakeOrderErrors", "aws_lambda_function.take"), []),
        (called("TakeOrderErrors", "aws_lambda_function.pay"), [WARNING]),
        (called("TakeOrderThrottles", "aws_lambda_function.take"), [WARNING]),
        (
            {
                **called("TakeOrderErrors", "aws_lambda_function.take"),
                **alarm(alarm_name="TakeOrderErrors", metric_name="Duration"),
            },
            [],
        ),
        (called("TakeOrder", "aws_lambda_function.take"), []),
        (called("TakeOrderFailures", "aws_lambda_function.take"), []),
    ],
)
def test_an_alarm_watches_what_its_name_says(resources: dict[str, Any], expected: list[str]) -> None:
    assert said("watcher-of-another", resources) == expected


def titled(title: str, *queues: str) -> dict[str, Any]:
    metrics = [["AWS/SQS", "NumberOfMessagesSent", "QueueName", f"${{aws_sqs_queue.{queue}.name}}"] for queue in queues]
    widget = {"type": "metric", "properties": {"region": "eu-west-1", "title": title, "metrics": metrics}}
    return {**SHOP, "aws_cloudwatch_dashboard": {"one": {"dashboard_body": json.dumps({"widgets": [widget]})}}}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (titled("Orders", "orders"), []),
        (titled("Orders", "bills"), [WARNING]),
        (titled("Orders", "orders", "bills"), []),
        (titled("Queues", "bills"), []),
    ],
)
def test_a_graph_shows_what_its_title_says(resources: dict[str, Any], expected: list[str]) -> None:
    assert said("watcher-of-another", resources) == expected


@pytest.mark.parametrize(("moved", "expected"), [("orders_dlq", [WARNING]), ("bills", [])])
def test_what_sqs_moves_does_not_count_as_sent(moved: str, expected: list[str]) -> None:
    redrive = json.dumps({"deadLetterTargetArn": f"${{aws_sqs_queue.{moved}.arn}}", "maxReceiveCount": 3})
    queues = {**SHOP["aws_sqs_queue"], "orders": {"name": "shop-orders", "redrive_policy": redrive}}
    resources = called("shop-orders-dlq", "aws_sqs_queue.orders_dlq")
    resources["aws_cloudwatch_metric_alarm"]["one"]["metric_name"] = "NumberOfMessagesSent"

    assert said("watcher-of-another", {**resources, "aws_sqs_queue": queues}) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [WARNING]),
        ({"threshold": 5}, []),
        ({"dimensions": {"FunctionName": "g"}}, []),
        ({"period": "${var.x}"}, []),
    ],
)
def test_two_alarms_are_not_the_same(changes: dict[str, Any], expected: list[str]) -> None:
    one = {**ERRORS, "dimensions": {"FunctionName": "f"}}
    two = {**one, "alarm_name": "again", **changes}

    assert said("watched-twice", {"aws_cloudwatch_metric_alarm": {"one": one, "two": two}}) == expected


def filtered(block: dict[str, Any], **changes: Any) -> dict[str, Any]:
    given = {"namespace": "Shop", "name": "Refused", "value": "1", **block}
    filters = {"one": {"name": "f", "log_group_name": "g", "pattern": "x", "metric_transformation": [given]}}
    watching = alarm(namespace="Shop", metric_name="Refused", **changes)
    return {"aws_cloudwatch_log_metric_filter": filters, **watching}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (filtered({}), []),
        (filtered({}, dimensions={"Service": "a"}), [ERROR]),
        (filtered({"dimensions": {"Service": "$.service"}}, dimensions={"Service": "a"}), []),
        (filtered({"dimensions": {"Service": "$.service"}}), [ERROR]),
        (
            filtered({"dimensions": {"Service": "$.service"}, "default_value": "0"}, dimensions={"Service": "a"}),
            [ERROR],
        ),
        (filtered({"default_value": "0"}), []),
        (filtered({"unit": "Count"}, unit="Seconds"), [ERROR]),
        (filtered({"name": "Refusd"}), [OPEN]),
        (filtered({"name": "${var.x}"}), []),
        (filtered({"namespace": "AWS/Shop"}), [WARNING]),
    ],
)
def test_a_metric_of_log_lines_is_watched_as_it_is_sent(resources: dict[str, Any], expected: list[str]) -> None:
    assert said("metric-filter", resources) == expected


@pytest.mark.parametrize(("region", "expected"), [("eu-west-1", []), ("us-east-1", [WARNING]), ("${var.x}", [])])
def test_a_graph_looks_in_the_region_of_what_it_shows(region: str, expected: list[str]) -> None:
    metrics = [["AWS/SQS", "NumberOfMessagesSent", "QueueName", "${aws_sqs_queue.orders.name}"]]
    widget = {"type": "metric", "properties": {"region": region, "title": "Orders", "metrics": metrics}}
    resources = {**SHOP, "aws_cloudwatch_dashboard": {"one": {"dashboard_body": json.dumps({"widgets": [widget]})}}}
    document = {"resource": resources, "variable": {"x": {}}, "provider": {"aws": {"region": "eu-west-1"}}}

    assert [WARNING for _ in of_rule(findings(document), "watcher-of-another")] == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(failures)", []),
        ('ALARM("failures") AND NOT OK("other-thing")', []),
        ('ALARM("failure")', [OPEN]),
        ('ALARM("arn:aws:cloudwatch:eu-west-1:1:alarm:failures")', []),
        ('ALERT("failures")', [ERROR]),
        ('ALARM("${var.x}")', []),
        ('NOT (ALARM("failures") OR ALARM("failures"))', []),
    ],
)
def test_a_composite_alarm_names_alarms(rule: str, expected: list[str]) -> None:
    composite = {"aws_cloudwatch_composite_alarm": {"all": {"alarm_name": "all", "alarm_rule": rule}}}

    assert said("composite-alarm", {**alarm(), **composite}) == expected
