"""What the policies on queues, topics, buckets and keys may say, by the rules of their services."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.findings import Severity

from .examples import findings, of_rule

ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
QUEUE, TOPIC, BUCKET = "${aws_sqs_queue.q.arn}", "${aws_sns_topic.t.arn}", "${aws_s3_bucket.b.arn}"
RESOURCES = {"sqs": QUEUE, "sns": TOPIC, "s3": f"{BUCKET}/*", "kms": "*"}
ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "s3": "s3:GetObject", "kms": "kms:*"}
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def reviewed(service: str, *, top: Any = None, apart: bool = True, **changes: Any) -> list[Any]:
    """Review the policy of a queue, topic, bucket or key: a right one of one statement, with some changes."""
    statement = {
        "Sid": "S",
        "Effect": "Allow",
        "Principal": ROOT,
        "Action": ACTIONS[service],
        "Resource": RESOURCES[service],
        **changes,
    }
    document = {"Version": "2012-10-17", "Statement": [statement], **(top or {})}
    text = json.dumps({name: value for name, value in document.items() if value is not None})
    resources: dict[str, Any] = {
        "aws_sqs_queue": {"q": {"name": "orders"}, "other": {"name": "others"}},
        "aws_sns_topic": {"t": {"name": "news"}},
        "aws_s3_bucket": {"b": {"bucket": "reports"}},
    }
    if service == "kms":
        resources["aws_kms_key"] = {"k": {"policy": text}}
    elif apart:
        kind, key, value = {
            "sqs": ("aws_sqs_queue_policy", "queue_url", "${aws_sqs_queue.q.id}"),
            "sns": ("aws_sns_topic_policy", "arn", TOPIC),
            "s3": ("aws_s3_bucket_policy", "bucket", "${aws_s3_bucket.b.id}"),
        }[service]
        resources[kind] = {"p": {key: value, "policy": text}}
    else:
        resources[{"sqs": "aws_sqs_queue", "sns": "aws_sns_topic"}[service]] = {"own": {"name": "own", "policy": text}}
    return of_rule(findings({"resource": resources, "variable": {"x": {"type": "string"}}}), "resource-policy")


SEVEN = [f"sqs:{name}Message" for name in ("Send", "Receive", "Delete")] + [
    f"sqs:{name}" for name in ("GetQueueUrl", "GetQueueAttributes", "ChangeMessageVisibility", "PurgeQueue")
]


@pytest.mark.parametrize(
    ("service", "changes", "said", "severity"),
    [
        ("sqs", {"Action": [*SEVEN, "sqs:ListDeadLetterSourceQueues"]}, "8 actions; SQS takes 7", ERROR),
        ("sqs", {"Principal": {"AWS": [f"{111122220000 + n}" for n in range(51)]}}, "51 principals", ERROR),
        ("sqs", {"Action": ["sqs:SendMessage", "sns:Publish"]}, "sns:Publish, which is no action of sqs", ERROR),
        ("sqs", {"Action": "lambda:*"}, "no action of sqs", ERROR),
        ("sqs", {"Resource": "${aws_sqs_queue.other.arn}"}, "the policy is that of aws_sqs_queue.q", WARNING),
        ("sqs", {"Resource": "arn:aws:sqs:eu-west-1:111122223333:order"}, "the policy is that of", WARNING),
        ("sqs", {"Resource": [QUEUE, "${aws_sqs_queue.other.arn}"]}, "lists 2 resources", WARNING),
        ("sns", {"Action": ["sns:Publish", "sns:CreateTopic"]}, "sns:CreateTopic, which a topic's policy", ERROR),
        ("sns", {"Action": "SNS:SetSubscriptionAttributes"}, "cannot allow", ERROR),
        ("sns", {"Action": ["sns:ListTopics", "sns:ListSubscriptions"]}, "cannot allow", ERROR),
        ("sns", {"Action": "sns:Create*"}, "cannot allow", ERROR),
        ("sns", {"Action": "sns:*"}, "may not allow", WARNING),
        ("sns", {"Action": "sqs:SendMessage"}, "no action of sns", ERROR),
        ("sns", {"Resource": QUEUE}, "the policy is that of aws_sns_topic.t", WARNING),
        ("s3", {"Action": "s3:ListBucket"}, "s3:ListBucket works on none of", ERROR),
        ("s3", {"Resource": BUCKET}, "s3:GetObject works on none of", ERROR),
        ("s3", {"Action": ["s3:GetObject", "s3:ListBucket", "s3:GetBucketAcl"]}, "s3:ListBucket, s3:GetBuck", ERROR),
        ("s3", {"Action": "s3:PutObject*", "Resource": BUCKET}, "s3:PutObject* works on none of", ERROR),
        ("s3", {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": BUCKET}, "works on none of", ERROR),
        ("s3", {"Action": ["s3:GetObject", "kms:Decrypt"]}, "kms:Decrypt, which is no action of s3", ERROR),
        ("kms", {"Resource": "arn:aws:kms:eu-west-1:111122223333:alias/main"}, "the resource is the key", WARNING),
        ("kms", {"Resource": f"{BUCKET}/*"}, "the resource is the key", WARNING),
        ("kms", {"Action": ["kms:*", "s3:GetObject"]}, "s3:GetObject, which is no action of kms", WARNING),
    ],
)  # fmt: skip
def test_what_the_service_does_not_take_is_said(service: str, changes: Any, said: str, severity: Severity) -> None:
    (found,) = reviewed(service, **changes)

    assert said in found.message
    assert found.severity is severity


@pytest.mark.parametrize("apart", [True, False])
def test_a_queue_s_policy_has_a_version(apart: bool) -> None:  # noqa: FBT001 - a case
    (found,) = reviewed("sqs", top={"Version": None}, apart=apart, Resource="*")

    assert "has no Version" in found.message
    assert reviewed("sns", top={"Version": None}, apart=apart, Resource="*") == []


def test_a_queue_s_policy_has_at_most_20_statements() -> None:
    statements = [
        {"Effect": "Allow", "Principal": ROOT, "Action": "sqs:SendMessage", "Resource": QUEUE, "Sid": f"S{number}"}
        for number in range(21)
    ]

    (found,) = reviewed("sqs", top={"Statement": statements})

    assert "21 statements" in found.message


@pytest.mark.parametrize(
    ("service", "changes"),
    [
        ("sqs", {}),
        ("sqs", {"Action": SEVEN}),
        ("sqs", {"Action": "sqs:*"}),
        ("sqs", {"Action": "SQS:SendMessage"}),
        ("sqs", {"Resource": "arn:aws:sqs:*:*:orders"}),
        ("sqs", {"Resource": "arn:aws:sqs:*:*:ord*"}),
        ("sqs", {"Resource": "${var.x}"}),
        ("sqs", {"Resource": "*"}),
        ("sqs", {"Effect": "Deny", "Principal": "*", "Action": "*"}),
        ("sns", {"Action": ["SNS:Publish", "SNS:Receive", "SNS:Subscribe", "SNS:GetTopicAttributes"]}),
        ("sns", {"Action": "sns:Get*"}),
        ("sns", {"Resource": "${var.x}"}),
        ("s3", {"Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [BUCKET, f"{BUCKET}/*"]}),
        ("s3", {"Action": "s3:*", "Resource": BUCKET}),
        ("s3", {"Action": "s3:Get*", "Resource": BUCKET}),
        ("s3", {"Resource": f"{BUCKET}/in/*"}),
        ("s3", {"Resource": "${var.x}"}),
        ("s3", {"Action": "${var.x}"}),
        ("s3", {"Action": "s3:ANewAction"}),
        ("s3", {"Resource": f"{BUCKET}*"}),
        ("kms", {}),
        ("kms", {"Resource": "arn:aws:kms:*:111122223333:key/*"}),
        ("kms", {"Resource": "${var.x}"}),
    ],
)
def test_policies_that_the_service_takes_are_taken(service: str, changes: Any) -> None:
    assert reviewed(service, **changes) == []
