"""What a policy names, held against AWS's service authorization reference: services, actions, resources, keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plan_review.findings import Severity

from .examples import findings, of_rule

QUEUE = "${aws_sqs_queue.q.arn}"
BUCKET = "${aws_s3_bucket.b.arn}"


def reviewed(
    rule: str, *, kind: str = "aws_iam_policy", argument: str = "policy", more: Any = None, **statement: Any
) -> list[Any]:
    """Review a policy of one statement beside a queue and a bucket."""
    given = {"Sid": "S", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **statement}
    text = json.dumps({"Version": "2012-10-17", "Statement": given})
    resources = {
        "aws_sqs_queue": {"q": {"name": "orders"}},
        "aws_s3_bucket": {"b": {"bucket": "reports"}},
        kind: {"p": {"name": "p", argument: text}},
        **(more or {}),
    }
    return of_rule(findings({"resource": resources}), rule)


@pytest.mark.parametrize(
    ("action", "meant"),
    [
        ("lamda:InvokeFunction", "lambda"),
        ("eventbridge:PutEvents", "events"),
        ("stepfunctions:StartExecution", "states"),
        ("step-functions:StartExecution", "states"),
        ("cloudwatchlogs:PutLogEvents", "logs"),
        ("cloudwatch-logs:PutLogEvents", "logs"),
        ("elb:DescribeLoadBalancers", "elasticloadbalancing"),
        ("apigatewayv2:GET", "apigateway"),
        ("dynamo:GetItem", "dynamodb"),
        ("secretmanager:GetSecretValue", "secretsmanager"),
        ("parameterstore:GetParameter", "ssm"),
        ("sfn:StartExecution", "states"),
        ("log:*", "logs"),
    ],
)
def test_a_service_that_iam_does_not_know_is_a_warning_that_names_the_likely_one(action: str, meant: str) -> None:
    (found,) = reviewed("unknown-action", Action=action, Resource="*")

    assert f"no service has the prefix {action.partition(':')[0]}" in found.message
    assert found.remedy == f"did you mean {meant}?"
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "action", ["S3:GetObject", "execute-api:Invoke", "sdb:Select", "ec2messages:*", "*", "xray:Put*"]
)
def test_services_that_iam_knows_are_taken(action: str) -> None:
    assert reviewed("unknown-action", Action=action, Resource="*") == []


@pytest.mark.parametrize(
    ("action", "resource", "lost"),
    [
        (["sqs:SendMessage", "sqs:ListQueues"], QUEUE, "sqs:ListQueues"),
        ("sqs:ListQueues", "arn:aws:sqs:eu-west-1:111122223333:orders", "sqs:ListQueues"),
        ("s3:ListAllMyBuckets", BUCKET, "s3:ListAllMyBuckets"),
        (["sns:Publish", "sns:ListTopics"], "arn:aws:sns:eu-west-1:111122223333:t", "sns:ListTopics"),
        ("ec2:DescribeInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1", "ec2:DescribeInstances"),
        ("s3:ListBucket", f"{BUCKET}/*", "s3:ListBucket"),
        ("s3:GetObject", BUCKET, "s3:GetObject"),
        ("s3:PutObject", "arn:aws:s3:::reports", "s3:PutObject"),
        ("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:tables/t", "dynamodb:Query"),
        ("apigateway:SetWebACL", "arn:aws:apigateway:eu-west-1::/apikeys/x", "apigateway:SetWebACL"),
    ],
)
def test_an_action_on_resources_that_it_never_works_on_is_said(action: Any, resource: Any, lost: str) -> None:
    (found,) = reviewed("action-without-resource", Action=action, Resource=resource)

    assert f"lists {lost}, which cannot be allowed on" in found.message


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sqs:ListQueues", "*"),
        ("sqs:ListQueues", "arn:aws:sqs:eu-west-1:111122223333:*"),
        ("sqs:ListQueues", "${var.arn}"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
        ("logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:*"),
        ("dynamodb:ListStreams", "arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/*"),
        ("apigateway:SetWebACL", "arn:aws:apigateway:eu-west-1::/restapis/a/stages/dev"),
        ("apigateway:SetWebACL", "arn:aws:apigateway:eu-west-1::/apis/a/stages/dev"),
        ("elasticloadbalancing:AddTags", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/*"),
        ("elasticloadbalancing:AddTags", "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/l/*"),
        ("ecs:TagResource", "arn:aws:ecs:eu-west-1:111122223333:task/*"),
        (["s3:ListBucket", "s3:GetObject"], [BUCKET, f"{BUCKET}/*"]),
    ],
)
def test_an_action_on_a_resource_that_it_works_on_is_taken(action: Any, resource: Any) -> None:
    variables = {"arn": {"type": "string"}}
    text = {"Effect": "Allow", "Action": action, "Resource": resource}
    document = {
        "variable": variables,
        "resource": {
            "aws_s3_bucket": {"b": {"bucket": "reports"}},
            "aws_iam_policy": {"p": {"policy": json.dumps({"Version": "2012-10-17", "Statement": text})}},
        },
    }

    assert of_rule(findings(document), "action-without-resource") == []


@pytest.mark.parametrize(
    ("more", "wide"),
    [
        ({}, True),
        ({"aws_iam_role": {"r": {"permissions_boundary": "${aws_iam_policy.p.arn}"}}}, False),
        ({"aws_iam_user": {"u": {"permissions_boundary": "${aws_iam_policy.p.arn}"}}}, False),
        (
            {
                "aws_iam_role": {"r": {"name": "r", "permissions_boundary": "${aws_iam_policy.p.arn}"}},
                "aws_iam_role_policy_attachment": {"a": {"role": "r", "policy_arn": "${aws_iam_policy.p.arn}"}},
            },
            True,
        ),
        (
            {
                "aws_iam_role": {"r": {"name": "r", "permissions_boundary": "${aws_iam_policy.p.arn}"}},
                "aws_iam_policy_attachment": {"a": {"roles": ["r"], "policy_arn": "${aws_iam_policy.p.arn}"}},
            },
            True,
        ),
        ({"aws_iam_role": {"r": {"managed_policy_arns": ["${aws_iam_policy.p.arn}"]}}}, True),
    ],
)
def test_a_document_that_is_only_a_boundary_allows_nothing(more: Any, wide: bool) -> None:  # noqa: FBT001 - a case
    assert bool(reviewed("wildcard-resource", Resource="*", more=more)) is wide


@pytest.mark.parametrize(
    ("action", "wide"),
    [
        ("cloudwatch:ListMetrics", False),
        ("cloudwatch:GetMetricData", False),
        ("iam:ListMFADevices", False),
        ("rds:DescribeDBInstances", False),
        ("states:ListTagsForResource", False),
        ("s3:ListBucket", True),
        ("s3:GetObject", True),
        ("events:PutEvents", True),
        ("ec2:DeleteKeyPair", True),
        ("sqs:SendMessage", True),
    ],
)
def test_an_action_that_may_name_no_resource_needs_no_reason_for_all(action: str, wide: bool) -> None:  # noqa: FBT001
    assert bool(reviewed("wildcard-resource", Action=action, Resource="*")) is wide


@pytest.mark.parametrize(
    ("action", "condition", "said"),
    [
        ("s3:GetObject", {"StringLike": {"s3:prefix": "a/*"}}, "s3:GetObject has no condition key s3:prefix"),
        ("s3:Get*", {"StringLike": {"s3:prefix": "a/*"}}, "s3:Get* has no condition key s3:prefix"),
        (["s3:GetObject", "s3:PutObject"], {"StringLike": {"s3:prefix": "a"}}, "none of its actions has"),
        (["s3:ListBucket", "s3:GetObject"], {"StringLike": {"s3:prefix": "a/*"}}, "no condition key of s3:GetObject"),
        ("s3:ListBucket", {"StringEquals": {"s3:x-amz-acl": "private"}}, "s3:ListBucket has no condition key"),
        ("s3:ListBucket", {"StringLike": {"s3:prefixes": "a/*"}}, "s3 has no condition key s3:prefixes"),
        ("sqs:SendMessage", {"StringEquals": {"s3:prefix": "a"}}, "sqs:SendMessage has no condition key s3:prefix"),
        ("iam:PassRole", {"StringEquals": {"iam:PassToService": "x"}}, "iam has no condition key iam:PassToService"),
        ("iam:GetRole", {"StringEquals": {"iam:PassedToService": "x"}}, "iam:GetRole has no condition key"),
        ("kms:Decrypt", {"StringEquals": {"kms:ViaServices": "x"}}, "kms has no condition key kms:ViaServices"),
        ("sns:Publish", {"StringEquals": {"sns:Protocol": "sqs"}}, "sns:Publish has no condition key sns:Protocol"),
        ("s3:GetObject", {"ArnLike": {"aws:SourceARNs": "arn:aws:s3:::b"}}, "no global condition key aws:SourceARNs"),
        ("s3:GetObject", {"StringEquals": {"aws:SourceAcount": "1"}}, "no global condition key aws:SourceAcount"),
        ("s3:GetObject", {"StringEquals": {"aws:PrincipalOrgId s": "1"}}, "no global condition key"),
        ("s3:GetObject", {"StringEquals": {"lamda:FunctionArn": "1"}}, "a condition key of no service"),
        ("ec2:RunInstances", {"StringEquals": {"aws:TagKeys": "a"}}, "aws:TagKeys has several values"),
        ("s3:GetObject", {"StringEquals": {"aws:CalledVia": "x"}}, "aws:CalledVia has several values"),
    ],
)  # fmt: skip
def test_a_condition_on_a_key_that_the_action_has_not_is_a_warning(action: Any, condition: Any, said: str) -> None:
    (found,) = reviewed("condition-key", Action=action, Resource="*", Condition=condition)

    assert said in found.message
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("s3:ListBucket", {"StringLike": {"s3:prefix": "a/*"}}),
        ("s3:*", {"StringLike": {"s3:prefix": "a/*"}}),
        ("*", {"StringLike": {"s3:prefix": "a/*"}}),
        (["s3:ListBucket", "s3:GetObject"], {"StringLikeIfExists": {"s3:prefix": "a/*"}}),
        (["s3:ListBucket", "s3:GetObject"], {"StringNotLike": {"s3:prefix": "a/*"}}),
        ("s3:GetObject", {"StringEquals": {"s3:ExistingObjectTag/team": "red"}}),
        ("s3:PutObject", {"StringEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}),
        ("s3:GetObject", {"Bool": {"AWS:SecureTransport": "true"}}),
        ("s3:GetObject", {"StringEquals": {"aws:PrincipalTag/team": "red", "aws:ResourceTag/team": "red"}}),
        ("iam:PassRole", {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
        ("kms:Decrypt", {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
        ("kms:Decrypt", {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "x"}}),
        ("dynamodb:GetItem", {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:userid}"]}}),
        ("ec2:RunInstances", {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}),
        ("ec2:RunInstances", {"Null": {"aws:TagKeys": "true"}}),
        ("ec2:RunInstances", {"StringEquals": {"ec2:InstanceType": "t3.micro"}}),
        ("s3:GetObject", {"ArnEquals": {"lambda:SourceFunctionArn": "arn:aws:lambda:r:1:function:f"}}),
        ("s3:GetObject", {"StringEquals": {"aws:AKeyThatCameLater": "x"}}),
        ("sts:AssumeRole", {"StringEquals": {"sts:ExternalId": "x"}}),
        ("s3:GetObject", {"StringEquals": {"token.actions.githubusercontent.com:sub": "x"}}),
        ("events:PutTargets", {"ArnEquals": {"events:TargetArn": "arn:aws:sqs:r:1:q"}}),
        ("cloudwatch:PutMetricData", {"StringEquals": {"cloudwatch:namespace": "App"}}),
        ("unknown:Action", {"StringEquals": {"s3:prefix": "x"}}),
        ("${var.action}", {"StringEquals": {"s3:prefix": "x"}}),
    ],
)
def test_conditions_on_keys_that_requests_carry_are_taken(action: Any, condition: Any) -> None:
    assert reviewed("condition-key", Action=action, Resource="*", Condition=condition) == []
