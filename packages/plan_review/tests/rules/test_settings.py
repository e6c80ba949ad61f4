"""Settings that AWS refuses, that switch something off, or that nothing comes of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.findings import Verdict

from .examples import findings, of_rule

TOPIC = "${aws_sns_topic.t.arn}"
QUEUE = "${aws_sqs_queue.q.arn}"
SUBSCRIPTIONS = "aws_sns_topic_subscription"
RULES = "aws_cloudwatch_event_rule"


def verdicts(rule: str, kind: str, body: dict[str, Any], **resources: Any) -> list[Verdict]:
    """Return what a rule says of one resource, beside a topic, a queue and what else is given."""
    document = {
        "provider": {"aws": {"region": "eu-west-1"}},
        "variable": {"x": {}},
        "resource": {
            "aws_sns_topic": {"t": {"name": "t"}},
            "aws_sqs_queue": {"q": {"name": "q"}},
            **resources,
            kind: {"it": body},
        },
    }
    return [finding.verdict for finding in of_rule(findings(document), rule)]


WRONG, FINE, OPEN = [Verdict.MISSING], [], [Verdict.CANNOT_TELL]  # type: ignore[var-annotated]
ALARM = "aws_cloudwatch_metric_alarm"
FUNCTION = {"function_name": "f", "role": "arn:aws:iam::1:role/r", "handler": "i.h", "filename": "f"}
SUBSCRIPTION = {"topic_arn": TOPIC}


@pytest.mark.parametrize(
    ("rule", "kind", "body", "expected"),
    [
        ("value-choice", "aws_lambda_function", {**FUNCTION, "architectures": ["aarch64"]}, WRONG),
        ("value-choice", "aws_lambda_function", {**FUNCTION, "architectures": ["arm64"]}, FINE),
        ("value-choice", "aws_lambda_function", {**FUNCTION, "runtime": "python3.99"}, OPEN),
        ("value-choice", "aws_lambda_function", {**FUNCTION, "runtime": "${var.x}"}, FINE),
        ("value-choice", "aws_lambda_function", {**FUNCTION, "tracing_config": {"mode": "ACTIVE"}}, WRONG),
        ("value-choice", ALARM, {"treat_missing_data": "notbreaching"}, WRONG),
        ("value-choice", "aws_s3_bucket_acl", {"bucket": "b", "acl": "log-delivery-write"}, FINE),
        ("value-choice", "aws_s3_bucket_notification", {"queue": [{"events": ["s3:ObjectCreated"]}]}, WRONG),
        ("value-choice", "aws_s3_bucket_notification", {"queue": [{"events": ["s3:ObjectCreated:*"]}]}, FINE),
        ("settings-together", ALARM, {"evaluation_periods": 1, "datapoints_to_alarm": 3}, WRONG),
        ("settings-together", ALARM, {"evaluation_periods": 400, "period": 300}, WRONG),
        ("settings-together", ALARM, {"evaluation_periods": 48, "period": 3600}, FINE),
        ("settings-together", "aws_media_convert_queue", {"name": "m", "pricing_plan": "RESERVED"}, WRONG),
        ("settings-together", "aws_cloudwatch_event_target", {"input": "{}", "input_path": "$.detail"}, WRONG),
        ("settings-together", "aws_dynamodb_table", {"hash_key": "a", "read_capacity": 1, "write_capacity": 1}, FINE),
        (
            "lifecycle-rule",
            "aws_s3_bucket_lifecycle_configuration",
            {"rule": [{"expiration": [{"days": 30}], "transition": [{"days": 60, "storage_class": "GLACIER"}]}]},
            WRONG,
        ),
        (
            "lifecycle-rule",
            "aws_s3_bucket_lifecycle_configuration",
            {"rule": [{"transition": [{"days": 7, "storage_class": "STANDARD_IA"}]}]},
            WRONG,
        ),
        (
            "lifecycle-rule",
            "aws_s3_bucket_lifecycle_configuration",
            {"rule": [{"transition": [{"days": 30, "storage_class": "ONEZONE_IA"}]}]},
            FINE,
        ),
        (
            "lifecycle-rule",
            "aws_s3_bucket_lifecycle_configuration",
            {"rule": [{"transition": [{"days": 0, "storage_class": "INTELLIGENT_TIERING"}]}]},
            FINE,
        ),
        ("number-range", "aws_lambda_function", {**FUNCTION, "timeout": "1200"}, WRONG),
        ("number-range", "aws_lambda_function", {**FUNCTION, "timeout": "${var.x}"}, FINE),
        ("number-range", "aws_cloudwatch_log_group", {"name": "g", "retention_in_days": "8"}, WRONG),
        ("number-range", "aws_iam_role", {"name": "r", "max_session_duration": 60}, WRONG),
        ("too-many", "aws_lambda_function", {**FUNCTION, "layers": ["arn:aws:lambda:x"] * 6}, WRONG),
        ("tags", "aws_sqs_queue", {"name": "q2", "tags": {f"k{i}": "v" for i in range(51)}}, WRONG),
        ("tags", "aws_sqs_queue", {"name": "q2", "tags": "${var.x}"}, FINE),
        ("subscription-endpoint", SUBSCRIPTIONS, {"protocol": "lambda", "endpoint": QUEUE}, WRONG),
        ("subscription-endpoint", SUBSCRIPTIONS, {"protocol": "sqs", "endpoint": QUEUE}, FINE),
        ("subscription-endpoint", SUBSCRIPTIONS, {"protocol": "email", "endpoint": "${var.x}"}, FINE),
        ("filter-policy", SUBSCRIPTIONS, {**SUBSCRIPTION, "filter_policy": '{"a": {"b": ["c"]}}'}, WRONG),
        ("filter-policy", SUBSCRIPTIONS, {**SUBSCRIPTION, "filter_policy": '{"a": ["b"]}'}, FINE),
        ("json-argument", "aws_cloudwatch_dashboard", {"dashboard_body": "{"}, WRONG),
        ("json-argument", "aws_cloudwatch_dashboard", {"dashboard_body": "${var.x}"}, FINE),
        ("switched-off", "aws_lambda_function", {**FUNCTION, "reserved_concurrent_executions": 0}, WRONG),
        ("switched-off", "aws_lambda_function", {**FUNCTION, "reserved_concurrent_executions": -1}, FINE),
        ("switched-off", RULES, {"schedule_expression": "rate(1 day)", "state": "${var.x}"}, FINE),
        ("reserved-concurrency", "aws_lambda_function", {**FUNCTION, "reserved_concurrent_executions": 1200}, OPEN),
        ("alarm-metric", ALARM, {"namespace": "AWS/lambda", "metric_name": "Errors"}, WRONG),
        ("schedule-expression", "aws_scheduler_schedule", {"schedule_expression": "rate(1 hours)"}, FINE),
        ("schedule-expression", RULES, {"schedule_expression": "rate(1 hours)"}, WRONG),
        ("open-to-everyone", "aws_lambda_function_url", {"function_name": "f", "authorization_type": "NONE"}, WRONG),
    ],
)  # fmt: skip
def test_a_setting_is_judged(rule: str, kind: str, body: dict[str, Any], expected: list[Verdict]) -> None:
    assert verdicts(rule, kind, body) == expected


BUS = {"aws_cloudwatch_event_bus": {"own": {"name": "own"}}}


@pytest.mark.parametrize(
    ("bus", "source", "more", "expected"),
    [
        ("${aws_cloudwatch_event_bus.own.name}", "aws.s3", BUS, WRONG),
        ("${aws_cloudwatch_event_bus.own.name}", "shop.orders", BUS, FINE),
        ("${aws_cloudwatch_event_bus.own.name}", "aws.s3", {**BUS, "aws_cloudwatch_event_permission": {"p": {}}}, OPEN),
        ("default", "aws.s3", {}, FINE),
        ("media", "aws.s3", {}, OPEN),
        (
            "${aws_cloudwatch_event_bus.own.name}",
            "aws.s3",
            {**BUS, "aws_cloudwatch_event_target": {"f": {"arn": "${aws_cloudwatch_event_bus.own.arn}", "rule": "f"}}},
            FINE,
        ),
    ],
)
def test_events_of_aws_are_on_the_default_bus(bus: str, source: str, more: Any, expected: list[Verdict]) -> None:
    body = {"event_bus_name": bus, "event_pattern": json.dumps({"source": [source]})}

    assert verdicts("bus-without-events", RULES, body, **more) == expected


@pytest.mark.parametrize("source", ["aws:s3", "s3.amazonaws.com"])
def test_a_source_is_named_as_events_name_it(source: str) -> None:
    body = {"event_pattern": json.dumps({"source": [source]})}

    assert verdicts("event-pattern-value", RULES, body) == WRONG


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("aws_iam_role_policy", {"role": "arn:aws:iam::111122223333:role/r", "policy": "{}"}, WRONG),
        ("aws_iam_role_policy", {"role": "r", "policy": "{}"}, FINE),
        ("aws_sqs_queue_policy", {"queue_url": QUEUE, "policy": "{}"}, WRONG),
        ("aws_sqs_queue_policy", {"queue_url": "${aws_sqs_queue.q.id}", "policy": "{}"}, FINE),
        (ALARM, {"namespace": "AWS/SQS", "dimensions": {"QueueName": QUEUE}}, WRONG),
        (ALARM, {"namespace": "AWS/SQS", "dimensions": {"QueueName": "${aws_sqs_queue.q.name}"}}, FINE),
        (ALARM, {"namespace": "AWS/SQS", "dimensions": {"QueueName": "${var.x}"}}, FINE),
        ("aws_s3_bucket_policy", {"bucket": "arn:aws:s3:::b", "policy": "{}"}, WRONG),
        (SUBSCRIPTIONS, {"protocol": "sqs", "endpoint": "${aws_sqs_queue.q.url}", "topic_arn": TOPIC}, WRONG),
    ],
)  # fmt: skip
def test_an_argument_has_the_form_that_it_takes(kind: str, body: dict[str, Any], expected: list[Verdict]) -> None:
    assert verdicts("argument-form", kind, body) == expected


@pytest.mark.parametrize(
    ("key", "found"),
    [([{"prefix": "incoming/"}], 0), ([{"suffix": ".mp4"}], 0), ([{"suffix": "mov"}], 1), (["incoming/a.mp4"], 1)],
)
def test_a_folder_is_no_reason_to_match_no_sample(key: list[Any], found: int) -> None:
    pattern = {"source": ["aws.s3"], "detail": {"object": {"key": key}}}
    sample = {"source": "aws.s3", "detail-type": "Object Created", "detail": {"object": {"key": "films/a.mp4"}}}
    document = {"resource": {RULES: {"r": {"event_pattern": json.dumps(pattern)}}}}

    assert len(of_rule(findings(document, events={"sample": sample}), "event-pattern-samples")) == found
