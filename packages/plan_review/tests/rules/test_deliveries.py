"""What comes back to where it came from, and subscriptions of log lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.findings import Severity, Verdict

from .examples import findings, of_rule, write

if TYPE_CHECKING:
    from pathlib import Path

ERROR, WARNING, OPEN = "error", "warning", "cannot tell"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}


def said(rule: str, resources: dict[str, Any], code: Path | None = None) -> list[str]:
    """Return how bad each finding of a rule is."""
    return [
        OPEN if each.verdict is Verdict.CANNOT_TELL else WARNING if each.severity is Severity.WARNING else ERROR
        for each in of_rule(findings({"resource": resources, "variable": {"x": {}}}, code=code), rule)
    ]


def stack(**more: Any) -> dict[str, Any]:
    """Return functions a and b with their groups, a queue, a topic, streams and a table."""
    return {
        "aws_cloudwatch_log_group": {name: {"name": f"/aws/lambda/{name}"} for name in ("a", "b")},
        "aws_iam_role": {"r": {"name": "r", "assume_role_policy": json.dumps(TRUST)}},
        "aws_lambda_function": {
            name: {
                "function_name": name,
                "role": "${aws_iam_role.r.arn}",
                "runtime": "python3.13",
                "handler": f"{name}.handler",
                "environment": {"variables": {"QUEUE": "${aws_sqs_queue.q.url}", "TOPIC": "${aws_sns_topic.t.arn}"}},
            }
            for name in ("a", "b")
        },
        "aws_sqs_queue": {"q": {"name": "q"}, "dead": {"name": "dead"}},
        "aws_sns_topic": {"t": {"name": "t"}},
        "aws_kinesis_stream": {"s": {"name": "s"}},
        "aws_dynamodb_table": {
            "d": {"name": "d", "hash_key": "id", "stream_enabled": True, "stream_view_type": "KEYS_ONLY"}
        },
        **more,
    }


def subscription(group: str, destination: str, **more: Any) -> dict[str, Any]:
    return {"name": "s", "log_group_name": f"/aws/lambda/{group}", "destination_arn": destination, **more}


def subscriptions(*each: dict[str, Any]) -> dict[str, Any]:
    return {"aws_cloudwatch_log_subscription_filter": {f"s{n}": one for n, one in enumerate(each)}}


def mapping(source: str, **more: Any) -> dict[str, Any]:
    body = {"event_source_arn": source, "function_name": "${aws_lambda_function.a.arn}", **more}
    return {"aws_lambda_event_source_mapping": {"m": body}}


A, B = "${aws_lambda_function.a.arn}", "${aws_lambda_function.b.arn}"
STREAM, QUEUE = "${aws_kinesis_stream.s.arn}", "${aws_sqs_queue.q.arn}"
TOPIC = "${aws_sns_topic.t.arn}"
TO_FUNCTION = {"aws_sns_topic_subscription": {"s": {"topic_arn": TOPIC, "protocol": "lambda", "endpoint": A}}}
FIREHOSE = {
    "aws_kinesis_firehose_delivery_stream": {
        "f": {
            "name": "f",
            "extended_s3_configuration": [
                {
                    "processing_configuration": [
                        {"processors": [{"parameters": [{"parameter_name": "LambdaArn", "parameter_value": f"{A}:1"}]}]}
                    ]
                }
            ],
        }
    }
}
POLICY = {
    "policy_name": "all",
    "policy_type": "SUBSCRIPTION_FILTER_POLICY",
    "policy_document": '{"DestinationArn": "${aws_lambda_function.a.arn}", "FilterPattern": ""}',
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (subscriptions(subscription("a", A)), [ERROR]),
        (subscriptions(subscription("a", A, filter_pattern="")), [ERROR]),
        (subscriptions(subscription("a", A, filter_pattern="ERROR")), [OPEN]),
        (subscriptions(subscription("a", f"{A}:live")), [ERROR]),
        (subscriptions(subscription("a", B)), []),
        (subscriptions(subscription("a", B), subscription("b", A)), [ERROR]),
        ({**subscriptions(subscription("a", STREAM)), **mapping(STREAM)}, [ERROR]),
        ({**subscriptions(subscription("a", STREAM)), **mapping(STREAM, enabled=False)}, []),
        ({**subscriptions(subscription("a", STREAM)), **mapping(STREAM, enabled="${var.x}")}, [OPEN]),
        ({**subscriptions(subscription("a", "${aws_kinesis_firehose_delivery_stream.f.arn}")), **FIREHOSE}, [ERROR]),
        ({"aws_cloudwatch_log_account_policy": {"p": POLICY}}, [ERROR]),
        (
            {
                "aws_cloudwatch_log_account_policy": {
                    "p": {**POLICY, "selection_criteria": 'LogGroupName NOT IN ["/aws/lambda/a"]'}
                }
            },
            [],
        ),
        (
            {
                "aws_lambda_function_event_invoke_config": {
                    "c": {
                        "function_name": "a",
                        "destination_config": [{"on_success": [{"destination": TOPIC}]}],
                    }
                },
                **TO_FUNCTION,
            },
            [ERROR],
        ),
        (
            {
                "aws_lambda_function_event_invoke_config": {
                    "c": {
                        "function_name": "a",
                        "destination_config": [{"on_failure": [{"destination": TOPIC}]}],
                    }
                },
                **TO_FUNCTION,
            },
            [WARNING],
        ),
        (
            {
                "aws_lambda_function_event_invoke_config": {
                    "c": {
                        "function_name": "a",
                        "destination_config": [{"on_success": [{"destination": QUEUE}]}],
                    }
                },
                **mapping(QUEUE),
            },
            [],
        ),
        (
            {
                "aws_sqs_queue_redrive_policy": {
                    "one": {
                        "queue_url": "${aws_sqs_queue.q.id}",
                        "redrive_policy": '{"deadLetterTargetArn": "${aws_sqs_queue.dead.arn}", "maxReceiveCount": 3}',
                    },
                    "two": {
                        "queue_url": "${aws_sqs_queue.dead.id}",
                        "redrive_policy": '{"deadLetterTargetArn": "${aws_sqs_queue.q.arn}", "maxReceiveCount": 3}',
                    },
                }
            },
            [WARNING],
        ),
    ],
)
def test_what_comes_back_is_told(more: dict[str, Any], expected: list[str]) -> None:
    assert said("delivery-loop", stack(**more)) == expected


SENDS = """
import os
import boto3

def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody="again")
    boto3.client("sns").publish(TopicArn=os.environ["TOPIC"], Message="again")
    boto3.client("dynamodb").put_item(TableName="d", Item={"id": {"S": "1"}})
"""
TO_TOPIC = {
    "aws_sns_topic_subscription": {
        "s": {"topic_arn": "${aws_sns_topic.t.arn}", "protocol": "sqs", "endpoint": "${aws_sqs_queue.q.arn}"}
    }
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (mapping(QUEUE), [WARNING]),
        (mapping(QUEUE, filter_criteria=[{"filter": [{"pattern": '{"body": ["x"]}'}]}]), [OPEN]),
        (mapping(STREAM), []),
        (mapping("${aws_dynamodb_table.d.stream_arn}"), [WARNING]),
        ({**TO_TOPIC, **mapping(QUEUE)}, [WARNING, WARNING]),
        (TO_TOPIC, []),
    ],
)
def test_code_that_sends_to_what_invokes_it(more: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    code = write(tmp_path, {"a.py": SENDS, "b.py": "def handler(event, context): ..."})

    assert said("delivery-loop", stack(**more), code) == expected


ROLE = {"role_arn": "${aws_iam_role.r.arn}"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (subscriptions(subscription("a", STREAM)), [ERROR]),
        (subscriptions(subscription("a", STREAM, **ROLE)), []),
        (subscriptions(subscription("a", STREAM, role_arn="${var.x}")), []),
        (subscriptions(subscription("a", B)), []),
        (subscriptions(subscription("a", QUEUE)), [ERROR]),
        (subscriptions(subscription("a", "${var.x}")), []),
        (subscriptions(*[subscription("a", B)] * 3), [ERROR]),
        (subscriptions(*[subscription("a", B)] * 2), []),
        (subscriptions(subscription("a", B), subscription("b", A), subscription("a", A)), []),
    ],
)
def test_a_subscription_is_such_as_is_taken(more: dict[str, Any], expected: list[str]) -> None:
    assert said("log-subscription", stack(**more)) == expected


def test_a_subscription_stays_in_its_region() -> None:
    given = subscriptions(subscription("a", "arn:aws:lambda:us-east-1:123456789012:function:x"))
    document = {"resource": stack(**given), "provider": {"aws": {"region": "eu-west-1"}}}

    assert [each.verdict for each in of_rule(findings(document), "log-subscription")] == [Verdict.MISSING]


def permission(**changes: Any) -> dict[str, Any]:
    body = {
        "function_name": "b",
        "action": "lambda:InvokeFunction",
        "principal": "logs.amazonaws.com",
        "source_arn": "${aws_cloudwatch_log_group.a.arn}:*",
        **changes,
    }
    return {"aws_lambda_permission": {"p": body}, **subscriptions(subscription("a", B))}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (permission(), []),
        (permission(principal="logs.us-east-1.amazonaws.com"), [ERROR]),
        (permission(principal="logs.eu-west-1.amazonaws.com"), []),
        (permission(source_arn="${aws_cloudwatch_log_group.a.arn}"), [ERROR]),
        (permission(source_arn="${aws_cloudwatch_log_group.b.arn}:*"), [ERROR]),
        (permission(source_arn=None, source_account="123456789012"), []),
        (permission(function_name="a"), [ERROR]),
        (subscriptions(subscription("a", STREAM, **ROLE)), [ERROR]),
    ],
)
def test_log_lines_may_be_delivered(more: dict[str, Any], expected: list[str]) -> None:
    providers = {"aws": {"region": "eu-west-1", "allowed_account_ids": ["123456789012"]}}
    found = findings({"resource": stack(**more), "provider": providers})

    assert [
        ERROR for each in of_rule(found, "log-subscription-permission") if each.verdict is Verdict.MISSING
    ] == expected


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("${aws_kms_key.k.key_id}", [ERROR]),
        ("${aws_kms_key.k.id}", [ERROR]),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", [ERROR]),
        ("alias/logs", [ERROR]),
        ("${aws_kms_key.k.arn}", []),
        ("${var.x}", []),
    ],
)
def test_a_log_group_takes_a_keys_arn(arn: str, expected: list[str]) -> None:
    groups = {"aws_cloudwatch_log_group": {"g": {"name": "g", "kms_key_id": arn}}, "aws_kms_key": {"k": {}}}

    assert said("argument-form", groups) == expected


def test_a_queue_takes_a_keys_id() -> None:
    queues = {
        "aws_sqs_queue": {"q": {"name": "q", "kms_master_key_id": "${aws_kms_key.k.key_id}"}},
        "aws_kms_key": {"k": {}},
    }

    assert said("argument-form", queues) == []


@pytest.mark.parametrize(
    ("qualifier", "resource", "expected"),
    [
        ({"Qualifier": "live"}, A, [ERROR]),
        ({"Qualifier": "live"}, f"{A}:*", []),
        ({"Qualifier": "live"}, f"{A}:live", []),
        ({"Qualifier": "$LATEST"}, A, []),
        ({}, A, []),
        ({}, f"{A}:live", [ERROR]),
    ],
)
def test_a_task_calls_what_its_role_may_call(qualifier: dict[str, str], resource: str, expected: list[str]) -> None:
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": resource}
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": A, **qualifier},
        "End": True,
    }
    machine = {
        "name": "m",
        "role_arn": "${aws_iam_role.r.arn}",
        "definition": json.dumps({"StartAt": "Call", "States": {"Call": task}}),
    }
    policy = {"role": "r", "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}

    assert said("task-permission", stack(aws_sfn_state_machine={"m": machine}, aws_iam_role_policy={"p": policy})) == (
        expected
    )


@pytest.mark.parametrize(
    ("action", "variables", "expected"),
    [("kms:Decrypt", {"A": "b"}, []), ("kms:Encrypt", {"A": "b"}, [WARNING]), ("kms:Encrypt", {}, [])],
)
def test_a_role_may_use_the_key_of_the_variables(action: str, variables: dict[str, str], expected: list[str]) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": "${aws_kms_key.k.arn}"}
    policy = {"role": "r", "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
    resources = stack(aws_kms_key={"k": {}}, aws_iam_role_policy={"p": policy})
    resources["aws_lambda_function"]["a"] |= {
        "kms_key_arn": "${aws_kms_key.k.arn}",
        "environment": {"variables": variables},
    }

    assert said("key-permission", resources) == expected
