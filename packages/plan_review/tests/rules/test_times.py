"""Times that fit together, where the state is kept, and aliases and keys that there are."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.findings import Severity, Verdict
from plan_review.rules import RULES

from .examples import findings, of_rule, write

if TYPE_CHECKING:
    from pathlib import Path

ERROR, WARNING, OPEN = "error", "warning", "cannot tell"
DAY = 86_400
QUEUE = {"dead": {"name": "dead", "message_retention_seconds": 14 * DAY}}
DEAD = "${aws_sqs_queue.dead.arn}"


def said(rule: str, document: dict[str, Any], code: Path | None = None) -> list[str]:
    """Return how bad each finding of a rule is."""
    return [
        OPEN if each.verdict is Verdict.CANNOT_TELL else WARNING if each.severity is Severity.WARNING else ERROR
        for each in of_rule(findings({"variable": {"x": {}}, **document}, code=code), rule)
    ]


def records(name: str, value: str, **more: Any) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(RULES["record-expiry"].examples["passing"])
    variables = document["resource"]["aws_lambda_function"]["worker"]["environment"][0]["variables"]
    del variables["RECORD_TTL_HOURS"]
    variables[name] = value
    for kind, bodies in more.items():
        for label, body in bodies.items():
            document["resource"].setdefault(kind, {}).setdefault(label, {}).update(body)
    return document


TARGET = {"aws_cloudwatch_event_target": {"orders": {"dead_letter_config": [{"arn": DEAD}]}}}
SHORT = {"aws_cloudwatch_event_target": {"orders": {"retry_policy": [{"maximum_event_age_in_seconds": 3600}]}}}


def archive(days: int | None) -> dict[str, Any]:
    body = {"name": "a", "event_source_arn": "arn:aws:events:eu-west-1:123456789012:event-bus/default"}
    return {"aws_cloudwatch_event_archive": {"a": {**body, **({"retention_days": days} if days is not None else {})}}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (records("RECORD_TTL_DAYS", "1"), [WARNING]),
        (records("RECORD_TTL_DAYS", "2"), []),
        (records("TTL_SECONDS", "3600"), [WARNING]),
        (records("TTL_SECONDS", "3600", **SHORT), [WARNING]),
        (records("RECORD_RETENTION_HOURS", "8", **SHORT), []),
        (records("RECORD_TTL_DAYS", "7", aws_sqs_queue=QUEUE, **TARGET), [WARNING]),
        (records("RECORD_TTL_DAYS", "16", aws_sqs_queue=QUEUE, **TARGET), []),
        (records("RECORD_TTL_DAYS", "16", **archive(30)), [WARNING]),
        (records("RECORD_TTL_DAYS", "31", **archive(30)), []),
        (records("RECORD_TTL_DAYS", "365", **archive(None)), [WARNING]),
        (records("RECORD_TTL_DAYS", "${var.x}"), []),
        (records("SESSION_TTL_SECONDS", "60"), []),
        (records("CACHE_TTL_SECONDS", "60"), []),
        (records("RECORD_TTL_DAYS", "1", aws_dynamodb_table={"records": {"ttl": [{"enabled": False}]}}), []),
        (
            records(
                "RECORD_TTL_DAYS",
                "1",
                aws_cloudwatch_event_rule={"orders": {"event_pattern": None, "schedule_expression": "rate(1 day)"}},
            ),
            [],
        ),
    ],
)
def test_records_outlive_their_events(document: dict[str, Any], expected: list[str]) -> None:
    assert said("record-expiry", document) == expected


def objects(**rule: Any) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(RULES["objects-outlive-events"].examples["passing"])
    document["resource"]["aws_s3_bucket_lifecycle_configuration"]["films"]["rule"][0].update(rule)
    return document


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"expiration": [{"days": 13}]}, [WARNING]),
        ({"expiration": [{"days": 14}]}, []),
        ({"expiration": [{"days": 13}], "status": "Disabled"}, []),
        ({"expiration": [{"days": "${var.x}"}]}, []),
        ({"expiration": [{"expired_object_delete_marker": True}]}, []),
    ],
)
def test_objects_outlive_their_events(rule: dict[str, Any], expected: list[str]) -> None:
    assert said("objects-outlive-events", objects(**rule)) == expected


@pytest.mark.parametrize(
    ("kept", "waits", "expected"),
    [
        (14 * DAY, 14 * DAY, []),
        (4 * DAY, 14 * DAY, [WARNING]),
        (None, None, []),
        (3600, 3600, [WARNING]),
        ("${var.x}", 14 * DAY, []),
    ],
)
def test_dead_letters_are_kept_long_enough(kept: Any, waits: Any, expected: list[str]) -> None:
    policy = '{"deadLetterTargetArn": "${aws_sqs_queue.dead.arn}", "maxReceiveCount": 3}'
    queues = {
        "dead": {"name": "dead", "message_retention_seconds": kept},
        "q": {"name": "q", "message_retention_seconds": waits, "redrive_policy": policy},
    }

    assert said("dead-letter-retention", {"resource": {"aws_sqs_queue": queues}}) == expected


def kept(resource: dict[str, Any], key: str = "app/a.tfstate", **backend: Any) -> dict[str, Any]:
    settings = {"bucket": "state-1", "key": key, "region": "eu-west-1", **backend}
    return {"terraform": {"backend": {"s3": settings}}, "resource": resource}


def expiring(bucket: str = "state-1", **rule: Any) -> dict[str, Any]:
    given = {"id": "r", "status": "Enabled", "filter": [{"prefix": ""}], "expiration": [{"days": 30}], **rule}
    return {"aws_s3_bucket_lifecycle_configuration": {"l": {"bucket": bucket, "rule": [given]}}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (kept({"aws_s3_bucket": {"s": {"bucket": "state-1"}}}), [WARNING]),
        (kept({"aws_s3_bucket": {"s": {"bucket": "state-1", "force_destroy": True}}}), [ERROR]),
        (kept({"aws_s3_bucket": {"s": {"bucket": "other-1"}}}), []),
        ({"resource": {"aws_s3_bucket": {"s": {"bucket": "state-1"}}}}, []),
        (kept(expiring()), [ERROR]),
        (kept(expiring(filter=[{"prefix": "app/"}])), [ERROR]),
        (kept(expiring(filter=[{"prefix": "logs/"}])), []),
        (kept(expiring(filter=[{"tag": [{"key": "a", "value": "b"}]}])), []),
        (kept(expiring(status="Disabled")), []),
        (kept(expiring(bucket="other-1")), []),
        (kept({"aws_dynamodb_table": {"t": {"name": "locks"}}}, dynamodb_table="locks"), [WARNING]),
        (
            kept(
                {
                    "aws_s3_bucket_versioning": {
                        "v": {"bucket": "state-1", "versioning_configuration": [{"status": "Suspended"}]}
                    }
                }
            ),
            [WARNING],
        ),
    ],
)
def test_the_state_is_kept_elsewhere(document: dict[str, Any], expected: list[str]) -> None:
    assert said("own-state", document) == expected


ACTS = """
STATES = {"COMPLETE": "done", "ERROR": "failed"}

def handler(event, context):
    return STATES[event["detail"]["status"]]
"""
PASSES_ON = "def handler(event, context):\n    print(event['detail']['status'])\n"


@pytest.mark.parametrize(
    ("statuses", "source", "expected"),
    [
        ('["COMPLETE"]', ACTS, [WARNING]),
        ('["COMPLETE", "ERROR"]', ACTS, []),
        ('["COMPLETE", "ERROR", "CANCELED"]', ACTS, []),
        ('["COMPLETE"]', PASSES_ON, []),
        ('[{"anything-but": "CANCELED"}]', ACTS, []),
        ('["CANCELED"]', ACTS, []),
    ],
)
def test_a_rule_lets_through_what_the_code_acts_on(
    statuses: str, source: str, expected: list[str], tmp_path: Path
) -> None:
    document = copy.deepcopy(RULES["status-left-out"].examples["passing"])
    document["resource"]["aws_cloudwatch_event_rule"]["jobs"]["event_pattern"] = (
        f'{{"source": ["aws.mediaconvert"], "detail": {{"status": {statuses}}}}}'
    )

    assert said("status-left-out", document, write(tmp_path, {"worker.py": source})) == expected


@pytest.mark.parametrize(
    ("qualifier", "expected"),
    [("live", []), ("prod", [WARNING]), ("7", []), ("${var.x}", []), ("$LATEST", [ERROR])],
)
def test_an_alias_is_there(qualifier: str, expected: list[str]) -> None:
    document = copy.deepcopy(RULES["qualifier-exists"].examples["passing"])
    document["resource"]["aws_lambda_provisioned_concurrency_config"]["live"]["qualifier"] = qualifier

    assert said("qualifier-exists", document) == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("arn:aws:kms:us-east-1:123456789012:key/1", [ERROR]),
        ("arn:aws:kms:eu-west-1:123456789012:key/1", []),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", []),
        ("${var.x}", []),
    ],
)
def test_a_key_is_of_the_region(key: str, expected: list[str]) -> None:
    document = {
        "provider": {"aws": {"region": "eu-west-1"}},
        "resource": {"aws_sqs_queue": {"q": {"name": "q", "kms_master_key_id": key}}},
    }

    assert said("key-usable", document) == expected


@pytest.mark.parametrize(("algorithm", "expected"), [("AES256", []), ("aws:kms", [ERROR]), ("${var.x}", [])])
def test_logs_of_access_go_to_a_bucket_of_s3s_own_keys(algorithm: str, expected: list[str]) -> None:
    document = copy.deepcopy(RULES["log-bucket-key"].examples["passing"])
    settings = document["resource"]["aws_s3_bucket_server_side_encryption_configuration"]["logs"]
    settings["rule"] = [{"apply_server_side_encryption_by_default": [{"sse_algorithm": algorithm}]}]

    assert said("log-bucket-key", document) == expected
