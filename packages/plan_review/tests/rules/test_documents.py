"""Policies in themselves: what IAM, S3 and KMS refuse, and what reaches too far."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .examples import findings, of_rule

TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}
BUCKET = "${aws_s3_bucket.b.arn}"


def review(*, role: Any = None, bucket: Any = None, key: Any = None, attached: str = "") -> list[Any]:
    """Review a role's policy, a bucket's or a key's, of one statement each."""
    resources: dict[str, Any] = {
        "aws_s3_bucket": {"b": {"bucket": "example-bucket"}},
        "aws_iam_role": {"r": {"name": "r", "assume_role_policy": json.dumps(TRUST)}},
    }
    if role:
        resources["aws_iam_role_policy"] = {"r": {"role": "r", "policy": json.dumps({"Statement": role})}}
    if bucket:
        resources["aws_s3_bucket_policy"] = {
            "b": {"bucket": "example-bucket", "policy": json.dumps({"Statement": bucket})}
        }
    if key:
        resources["aws_kms_key"] = {"k": {"policy": json.dumps({"Statement": key})}}
    if attached:
        resources["aws_iam_role_policy_attachment"] = {"a": {"role": "r", "policy_arn": attached}}
    return findings({"provider": {"aws": {"region": "eu-west-1"}}, "resource": resources})


def read(**more: Any) -> dict[str, Any]:
    return {"Sid": "S", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **more}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (read(NotAction="s3:PutObject"), "both Action and NotAction"),
        (read(Resource="example-bucket/*"), "which is no ARN"),
        (read(Resource="arn:aws-cn:s3:::example-bucket/*"), "the partition here is aws"),
        (read(Resource="*/x"), ""),
        (read(Resource="arn:*:s3:::example-bucket/*"), ""),
        (read(Resource="${var.bucket}/*"), ""),
    ],
)
def test_iam_refuses_a_role_s_policy(statement: Any, said: str) -> None:
    found = [each.message for each in of_rule(review(role=statement), "policy-document")]

    assert [said in each for each in found] == ([True] if said else [])


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ([BUCKET, f"{BUCKET}/*"], ""),
        ("*", ""),
        ("arn:aws:s3:::example-*", ""),
        (f"{BUCKET}/in/*", ""),
        ("arn:aws:s3:::another-bucket/*", "which is not in aws_s3_bucket.b"),
    ],
)
def test_s3_refuses_a_policy_about_another_bucket(resource: Any, said: str) -> None:
    statement = read(Resource=resource, Principal={"AWS": "arn:aws:iam::111122223333:root"})

    found = [each.message for each in of_rule(review(bucket=statement), "policy-document")]

    assert [said in each for each in found] == ([True] if said else [])


ROOT = {"AWS": "arn:aws:iam::111122223333:root"}


@pytest.mark.parametrize(
    ("action", "refused"), [("kms:*", False), (["kms:Put*", "kms:Decrypt"], False), ("kms:Decrypt", True)]
)
def test_kms_refuses_a_policy_that_locks_everyone_out(action: Any, refused: bool) -> None:  # noqa: FBT001 - a case
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": ROOT}

    assert bool(of_rule(review(key=statement), "policy-document")) is refused


@pytest.mark.parametrize(
    ("statement", "wide"),
    [
        (read(Resource="*"), True),
        (read(Resource="arn:aws:s3:::*"), True),
        (read(Resource="arn:aws:s3:::*/*"), True),
        (read(Resource=f"{BUCKET}*"), True),
        (read(Resource=f"{BUCKET}/*"), False),
        (read(Resource="arn:aws:s3:::example-*/*"), False),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/*"}, True),
        (read(Action="sqs:SendMessage", Resource="arn:aws:sqs:*:*:*"), True),
        (read(Action="sqs:SendMessage", Resource="arn:aws:sqs:*:*:orders"), False),
        (read(Action="dynamodb:GetItem", Resource="arn:aws:dynamodb:*:*:table/*"), True),
        (read(Action="mediaconvert:CreateJob", Resource="arn:aws:mediaconvert:*:*:queues/*"), True),
        (read(Action="mediaconvert:TagResource", Resource="arn:aws:mediaconvert:*:*:jobs/*"), False),
        (read(Action="logs:PutLogEvents", Resource="arn:aws:logs:*:*:*"), False),
        (read(Action="cloudwatch:PutMetricData", Resource="*"), False),
        (read(Action="xray:PutTraceSegments", Resource="*"), False),
        (read(Resource="*", Condition={"StringEquals": {"aws:ResourceTag/team": "x"}}), False),
        (
            read(Action="iam:PassRole", Resource="*", Condition={"StringEquals": {"iam:PassedToService": "x"}}),
            True,
        ),
    ],
)
def test_a_resource_that_stands_for_all_of_a_kind_wants_a_reason(statement: Any, wide: bool) -> None:  # noqa: FBT001
    assert bool(of_rule(review(role=statement), "wildcard-resource")) is wide


@pytest.mark.parametrize(
    ("policy", "wide"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", True),
        ("arn:aws:iam::aws:policy/AmazonS3FullAccess", True),
        ("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", False),
        ("arn:aws:iam::111122223333:policy/FullAccess", False),
    ],
)
def test_a_managed_policy_that_allows_everything_wants_a_reason(policy: str, wide: bool) -> None:  # noqa: FBT001
    assert bool(of_rule(review(attached=policy), "wildcard-resource")) is wide


def sized(kind: str, argument: str, length: int, owner: dict[str, Any] | None = None, **more: Any) -> list[Any]:
    """Review a document that is as long as this."""
    text = json.dumps({"Version": "2012-10-17", "Statement": []})
    text += "x" * (length - len(text))
    document = {"resource": {kind: {"d": {argument: text, **more}}, **(owner or {})}}
    return of_rule(findings(document), "document-size")


@pytest.mark.parametrize(
    ("kind", "argument", "most", "more"),
    [
        ("aws_iam_policy", "policy", 6144, {}),
        ("aws_sqs_queue", "policy", 8192, {}),
        ("aws_sns_topic", "policy", 30720, {}),
        ("aws_s3_bucket_policy", "policy", 20480, {}),
        ("aws_kms_key_policy", "policy", 32768, {}),
        ("aws_dynamodb_resource_policy", "policy", 20480, {}),
        ("aws_iam_user_policy", "policy", 2048, {"user": "u"}),
        ("aws_iam_group_policy", "policy", 5120, {"group": "g"}),
        ("aws_iam_role_policy", "policy", 10240, {"role": "r"}),
    ],
)
def test_a_document_longer_than_its_kind_allows_is_said(kind: str, argument: str, most: int, more: Any) -> None:
    owner = {f"aws_iam_{name}": {"o": {"name": value}} for name, value in more.items()}
    # White space does not count in IAM's documents.
    spaces = 3 if kind.startswith("aws_iam_") else 0

    assert sized(kind, argument, most + spaces, owner, **more) == []
    assert len(sized(kind, argument, most + spaces + 1, owner, **more)) == 1


def test_a_pattern_beyond_the_default_quota_is_a_warning() -> None:
    rule = "aws_cloudwatch_event_rule"

    assert sized(rule, "event_pattern", 2048) == []
    assert [each.severity.value for each in sized(rule, "event_pattern", 2049)] == ["warning"]
    assert [each.severity.value for each in sized(rule, "event_pattern", 4097)] == ["error"]
