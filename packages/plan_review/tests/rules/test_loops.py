"""What feeds itself, through whatever stands between; and what only looks like it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read
from plan_review.findings import Finding, Severity, Verdict
from plan_review.rules import check
from plan_review.rules.evidence import Evidence

if TYPE_CHECKING:
    from pathlib import Path

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}
UPLOADS = "${aws_s3_bucket.uploads.arn}/*"
RESULTS = "${aws_s3_bucket.results.arn}/*"
CODE = """
import os
import boto3

def handler(event, context):
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key={key}, Body=b"")
"""


def _stack(listening: dict[str, Any], resources: list[str], bucket: str = "uploads") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": resources}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {
        "aws_s3_bucket": {"uploads": {"bucket": "uploads-1"}, "results": {"bucket": "results-1"}},
        "aws_iam_role": {"worker": {"name": "worker", "assume_role_policy": json.dumps(TRUST)}},
        "aws_iam_role_policy": {"worker": {"role": "${aws_iam_role.worker.id}", "policy": json.dumps(policy)}},
        "aws_lambda_function": {
            "worker": {
                "function_name": "worker",
                "role": "${aws_iam_role.worker.arn}",
                "runtime": "python3.11",
                "handler": "worker.handler",
                "environment": {"variables": {"BUCKET": f"${{aws_s3_bucket.{bucket}.bucket}}"}},
            }
        },
        **listening,
    }


def _notification(**block: Any) -> dict[str, Any]:
    block = {"lambda_function_arn": "${aws_lambda_function.worker.arn}", "events": ["s3:ObjectCreated:*"], **block}
    return {"aws_s3_bucket_notification": {"n": {"bucket": "${aws_s3_bucket.uploads.id}", "lambda_function": [block]}}}


def _rule(detail: dict[str, Any], **more: Any) -> dict[str, Any]:
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail, **more}
    target = {"rule": "${aws_cloudwatch_event_rule.r.name}", "arn": "${aws_lambda_function.worker.arn}"}
    return {
        "aws_cloudwatch_event_rule": {"r": {"event_pattern": json.dumps(pattern)}},
        "aws_cloudwatch_event_target": {"t": target},
    }


def _loops(stack: dict[str, Any], code: Path | None = None) -> list[Finding]:
    evidence = Evidence(code=[code] if code else [])
    found = check(read({"resource": stack}), evidence=evidence)
    return [each for each in found if each.rule_id == "event-loop" and each.verdict is not Verdict.HOLDS]


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """Code that writes where the variable says, under a key known at run time only."""
    (tmp_path / "worker.py").write_text(CODE.format(key="event['key']"), encoding="utf-8")
    return tmp_path


def _verdicts(found: list[Finding]) -> list[Verdict]:
    return [each.verdict for each in found]


def test_code_that_writes_to_the_bucket_that_starts_it(code: Path) -> None:
    found = _loops(_stack(_notification(), [UPLOADS, RESULTS]), code)

    assert _verdicts(found) == [Verdict.MISSING]
    assert found[0].severity is Severity.ERROR
    assert "aws_lambda_function.worker writes to aws_s3_bucket.uploads" in found[0].message


def test_code_that_writes_elsewhere_though_the_role_allows_both(code: Path) -> None:
    assert _loops(_stack(_notification(), [UPLOADS, RESULTS], bucket="results"), code) == []


def test_a_role_that_may_write_to_both_tells_nothing_without_the_code() -> None:
    assert _verdicts(_loops(_stack(_notification(), [UPLOADS, RESULTS]))) == [Verdict.CANNOT_TELL]


def test_a_role_that_may_write_there_alone_is_a_warning_without_the_code() -> None:
    found = _loops(_stack(_notification(), [UPLOADS]))

    assert [(each.verdict, each.severity) for each in found] == [(Verdict.MISSING, Severity.WARNING)]


@pytest.mark.parametrize(
    ("filters", "key", "verdict"),
    [
        ({"filter_prefix": "raw/"}, "'done/' + event['key']", None),
        ({"filter_prefix": "raw/"}, "'raw/' + event['key']", Verdict.MISSING),
        ({"filter_prefix": "raw/"}, "event['key']", Verdict.CANNOT_TELL),
        ({"filter_suffix": ".mp4"}, "event['key'] + '.json'", None),
        ({"filter_suffix": ".mp4"}, "event['key'] + '.mp4'", Verdict.MISSING),
        ({"filter_prefix": "raw/", "filter_suffix": ".mp4"}, "'raw/' + event['key'] + '.json'", None),
        ({"filter_prefix": "raw/", "filter_suffix": ".mp4"}, "'raw/' + event['key'] + '.mp4'", Verdict.MISSING),
    ],
)
def test_filters_of_keys(tmp_path: Path, filters: dict[str, str], key: str, verdict: Verdict | None) -> None:
    (tmp_path / "worker.py").write_text(CODE.format(key=key), encoding="utf-8")

    found = _verdicts(_loops(_stack(_notification(**filters), [UPLOADS]), tmp_path))

    assert found == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("detail", "verdict"),
    [
        ({"bucket": {"name": ["uploads-1"]}}, Verdict.MISSING),
        ({"bucket": {"name": [{"prefix": "up"}]}}, Verdict.MISSING),
        ({"bucket": {"name": ["other"]}}, None),
        ({}, Verdict.MISSING),
        ({"bucket": {"name": ["uploads-1"]}, "requester": ["123456789012"]}, Verdict.CANNOT_TELL),
        ({"bucket": {"name": ["uploads-1"]}, "reason": ["PutObject"]}, Verdict.MISSING),
        ({"bucket": {"name": ["uploads-1"]}, "object": {"key": [{"prefix": "raw/"}]}}, Verdict.CANNOT_TELL),
    ],
)
def test_event_patterns(code: Path, detail: dict[str, Any], verdict: Verdict | None) -> None:
    assert _verdicts(_loops(_stack(_rule(detail), [UPLOADS]), code)) == ([verdict] if verdict else [])


def test_deletions_are_not_what_is_written(code: Path) -> None:
    removed = {"detail-type": ["Object Deleted"]}
    notification = _notification(events=["s3:ObjectRemoved:*"])

    assert _loops(_stack(_rule({}, **removed), [UPLOADS]), code) == []
    assert _loops(_stack(notification, [UPLOADS]), code) == []


def _through(**resources: Any) -> dict[str, Any]:
    return {name: {"x": body} for name, body in resources.items()}


@pytest.mark.parametrize(
    "between",
    [
        _through(
            aws_sqs_queue={"name": "q"},
            aws_s3_bucket_notification={
                "bucket": "${aws_s3_bucket.uploads.id}",
                "queue": {"queue_arn": "${aws_sqs_queue.x.arn}", "events": ["s3:ObjectCreated:Put"]},
            },
            aws_lambda_event_source_mapping={
                "event_source_arn": "${aws_sqs_queue.x.arn}",
                "function_name": "${aws_lambda_function.worker.function_name}",
            },
        ),
        _through(
            aws_sns_topic={"name": "t"},
            aws_s3_bucket_notification={
                "bucket": "${aws_s3_bucket.uploads.id}",
                "topic": {"topic_arn": "${aws_sns_topic.x.arn}", "events": ["s3:ObjectCreated:*"]},
            },
            aws_sns_topic_subscription={
                "topic_arn": "${aws_sns_topic.x.arn}",
                "protocol": "lambda",
                "endpoint": "${aws_lambda_function.worker.arn}",
            },
        ),
        _through(
            aws_sfn_state_machine={
                "name": "m",
                "role_arn": "${aws_iam_role.worker.arn}",
                "definition": json.dumps(
                    {
                        "StartAt": "A",
                        "States": {
                            "A": {
                                "Type": "Task",
                                "Resource": "arn:aws:states:::lambda:invoke",
                                "Parameters": {"FunctionName": "${aws_lambda_function.worker.arn}"},
                                "End": True,
                            }
                        },
                    }
                ),
            },
            aws_cloudwatch_event_rule={"event_pattern": json.dumps({"source": ["aws.s3"]})},
            aws_cloudwatch_event_target={
                "rule": "${aws_cloudwatch_event_rule.x.name}",
                "arn": "${aws_sfn_state_machine.x.arn}",
                "role_arn": "${aws_iam_role.worker.arn}",
            },
        ),
    ],
    ids=["queue", "topic", "state machine"],
)
def test_what_stands_between_is_looked_through(code: Path, between: dict[str, Any]) -> None:
    found = _loops(_stack(between, [UPLOADS]), code)

    assert set(_verdicts(found)) == {Verdict.MISSING}
