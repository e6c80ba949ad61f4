"""IAM's evaluation logic, on policies as configurations state them, with a third answer for what is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.configuration.reading import read
from plan_review.evaluate.view import View
from plan_review.findings import Verdict
from plan_review.policies.access import Access

from .examples import findings, of_rule

HOLDS, MISSING, CANNOT_TELL = Verdict.HOLDS, Verdict.MISSING, Verdict.CANNOT_TELL
TRUST = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole"}]})
QUEUE = "${aws_sqs_queue.q.arn}"


def allow(action: Any, resource: Any = QUEUE, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def access(*statements: Any, resources: Any = None, **more: Any) -> tuple[Access, View]:
    """One role with one inline policy, one queue, and what else is given."""
    document = {
        "provider": {"aws": {"region": "eu-west-1"}},
        "resource": {
            "aws_sqs_queue": {"q": {"name": "q"}, "other": {"name": "other"}},
            "aws_iam_role": {"r": {"name": "r", "assume_role_policy": TRUST}},
            "aws_iam_role_policy": {
                "r": {
                    "role": "${aws_iam_role.r.name}",
                    "policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)}),
                }
            },
            **(resources or {}),
        },
        **more,
    }
    view = View(read(document))
    return Access(view), view


def may(made: tuple[Access, View], action: str = "sqs:SendMessage", **conditions: tuple[str, ...]) -> Verdict:
    """Whether the role may do something to the queue."""
    engine, view = made
    (role,) = view.items("aws_iam_role")
    (queue,) = [item for item in view.items("aws_sqs_queue") if item.resource.name == "q"]
    given = {name.replace("_", ":"): values for name, values in conditions.items()}
    return engine.role_may(role, action, queue.arn, owner=queue, conditions=given).verdict


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allow("sqs:SendMessage")], HOLDS),
        ([allow("SQS:sendmessage")], HOLDS),
        ([allow("sqs:Send*")], HOLDS),
        ([allow("*", "*")], HOLDS),
        ([allow(["sqs:ReceiveMessage", "sqs:SendMessage"], ["${aws_sqs_queue.other.arn}", QUEUE])], HOLDS),
        ([allow("sqs:SendMessage", "arn:aws:sqs:*:*:q")], HOLDS),
        ([allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:q")], HOLDS),
        ([allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q")], CANNOT_TELL),
        ([allow("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q")], MISSING),
        ([allow("sqs:SendMessage", "${aws_sqs_queue.other.arn}")], MISSING),
        ([allow("sqs:ReceiveMessage")], MISSING),
        ([], MISSING),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], HOLDS),
        ([{"Effect": "Allow", "NotAction": "sqs:*", "Resource": "*"}], MISSING),
        ([{"Effect": "Allow", "Action": "sqs:*", "NotResource": "${aws_sqs_queue.other.arn}"}], HOLDS),
        ([{"Effect": "Allow", "Action": "sqs:*", "NotResource": QUEUE}], MISSING),
        ([allow("sqs:*"), {"Effect": "Deny", "Action": "sqs:Send*", "Resource": "*"}], MISSING),
        ([allow("sqs:*"), {"Effect": "Deny", "Action": "sqs:Delete*", "Resource": "*"}], HOLDS),
        ([allow("sqs:*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})], CANNOT_TELL),
        ([allow("sqs:*", Condition={"Bool": {"aws:SecureTransport": "true"}})], HOLDS),
        ([allow("sqs:*", Condition={"Bool": {"aws:SecureTransport": ["false"]}})], MISSING),
        ([allow("sqs:*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r"}})], HOLDS),
        ([allow("sqs:*", Condition={"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r*"}})], MISSING),
        ([allow("sqs:*", Condition={"StringEqualsIfExists": {"aws:SourceArn": "arn:x"}})], HOLDS),
        ([allow("sqs:*", Condition={"Null": {"aws:SourceArn": "true"}})], HOLDS),
        ([allow("sqs:*", Condition={"NumericLessThan": {"aws:PrincipalArn": "1"}})], CANNOT_TELL),
        ([allow("sqs:*", "arn:aws:sqs:*:*:$${aws:username}-q")], MISSING),
        # A role has no user's name, and nobody's second factor.
        ([allow("sqs:*", "arn:aws:sqs:*:*:$${aws:username}")], MISSING),
        ([allow("sqs:*", "arn:aws:sqs:*:*:$${aws:PrincipalTag/queue}")], CANNOT_TELL),
        ([allow("sqs:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], MISSING),
        ([allow("sqs:*", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})], HOLDS),
        ([allow("sqs:*", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "x"}})], CANNOT_TELL),
        ([allow("sqs:*"), {"Effect": "Deny", "NotAction": "sqs:SendMessage", "Resource": "*"}], HOLDS),
        ([allow("sqs:*"), {"Effect": "Deny", "NotAction": "sqs:ReceiveMessage", "Resource": "*"}], MISSING),
        ([allow("sqs:*"), {"Effect": "Deny", "Action": "sqs:*", "NotResource": QUEUE}], HOLDS),
        (["${var.statement}"], CANNOT_TELL),
    ],
)
def test_an_identity_policy_says(statements: list[Any], verdict: Verdict) -> None:
    given = {"data": {"aws_caller_identity": {"me": {}}}, "variable": {"statement": {}}}

    assert may(access(*statements, **given)) is verdict


@pytest.mark.parametrize(
    ("principal", "verdict"),
    [
        ({"AWS": "${aws_iam_role.r.arn}"}, HOLDS),
        ({"AWS": "*"}, HOLDS),
        ("*", HOLDS),
        # The account alone leaves the decision to the role's own policies.
        ({"AWS": "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"}, MISSING),
        ({"AWS": "arn:aws:iam::111122223333:role/other"}, MISSING),
        ({"Service": "lambda.amazonaws.com"}, MISSING),
    ],
)
def test_within_an_account_the_queues_policy_is_enough(principal: Any, verdict: Verdict) -> None:
    policy = {"Statement": [allow("sqs:SendMessage", Principal=principal)]}
    resources = {"aws_sqs_queue_policy": {"q": {"queue_url": "${aws_sqs_queue.q.id}", "policy": json.dumps(policy)}}}

    assert may(access(resources=resources, data={"aws_caller_identity": {"me": {}}})) is verdict


def test_a_deny_of_the_queues_policy_wins() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    resources = {"aws_sqs_queue": {"q": {"name": "q", "policy": json.dumps({"Statement": [deny]})}}}

    assert may(access(allow("sqs:*"), resources=resources)) is MISSING


def attachment(policy: str, role: str = "r") -> dict[str, Any]:
    return {"aws_iam_role_policy_attachment": {"a": {"role": role, "policy_arn": policy}}}


AWS = "arn:aws:iam::aws:policy/"


@pytest.mark.parametrize(
    ("attached", "verdict"),
    [
        (attachment(f"{AWS}AmazonSQSFullAccess"), HOLDS),
        (attachment(f"{AWS}AmazonSNSFullAccess"), MISSING),
        (attachment(f"{AWS}NewServicePolicy"), CANNOT_TELL),
        (attachment("arn:aws:iam::111122223333:policy/own"), CANNOT_TELL),
        (attachment(f"{AWS}AmazonSQSFullAccess", role="${var.name}"), CANNOT_TELL),
        (attachment(f"{AWS}AmazonSQSFullAccess", role="other"), MISSING),
        (
            {"aws_iam_policy_attachment": {"a": {"roles": ["r"], "policy_arn": f"{AWS}AdministratorAccess"}}},
            HOLDS,
        ),
    ],
)
def test_attached_policies_count(attached: dict[str, Any], verdict: Verdict) -> None:
    assert may(access(resources=attached, variable={"name": {}})) is verdict


def test_a_boundary_limits() -> None:
    boundary = json.dumps({"Statement": [allow("s3:*", "*")]})
    resources = {
        "aws_iam_policy": {"b": {"name": "b", "policy": boundary}},
        "aws_iam_role": {
            "r": {"name": "r", "assume_role_policy": TRUST, "permissions_boundary": "${aws_iam_policy.b.arn}"}
        },
    }

    assert may(access(allow("sqs:*"), resources=resources)) is MISSING


def test_a_module_that_is_handed_the_role_may_allow_more() -> None:
    module = {"module": {"policies": {"source": "./x", "role": "${aws_iam_role.r.name}"}}}

    assert may(access(**module)) is CANNOT_TELL
    assert may(access(allow("sqs:*"), **module)) is HOLDS


def service(made: tuple[Access, View], **conditions: tuple[str, ...]) -> Verdict:
    engine, view = made
    (queue,) = [item for item in view.items("aws_sqs_queue") if item.resource.name == "q"]
    given = {name.replace("_", ":"): values for name, values in conditions.items()}
    return engine.service_may("events.amazonaws.com", "sqs:SendMessage", queue, conditions=given).verdict


@pytest.mark.parametrize(
    ("principal", "condition", "verdict"),
    [
        ({"Service": "events.amazonaws.com"}, {}, HOLDS),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, {}, HOLDS),
        ({"Service": "sns.amazonaws.com"}, {}, MISSING),
        ("*", {"ArnLike": {"aws:SourceArn": "arn:rule/*"}}, HOLDS),
        ({"AWS": "*"}, {"ArnEquals": {"aws:SourceArn": "arn:rule/a"}}, HOLDS),
        ({"Service": "events.amazonaws.com"}, {"ArnEquals": {"AWS:sourcearn": "arn:rule/b"}}, MISSING),
        ({"Service": "events.amazonaws.com"}, {"StringEquals": {"aws:SourceOrgID": "o-1"}}, CANNOT_TELL),
        ({"Service": "events.*"}, {}, MISSING),
    ],
)
def test_a_service_is_let_in_by_the_queues_policy(principal: Any, condition: Any, verdict: Verdict) -> None:
    statement = allow("sqs:SendMessage", "*", Principal=principal, Condition=condition)
    policy = {"Statement": statement}
    resources = {"aws_sqs_queue": {"q": {"name": "q", "policy": json.dumps(policy)}}}

    assert service(access(resources=resources), aws_sourcearn=("arn:rule/a",)) is verdict


def test_a_queue_without_a_policy_lets_no_service_in() -> None:
    assert service(access()) is MISSING


def test_a_queue_that_exists_already_cannot_be_told() -> None:
    made = access(resources={"aws_sqs_queue": {}}, data={"aws_sqs_queue": {"q": {"name": "q"}}})
    engine, view = made
    (queue,) = view.items("data.aws_sqs_queue")

    assert engine.service_may("events.amazonaws.com", "sqs:SendMessage", queue).verdict is CANNOT_TELL


@pytest.mark.parametrize(
    ("key_policy", "own", "verdict"),
    [
        (None, allow("kms:Decrypt", "${aws_kms_key.k.arn}"), HOLDS),
        (None, allow("s3:*", "*"), MISSING),
        ({"AWS": "${aws_iam_role.r.arn}"}, allow("s3:*", "*"), HOLDS),
        ({"AWS": "arn:aws:iam::111122223333:role/other"}, allow("kms:*", "*"), MISSING),
    ],
)
def test_a_key_is_used_by_its_own_policy_or_by_what_that_delegates(key_policy: Any, own: Any, verdict: Verdict) -> None:
    key: dict[str, Any] = {"description": "k"}
    if key_policy:
        key["policy"] = json.dumps({"Statement": [allow("kms:Decrypt", "*", Principal=key_policy)]})
    engine, view = access(own, resources={"aws_kms_key": {"k": key}})
    (role,), (item,) = view.items("aws_iam_role"), view.items("aws_kms_key")

    assert engine.role_may(role, "kms:Decrypt", item.arn, owner=item).verdict is verdict


def somewhere(*statements: Any, bucket_policy: Any = None) -> Verdict:
    """Whether a role may read objects of a bucket whose keys are known at run time only."""
    resources: dict[str, Any] = {"aws_s3_bucket": {"b": {"bucket": "b"}}}
    if bucket_policy is not None:
        policy = json.dumps({"Statement": bucket_policy})
        resources["aws_s3_bucket_policy"] = {"b": {"bucket": "${aws_s3_bucket.b.id}", "policy": policy}}
    engine, view = access(*statements, resources=resources)
    (role,), (bucket,) = view.items("aws_iam_role"), view.items("aws_s3_bucket")
    key = view.evaluator.opaque("a key")
    return engine.role_may_somewhere(role, "s3:GetObject", f"{bucket.arn}/{key}", owner=bucket).verdict


BELOW = "${aws_s3_bucket.b.arn}/*"
READ = allow("s3:GetObject", BELOW)
DENIED = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": BELOW}


@pytest.mark.parametrize(
    ("statements", "bucket_policy", "verdict"),
    [
        ([READ], None, HOLDS),
        ([allow("s3:GetObject", "${aws_s3_bucket.b.arn}/in/*")], None, HOLDS),
        ([allow("s3:GetObject", "${aws_s3_bucket.b.arn}")], None, MISSING),
        ([READ, {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}], None, MISSING),
        # One part is closed, the others are open.
        ([READ, {"Effect": "Deny", "Action": "s3:*", "Resource": "${aws_s3_bucket.b.arn}/private/*"}], None, HOLDS),
        ([READ], [DENIED], MISSING),
        ([READ], [{**DENIED, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}], HOLDS),
        ([READ], [{**DENIED, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}], MISSING),
        ([READ], [{**DENIED, "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}], CANNOT_TELL),
        ([READ], [{**DENIED, "Principal": None, "NotPrincipal": {"AWS": "${aws_iam_role.r.arn}"}}], HOLDS),
        ([], [allow("s3:GetObject", BELOW, Principal={"AWS": "${aws_iam_role.r.arn}"})], HOLDS),
        ([], [allow("s3:GetObject", BELOW, Principal={"AWS": "arn:aws:iam::111122223333:role/x"})], MISSING),
    ],
)
def test_what_is_chosen_at_run_time_must_be_allowed_somewhere(
    statements: list[Any], bucket_policy: Any, verdict: Verdict
) -> None:
    assert somewhere(*statements, bucket_policy=bucket_policy) is verdict


SEND = {"Sid": "Send", **allow("sqs:SendMessage")}
FORBIDDEN = {"Sid": "Never", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("own", "boundary", "remedy"),
    [
        (
            [SEND, FORBIDDEN],
            None,
            "leave sqs:SendMessage on aws_sqs_queue.q out of what Never of aws_iam_role_policy.r",
        ),
        ([SEND], [allow("s3:*", "*")], "in the permissions boundary aws_iam_policy.b as well"),
        ([SEND], [allow("*", "*"), FORBIDDEN], "out of what Never of aws_iam_policy.b denies"),
        ([], None, "allow sqs:SendMessage on aws_sqs_queue.q in a policy of aws_iam_role.r"),
    ],
)
def test_a_remedy_names_what_forbids(own: list[Any], boundary: list[Any] | None, remedy: str) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": boundary})
    role = {"name": "r", "assume_role_policy": TRUST.replace('"x"', '"lambda.amazonaws.com"')}
    function = {"function_name": "f", "role": "${aws_iam_role.r.arn}", "dead_letter_config": [{"target_arn": QUEUE}]}
    document = {
        "resource": {
            "aws_sqs_queue": {"q": {"name": "q"}},
            "aws_iam_role": {
                "r": {**role, **({"permissions_boundary": "${aws_iam_policy.b.arn}"} if boundary else {})}
            },
            "aws_iam_role_policy": {"r": {"role": "r", "policy": json.dumps({"Statement": own})}},
            "aws_lambda_function": {"f": function},
            **({"aws_iam_policy": {"b": {"name": "b", "policy": policy}}} if boundary else {}),
        }
    }

    (found,) = of_rule(findings(document), "function-dead-letter-permission")

    assert remedy in found.remedy
