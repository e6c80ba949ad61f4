"""Policy documents by IAM's grammar: what AWS refuses, and what it takes and never meets.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.aws.policy_arguments import PolicyKind
from plan_review.findings import Severity
from plan_review.policies.condition_values import moment
from plan_review.policies.grammar import problems

from .examples import findings, of_rule

IDENTITY, TRUST, RESOURCE = PolicyKind.IDENTITY, PolicyKind.TRUST, PolicyKind.RESOURCE
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
WEB = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
GIVEN: dict[PolicyKind, dict[str, Any]] = {
    IDENTITY: {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE},
    TRUST: {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}},
    RESOURCE: {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE, "Principal": ROOT},
}


def said(kind: PolicyKind, top: Any = None, **changes: Any) -> list[tuple[str, bool]]:
    """Return what is said of a right document of one statement with these elements changed; None takes one out."""
    statement = {name: value for name, value in {**GIVEN[kind], **changes}.items() if value is not None}
    document = {"Version": "2012-10-17", "Statement": [statement], **(top or {})}
    return [(each.what, each.refused) for each in problems(json.dumps(document), kind)]


def condition(**tests: Any) -> dict[str, Any]:
    return {"Condition": {name.replace("__", ":"): keys for name, keys in tests.items()}}


@pytest.mark.parametrize("kind", GIVEN)
def test_a_right_document_is_taken(kind: PolicyKind) -> None:
    assert said(kind) == []


@pytest.mark.parametrize(
    ("kind", "changes", "what"),
    [
        # Elements
        (IDENTITY, {"Conditions": {}}, "the element Conditions"),
        (IDENTITY, {"Resources": "*"}, "the element Resources"),
        (IDENTITY, {"action": "sqs:*"}, "the element action"),
        (IDENTITY, {"Comment": "x"}, "the element Comment"),
        (IDENTITY, {"Principal": ROOT}, "has a Principal"),
        (IDENTITY, {"NotPrincipal": ROOT}, "has a Principal"),
        (IDENTITY, {"Resource": None}, "has no Resource"),
        (IDENTITY, {"Action": None}, "has no Action"),
        (IDENTITY, {"NotAction": "sqs:*"}, "both Action and NotAction"),
        (IDENTITY, {"NotResource": "*"}, "both Resource and NotResource"),
        (TRUST, {"Resource": "*"}, "has a Resource"),
        (TRUST, {"Principal": None}, "has no Principal"),
        (TRUST, {"Principal": None, "NotPrincipal": ROOT}, "NotPrincipal, which trust policies do not take"),
        (RESOURCE, {"Principal": None}, "has no Principal"),
        (RESOURCE, {"NotPrincipal": ROOT}, "both Principal and NotPrincipal"),
        # Types
        (IDENTITY, {"Action": []}, "Action is an empty list"),
        (IDENTITY, {"Resource": []}, "Resource is an empty list"),
        (IDENTITY, {"Action": None, "NotAction": []}, "NotAction is an empty list"),
        (IDENTITY, {"Action": 5}, "holds 5, which is no text"),
        (IDENTITY, {"Action": ["sqs:SendMessage", None]}, "holds null"),
        (IDENTITY, {"Action": [["sqs:SendMessage"]]}, "which is no text"),
        (IDENTITY, {"Resource": {"Ref": "Queue"}}, 'holds {"Ref": "Queue"}'),
        (IDENTITY, {"Resource": True}, "holds true"),
        (IDENTITY, {"Sid": 5}, "the Sid 5 is no text"),
        (IDENTITY, {"Sid": "send-messages"}, "is not alphanumeric"),
        (TRUST, {"Sid": "a b"}, "is not alphanumeric"),
        # Actions
        (IDENTITY, {"Action": "SendMessage"}, "names no service"),
        (IDENTITY, {"Action": ""}, "names no service"),
        (IDENTITY, {"Action": "*:SendMessage"}, "has a wildcard"),
        (IDENTITY, {"Action": "sq*:SendMessage"}, "has a wildcard"),
        (IDENTITY, {"Action": "sqs:"}, "is no action"),
        (IDENTITY, {"Action": ":SendMessage"}, "is no action"),
        (IDENTITY, {"Action": "sqs: SendMessage"}, "is no action"),
        (IDENTITY, {"Action": "sqs.SendMessage:x"}, "is no action"),
        (IDENTITY, {"Action": "sqs:Send:Message"}, "more than one colon"),
        # Resources
        (IDENTITY, {"Resource": "orders"}, "which is no ARN"),
        (IDENTITY, {"Resource": ""}, "which is no ARN"),
        (IDENTITY, {"Resource": "arn:asw:s3:::reports/*"}, 'there is no partition "asw"'),
        (IDENTITY, {"Resource": "arn::s3:::reports"}, 'there is no partition ""'),
        # Actions of a trust
        (TRUST, {"Action": "s3:GetObject"}, "which assumes no role"),
        (TRUST, {"Action": ["sts:AssumeRole", "sts:GetCallerIdentity"]}, "which assumes no role"),
        (TRUST, {"Action": "sts:AsumeRole"}, "which assumes no role"),
        # Principals
        (TRUST, {"Principal": "lambda.amazonaws.com"}, 'Principal is "lambda.amazonaws.com"'),
        (TRUST, {"Principal": ["*"]}, 'Principal is ["*"]'),
        (TRUST, {"Principal": {}}, "is empty"),
        (TRUST, {"Principal": {"Services": "lambda.amazonaws.com"}}, "the key Services"),
        (TRUST, {"Principal": {"aws": "111122223333"}}, "the key aws"),
        (TRUST, {"Principal": {"Service": []}}, "is an empty list"),
        (TRUST, {"Principal": {"Service": "lambda"}}, "no service principal"),
        (TRUST, {"Principal": {"Service": "lambda.amazonaws"}}, "no service principal"),
        (TRUST, {"Principal": {"Service": "lambda.amazonasw.com"}}, "no service principal"),
        (TRUST, {"Principal": {"Service": "*.amazonaws.com"}}, "a wildcard stands for everyone"),
        (TRUST, {"Principal": {"AWS": "lambda.amazonaws.com"}}, 'under "AWS"'),
        (TRUST, {"Principal": {"AWS": "my-role"}}, "no account and no ARN"),
        (TRUST, {"Principal": {"AWS": "11112222333"}}, "no account and no ARN"),
        (TRUST, {"Principal": {"AWS": "arn:aws:sns:eu-west-1:111122223333:t"}}, "no account and no ARN"),
        (RESOURCE, {"Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}}, "a wildcard stands for everyone"),
        (RESOURCE, {"Principal": {"AWS": "arn:aws:iam::111122223333:group/g"}}, "a group is no principal"),
        # Conditions
        (IDENTITY, {"Condition": []}, "which is no object"),
        (IDENTITY, {"Condition": "x"}, "which is no object"),
        (IDENTITY, condition(StringEquals="x"), "in the place of condition keys"),
        (IDENTITY, condition(StringEquals=["aws:SourceArn"]), "in the place of condition keys"),
        (IDENTITY, {"Condition": {"aws:SourceArn": "x"}}, "the condition operator aws:SourceArn"),
        (IDENTITY, condition(StringEqual={"aws:userid": "x"}), "the condition operator StringEqual"),
        (IDENTITY, condition(stringEquals={"aws:userid": "x"}), "the condition operator stringEquals"),
        (IDENTITY, condition(StringMatches={"aws:userid": "x"}), "the condition operator StringMatches"),
        (IDENTITY, condition(IfExists={"aws:userid": "x"}), "the condition operator IfExists"),
        (IDENTITY, condition(NullIfExists={"aws:userid": "true"}), "the condition operator NullIfExists"),
        (IDENTITY, condition(ForAnyValues__StringEquals={"aws:TagKeys": "x"}), "ForAnyValues:StringEquals"),
        (IDENTITY, condition(ForAllValue__StringLike={"aws:TagKeys": "x"}), "ForAllValue:StringLike"),
        (IDENTITY, condition(ForAllValues__StringEqual={"aws:TagKeys": "x"}), "ForAllValues:StringEqual"),
        (IDENTITY, condition(StringEquals={"SourceArn": "x"}), "names no service"),
        (IDENTITY, condition(StringEquals={"aws:userid": {"a": "b"}}), 'the value {"a": "b"}'),
        (IDENTITY, condition(StringEquals={"aws:userid": None}), "the value null"),
        (IDENTITY, condition(StringEquals={"aws:userid": [["a"]]}), 'the value ["a"]'),
        (IDENTITY, condition(StringEquals={"aws:userid": "a", "AWS:UserId": "b"}), "stands twice"),
    ],
)  # fmt: skip
def test_what_aws_refuses_in_a_statement_is_said(kind: PolicyKind, changes: Any, what: str) -> None:
    found = said(kind, **changes)

    assert found
    assert all(what in text and refused for text, refused in found)


@pytest.mark.parametrize(
    ("kind", "top", "what"),
    [
        (IDENTITY, {"Version": "2012-10-18"}, 'the "Version" is'),
        (IDENTITY, {"Version": 2012}, 'the "Version" is'),
        (IDENTITY, {"version": "2012-10-17"}, "the element version"),
        (IDENTITY, {"Statements": []}, "the element Statements"),
        (TRUST, {"Statement": [{**GIVEN[TRUST], "Sid": "A"}] * 2}, 'two statements have the Sid "A"'),
        (IDENTITY, {"Statement": []}, "it has no statement"),
    ],
)
def test_what_aws_refuses_of_a_document_is_said(kind: PolicyKind, top: Any, what: str) -> None:
    found = said(kind, top)

    assert [(what in text, refused) for text, refused in found] == [(True, True)]


@pytest.mark.parametrize(
    ("kind", "changes", "what"),
    [
        (IDENTITY, condition(NumericLessThan={"s3:max-keys": "ten"}), "no number"),
        (IDENTITY, condition(NumericEquals={"s3:max-keys": "10*"}), "no number"),
        (IDENTITY, condition(DateLessThan={"aws:CurrentTime": "tomorrow"}), "no date"),
        (IDENTITY, condition(DateLessThan={"aws:CurrentTime": "2030-13-01"}), "no date"),
        (IDENTITY, condition(DateLessThan={"aws:CurrentTime": "01/02/2030"}), "no date"),
        (IDENTITY, condition(Bool={"aws:SecureTransport": "yes"}), "neither true nor false"),
        (IDENTITY, condition(Bool={"aws:SecureTransport": ["true", "false"]}), "several values"),
        (IDENTITY, condition(Null={"aws:SourceArn": "x"}), "neither true nor false"),
        (IDENTITY, condition(IpAddress={"aws:SourceIp": "10.0.0.0/33"}), "no address"),
        (IDENTITY, condition(NotIpAddress={"aws:SourceIp": "10.0.0.*"}), "no address"),
        (IDENTITY, condition(IpAddressIfExists={"aws:SourceIp": "office"}), "no address"),
        (IDENTITY, condition(ArnLike={"aws:SourceArn": "my-topic"}), "no ARN"),
        (IDENTITY, condition(ArnEquals={"aws:SourceArn": "111122223333"}), "no ARN"),
        (IDENTITY, condition(BinaryEquals={"k:k": "%%"}), "not in base 64"),
        (IDENTITY, condition(StringEquals={}), "no condition key"),
        (IDENTITY, condition(StringEquals={"aws:userid": []}), "empty list"),
        (IDENTITY, condition(NumericEquals={"s3:max-keys": "${aws:userid}"}), "does not fill in"),
        (IDENTITY, condition(StringEquals={"aws:userid": "${aws:username"}), "not closed"),
        (IDENTITY, {"Resource": "arn:aws:sqs:orders"}, "which IAM completes to arn:aws:sqs:orders:*:*"),
        (IDENTITY, {"Resource": "arn:aws:s3::reports/*"}, "which IAM completes to arn:aws:s3::reports/*:*"),
        (IDENTITY, {"Resource": "arn:aws:sqs:eu-west-1:11112222333:q"}, "whose account has 11 digits"),
        (IDENTITY, condition(StringEquals={"aws:PrincipalArn": "arn:aws:iam::*:role/r"}), "whose * is a star"),
        (IDENTITY, condition(StringNotEqualsIgnoreCase={"s3:prefix": ["a", "b/*"]}), "whose * is a star"),
        (TRUST, {"Action": "*"}, "names what assumes the role"),
        (TRUST, {"Action": "sts:*"}, "names what assumes the role"),
        (TRUST, {"Action": "sts:AssumeRoleWithWebIdentity"}, "Service principals do not call"),
        (
            TRUST,
            {"Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/x"}},
            "do not call sts:AssumeRole",
        ),
        (TRUST, {"Principal": {"Service": "lamda.amazonaws.com"}}, 'the service "lamda.amazonaws.com"'),
        (TRUST, {"Principal": {"Service": ["states.amazonaws.com", "event.amazonaws.com"]}}, "event.amazonaws.com"),
        (IDENTITY, {"Resource": "arn:aws:s3:::b/${aws:user name}"}, "no variable"),
        (IDENTITY, {"Resource": "arn:aws:s3:::b/${}"}, "no variable"),
        (IDENTITY, {"Resource": "arn:aws:s3:::b/${name}"}, "no variable"),
    ],
)
def test_what_no_request_meets_is_a_warning(kind: PolicyKind, changes: Any, what: str) -> None:
    found = said(kind, **changes)

    assert found
    assert all(what in text and not refused for text, refused in found)


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_variables_are_plain_text_in_older_documents(version: str | None) -> None:
    statement = {**GIVEN[IDENTITY], "Resource": "arn:aws:s3:::b/${aws:username}/${*}"}
    document = {"Statement": statement, **({"Version": version} if version else {})}

    (found,) = problems(document, IDENTITY)

    assert "${aws:username} is plain text" in found.what
    assert not found.refused


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (IDENTITY, {"Sid": ""}),
        (IDENTITY, {"Action": ["sqs:Send*", "SQS:GetQueueUrl"]}),
        (IDENTITY, {"Action": "*", "Resource": "*"}),
        (IDENTITY, {"Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:*:s3:::b", "*"]}),
        (IDENTITY, {"Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*"}),
        (IDENTITY, {"Resource": "arn:aws:s3:::b/${*}${?}${$}"}),
        (IDENTITY, {"Resource": "arn:aws:logs:*"}),
        (IDENTITY, condition(ForAllValues__StringEqualsIfExists={"aws:TagKeys": ["a", "b"]})),
        (IDENTITY, condition(ForAnyValue__StringLike={"kms:EncryptionContextKeys": "a*"})),
        (IDENTITY, condition(Bool={"aws:SecureTransport": False}, Null={"aws:SourceArn": True})),
        (IDENTITY, condition(NumericLessThanEquals={"s3:max-keys": [10, "1.5"]})),
        (IDENTITY, condition(DateGreaterThan={"aws:CurrentTime": "2020-01-01T00:00:01Z"})),
        (IDENTITY, condition(DateLessThan={"aws:CurrentTime": "2030-01-31"}, DateEquals={"aws:EpochTime": 1893456000})),
        (IDENTITY, condition(IpAddress={"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64", "203.0.113.7"]})),
        (IDENTITY, condition(ArnLike={"aws:SourceArn": ["arn:aws:sns:*:*:t", "*"]})),
        (IDENTITY, condition(BinaryEquals={"k:k": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="})),
        (IDENTITY, condition(StringEquals={"aws:RequestTag/${aws:TagKeys}": "x"})),
        (IDENTITY, condition(StringLike={"s3:prefix": ["", "home/", "home/${aws:username}/*"]})),
        (TRUST, {"Action": ["sts:AssumeRole", "sts:TagSession"], "Sid": "A1"}),
        (TRUST, {"Principal": {"Service": ["edgelambda.amazonaws.com", "logs.eu-west-1.amazonaws.com"]}}),
        (TRUST, {"Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:role/r", "AIDAJQABLZS4A3QDU576Q"]}}),
        (IDENTITY, {"Resource": ["arn:aws:sqs", "arn:aws:sqs:*", "arn:aws:s3:::*", "arn:aws:iam::aws:policy/P"]}),
        (TRUST, {"Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": WEB}),
        (TRUST, {"Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, "Action": WEB}),
        (TRUST, {"Principal": {"Federated": "arn:aws:iam::1:saml-provider/x"}, "Action": "sts:AssumeRoleWithSAML"}),
        (TRUST, {"Principal": {"Service": ["sms.amazonaws.com", "osis-pipelines.amazonaws.com", "iot.amazonaws.com"]}}),
        (TRUST, {"Principal": {"Service": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn", "spotfleet.amazonaws.com"]}}),
        (TRUST, condition(StringLike={"token.actions.githubusercontent.com:sub": "repo:a/b:*"})),
        (IDENTITY, condition(StringEquals={"k:k": "a${*}"})),
        (TRUST, {"Principal": "*"}),
        (RESOURCE, {"Principal": {"AWS": "*"}, "Sid": "any sid_may-stand here"}),
        (RESOURCE, {"Principal": {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8"}}),
        (RESOURCE, {"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}}),
        (RESOURCE, {"Principal": {"Service": "s3.amazonaws.com", "AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}}),
        (RESOURCE, {"Effect": "Deny", "Principal": None, "NotPrincipal": ROOT}),
    ],
)  # fmt: skip
def test_what_is_unusual_and_right_is_taken(kind: PolicyKind, changes: Any) -> None:
    assert said(kind, **changes) == []


@pytest.mark.parametrize(
    "text", ["2020", "2020-05", "2020-05-06", "2020-05-06T07:08Z", "2020-05-06T07:08:09.5+01:00", "1893456000"]
)
def test_dates_have_the_forms_of_the_w3c_and_of_unix(text: str) -> None:
    assert moment(text) is not None


def reviewed(text: str, **more: Any) -> list[Any]:
    document = {"resource": {"aws_iam_policy": {"p": {"name": "p", "policy": text}}}, **more}
    return of_rule(findings(document), "policy-document")


@pytest.mark.parametrize(
    "text",
    [
        '{"Statement": [{"Effect": "Allow", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Deny", "Condition": {"StringLike": {"a:b": "c"}, "StringLike": {}}}]}',
        '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}',
    ],
)
def test_a_key_that_stands_twice_is_refused(text: str) -> None:
    found = [each for each in reviewed(text) if "stands twice in one object" in each.message]

    assert [each.severity for each in found] == [Severity.ERROR]


def test_what_is_not_known_is_no_mistake() -> None:
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "${var.x}",
                "Effect": "Allow",
                "Action": ["${var.x}", "${var.x}:Get"],
                "Resource": ["${var.x}", "arn:aws:s3:::${var.x}"],
                "Condition": {"${var.x}": {"aws:userid": "a"}, "IpAddress": {"aws:SourceIp": "${var.x}"}},
            },
        }
    )

    assert reviewed(text, variable={"x": {"type": "string"}}) == []


@pytest.mark.parametrize(("value", "refused"), [("caf\u00e9", False), ("a \u2192 b", True), ("\u201cx\u201d", True)])
def test_a_document_of_iam_holds_the_characters_of_latin_1(value: str, refused: bool) -> None:  # noqa: FBT001 - a case
    statement = {**GIVEN[IDENTITY], **condition(StringEquals={"aws:PrincipalTag/team": value})}
    document = {"Version": "2012-10-17", "Statement": statement}

    found = reviewed(json.dumps(document, ensure_ascii=False))

    assert [f"it holds {value[2] if ' ' in value else value[0]}" in each.message for each in found] == [True] * refused
    assert reviewed(json.dumps(document)) == []
