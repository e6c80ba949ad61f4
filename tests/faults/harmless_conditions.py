"""Conditions and forms of statements that what works here meets: none may give a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.addresses import INBOX
from tests.faults.harmless_change import HARMLESS
from tests.faults.historic import FUNCTION_POLICY, MACHINE_POLICY
from tests.faults.permissions import JOB_EVENTS_POLICY, JOB_POLICY
from tests.faults.stored import KEY_POLICY, OUTPUT_POLICY
from tests.faults.wiring import TOPIC_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.mutation import Subject

_ACCOUNT = "123456789012"
_REGION = "ap-southeast-1"

# Name of the change → policy, Sid of its statement, the condition that it gets.
_CONDITIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "table-of-this-account": (JOB_EVENTS_POLICY, "UseJobTable", {"StringEquals": {"aws:ResourceAccount": _ACCOUNT}}),
    "table-in-this-region": (JOB_EVENTS_POLICY, "UseJobTable", {"StringEquals": {"aws:RequestedRegion": _REGION}}),
    "table-by-roles-of-this-account": (
        *(JOB_EVENTS_POLICY, "UseJobTable"),
        {"StringEquals": {"aws:PrincipalAccount": [_ACCOUNT, "210987654321"]}},
    ),
    "output-over-tls": (JOB_EVENTS_POLICY, "WriteOutput", {"Bool": {"aws:SecureTransport": "true"}}),
    "output-by-this-role": (
        *(JOB_EVENTS_POLICY, "WriteOutput"),
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{_ACCOUNT}:role/media-pipeline-*"}},
    ),
    "notices-not-from-elsewhere": (
        *(JOB_EVENTS_POLICY, "PublishNotices"),
        {"StringNotEquals": {"aws:RequestedRegion": ["us-gov-west-1", "cn-north-1"]}},
    ),
    "notices-if-any-region": (
        *(JOB_EVENTS_POLICY, "PublishNotices"),
        {"StringEqualsIfExists": {"aws:RequestedRegion": _REGION}},
    ),
    "notices-not-for-a-service": (JOB_EVENTS_POLICY, "PublishNotices", {"Bool": {"aws:ViaAWSService": "false"}}),
    "key-by-way-of-sns": (
        *(JOB_EVENTS_POLICY, "EncryptNotices"),
        {"StringEquals": {"kms:ViaService": f"sns.{_REGION}.amazonaws.com"}},
    ),
    "key-by-way-of-some-service": (
        *(JOB_EVENTS_POLICY, "EncryptNotices"),
        {"StringLike": {"kms:ViaService": ["sns.*.amazonaws.com", "sqs.*.amazonaws.com"]}},
    ),
    "key-for-callers-of-this-account": (
        *(JOB_EVENTS_POLICY, "EncryptNotices"),
        {"StringEquals": {"kms:CallerAccount": _ACCOUNT}},
    ),
    "machine-in-this-region": (MACHINE_POLICY, "UseJobTable", {"StringEquals": {"aws:RequestedRegion": _REGION}}),
    "machine-of-no-user": (MACHINE_POLICY, "InvokeOrchestrator", {"Null": {"aws:username": "true"}}),
    "jobs-of-this-account": (JOB_POLICY, "ReadUploads", {"StringEquals": {"s3:ResourceAccount": _ACCOUNT}}),
    "jobs-read-over-tls": (JOB_POLICY, "ReadUploads", {"BoolIfExists": {"aws:SecureTransport": "true"}}),
    "role-passed-by-pattern": (
        *(FUNCTION_POLICY, "PassServiceRole"),
        {"StringLike": {"iam:PassedToService": "mediaconvert.*"}},
    ),
    "role-passed-to-one-of-two": (
        *(FUNCTION_POLICY, "PassServiceRole"),
        {"StringEquals": {"iam:PassedToService": ["mediaconvert.amazonaws.com"]}},
    ),
    "role-passed-if-said": (
        *(FUNCTION_POLICY, "PassServiceRole"),
        {"StringEqualsIfExists": {"iam:PassedToService": "mediaconvert.amazonaws.com"}},
    ),
    "alarms-of-this-region": (
        *(TOPIC_POLICY, "AlarmsPublish"),
        {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{_REGION}:{_ACCOUNT}:alarm:*"}},
    ),
    "alarms-of-this-account-in-another-case": (
        *(TOPIC_POLICY, "AlarmsPublish"),
        {"StringEquals": {"AWS:SourceAccount": _ACCOUNT}},
    ),
    "alarms-by-their-names": (
        *(TOPIC_POLICY, "AlarmsPublish"),
        {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:*:{_ACCOUNT}:alarm:media-pipeline-local-*"}},
    ),
}

# Name of the change → policy, argument, the statement that is added.
_DENIALS: dict[str, tuple[str, dict[str, Any]]] = {
    "output-denies-old-tls": (
        OUTPUT_POLICY,
        {
            "Sid": "DenyOldTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["${aws_s3_bucket.OutputBucket.arn}", "${aws_s3_bucket.OutputBucket.arn}/*"],
            "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        },
    ),
    "output-denies-other-accounts": (
        OUTPUT_POLICY,
        {
            "Sid": "DenyOthers",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": "${aws_s3_bucket.OutputBucket.arn}/*",
            "Condition": {"StringNotEquals": {"aws:PrincipalAccount": _ACCOUNT}},
        },
    ),
    "output-denies-deleting": (
        OUTPUT_POLICY,
        {
            "Sid": "DenyDeleting",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteBucket", "s3:DeleteObjectVersion"],
            "Resource": ["${aws_s3_bucket.OutputBucket.arn}", "${aws_s3_bucket.OutputBucket.arn}/*"],
        },
    ),
    "output-denies-other-folders": (
        OUTPUT_POLICY,
        {
            "Sid": "DenyPrivate",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "${aws_s3_bucket.OutputBucket.arn}/private/*",
        },
    ),
    "inbox-denies-purging": (
        INBOX,
        {
            "Sid": "NobodyPurges",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": ["sqs:PurgeQueue", "sqs:DeleteQueue"],
            "Resource": "arn:aws:sqs:*:*:media-pipeline-local-inbox",
        },
    ),
    "topic-denies-without-tls": (
        TOPIC_POLICY,
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": "${aws_sns_topic.NotificationTopic.arn}",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ),
    "role-denies-other-regions": (
        JOB_EVENTS_POLICY,
        {
            "Sid": "DenyOtherRegions",
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": [_REGION, "us-east-1"]}},
        },
    ),
    "role-denies-deleting": (
        JOB_EVENTS_POLICY,
        {
            "Sid": "DenyDeleting",
            "Effect": "Deny",
            "Action": ["dynamodb:Delete*", "s3:Delete*"],
            "Resource": "*",
        },
    ),
    "role-denies-before-a-day-that-is-over": (
        JOB_EVENTS_POLICY,
        {
            "Sid": "DenyBefore",
            "Effect": "Deny",
            "Action": "s3:PutObject",
            "Resource": "*",
            "Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        },
    ),
    "key-denies-deletion": (
        KEY_POLICY,
        {
            "Sid": "NobodyDeletes",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "kms:ScheduleKeyDeletion",
            "Resource": "*",
        },
    ),
    "key-for-grants-of-services": (
        KEY_POLICY,
        {
            "Sid": "GrantsOfServices",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{_ACCOUNT}:root"},
            "Action": ["kms:CreateGrant", "kms:ListGrants"],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ),
}


def _condition(address: str, sid: str, condition: dict[str, Any]) -> Callable[[Subject], None]:
    return lambda subject: subject.statement(address, sid, Condition=condition)


def _denial(address: str, statement: dict[str, Any]) -> Callable[[Subject], None]:
    return lambda subject: subject.policy(address, lambda statements: statements.append(statement))


HARMLESS.update({name: _condition(*given) for name, given in _CONDITIONS.items()})
HARMLESS.update({name: _denial(*given) for name, given in _DENIALS.items()})
