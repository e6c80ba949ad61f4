"""Calls in code: what each needs to be allowed, whether the SDK sends it, and whether Lambda starts the handler."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read
from plan_review.findings import Verdict
from plan_review.rules.context import Context
from plan_review.rules.shared.api_calls import needs_of_call

from .examples import findings, of_rule, write

if TYPE_CHECKING:
    from pathlib import Path

    from plan_review.findings import Finding

TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}
ACCOUNT = "arn:aws:{}:eu-west-1:111122223333:{}"


def review(folder: Path, line: str, *allowed: tuple[Any, Any], variables: Any = None) -> list[Finding]:
    """Review a function whose handler runs one line, with a role that allows actions on resources."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed]
    source = f"import os\nimport boto3\ndef handler(event, context):\n    {line}\n"
    document: dict[str, Any] = {
        "variable": {"table": {}},
        "provider": {"aws": {"region": "eu-west-1", "allowed_account_ids": ["111122223333"]}},
        "resource": {
            "aws_s3_bucket": {"b": {"bucket": "b"}, "other": {"bucket": "other"}},
            "aws_iam_role": {"r": {"name": "r", "assume_role_policy": json.dumps(TRUST)}},
            "aws_iam_role_policy": {"r": {"role": "r", "policy": json.dumps({"Statement": statements})}},
            "aws_lambda_function": {
                "f": {
                    "function_name": "f",
                    "role": "${aws_iam_role.r.arn}",
                    "runtime": "python3.13",
                    "handler": "app.handler",
                    "filename": "f.zip",
                    "environment": {"variables": variables or {}},
                }
            },
        },
    }
    return findings(document, code=write(folder, {"app.py": source}))


def lacking(found: list[Finding]) -> list[str]:
    return [each.message.split(" may not ")[1].split(" on ")[0] for each in of_rule(found, "code-permission")]


URL = "https://sqs.eu-west-1.amazonaws.com/111122223333/q"
OBJECTS = "arn:aws:s3:::b/*"
PUT = 'boto3.client("s3").put_object(Bucket="b", Key="k", Body=b""'
GET = 'boto3.client("s3").get_object(Bucket="b", Key="k"'


@pytest.mark.parametrize(
    ("line", "allowed", "missing"),
    [
        (f"{PUT})", [("s3:PutObject", OBJECTS)], []),
        (f'{PUT}, ACL="bucket-owner-full-control")', [("s3:PutObject", OBJECTS)], ["s3:PutObjectAcl"]),
        (f'{PUT}, Tagging="a=b")', [("s3:PutObject", OBJECTS)], ["s3:PutObjectTagging"]),
        (f'{GET}, VersionId="1")', [("s3:GetObject", OBJECTS)], ["s3:GetObjectVersion"]),
        (f'{GET}, VersionId="1")', [("s3:GetObjectVersion", OBJECTS)], []),
        (
            'boto3.client("s3").copy_object(Bucket="b", Key="k", CopySource={"Bucket": "other", "Key": "k"})',
            [("s3:PutObject", OBJECTS)],
            ["s3:GetObject"],
        ),
        (
            'boto3.client("s3").copy_object(Bucket="b", Key="k", CopySource="other/k")',
            [("s3:PutObject", OBJECTS), ("s3:GetObject", "arn:aws:s3:::other/*")],
            [],
        ),
        ('boto3.client("sts").get_caller_identity()', [], []),
        (
            'boto3.client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/x", RoleSessionName="s")',
            [("sts:AssumeRole", "arn:aws:iam::111122223333:role/y")],
            ["sts:AssumeRole"],
        ),
        (
            'boto3.client("secretsmanager").get_secret_value(SecretId="login")',
            [("secretsmanager:GetSecretValue", ACCOUNT.format("secretsmanager", "secret:login-??????"))],
            [],
        ),
        (
            'boto3.client("ssm").get_parameter(Name="/app/url")',
            [("ssm:GetParameter", ACCOUNT.format("ssm", "parameter/app/*"))],
            [],
        ),
        (
            f'boto3.client("sqs").purge_queue(QueueUrl="{URL}")',
            [("sqs:PurgeQueue", ACCOUNT.format("sqs", "q"))],
            [],
        ),
        (
            'boto3.client("dynamodb").query(TableName="t", IndexName="i")',
            [("dynamodb:Query", ACCOUNT.format("dynamodb", "table/t"))],
            [],
        ),
    ],
)  # fmt: skip
def test_a_call_needs_what_its_arguments_ask_for(
    tmp_path: Path, line: str, allowed: list[Any], missing: list[str]
) -> None:
    assert lacking(review(tmp_path, line, *allowed)) == missing


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'boto3.client("sns").publish_message(TopicArn="arn:aws:sns:x", Message="m")',
            "sns has no operation publish_message",
        ),
        ('boto3.client("sns").publish(TopicARN="arn:aws:sns:x", Message="m")', "takes no TopicARN"),
        ('boto3.client("s3").head_object(Bucket="b")', "is given no Key"),
        ('boto3.client("dynamo")', ""),
    ],
)
def test_a_call_is_refused_by_the_sdk(tmp_path: Path, line: str, said: str) -> None:
    found = of_rule(review(tmp_path, line), "call-refused")

    assert [said in each.message for each in found] == ([True] if said else [])


@pytest.mark.parametrize(
    "line",
    [
        'boto3.client("s3").upload_file("/tmp/x", "b", "k", ExtraArgs={})',
        'boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="b", PaginationConfig={})',
        'boto3.client("s3").get_waiter("object_exists").wait(Bucket="b", Key="k", WaiterConfig={})',
        'boto3.client("dynamodb").get_item(**event)',
        'boto3.resource("dynamodb").Table("t").get_item(Key={"id": 1})',
        'boto3.resource("sqs").Queue("u").send_message(MessageBody="m")',
        'boto3.client("lambda").invoke(FunctionName="f")',
        'boto3.client("stepfunctions").start_execution(stateMachineArn="arn:aws:states:x")',
    ],
)
def test_a_call_that_the_sdk_takes_is_not_refused(tmp_path: Path, line: str) -> None:
    assert of_rule(review(tmp_path, line), "call-refused") == []


@pytest.mark.parametrize(
    ("line", "value", "said"),
    [
        ('boto3.client("sqs").send_message(QueueUrl=os.environ["X"], MessageBody="")', "arn:aws:sqs:x", "takes a URL"),
        ('boto3.client("sns").publish(TopicArn=os.environ["X"], Message="")', "orders", "takes an ARN"),
        ('boto3.client("s3").head_bucket(Bucket=os.environ["X"])', "${aws_s3_bucket.b.arn}", "takes a name"),
        (
            'boto3.client("s3").head_bucket(Bucket=os.environ["X"])',
            "${aws_s3_bucket.b.bucket_regional_domain_name}",
            "is a domain name",
        ),
        ('boto3.client("s3").head_bucket(Bucket=os.environ["X"])', "${aws_s3_bucket.b.id}", ""),
        ('boto3.client("s3").head_bucket(Bucket=os.environ["X"])', "arn:aws:s3:eu-west-1:1:accesspoint/a", ""),
        ('boto3.client("dynamodb").describe_table(TableName=os.environ["X"])', "arn:aws:dynamodb:x", ""),
        ('boto3.client("sns").publish(TopicArn=os.environ["X"], Message="")', "${var.topic}", ""),
    ],
)
def test_a_variable_holds_the_form_that_the_call_takes(tmp_path: Path, line: str, value: str, said: str) -> None:
    found = of_rule(review(tmp_path, line, variables={"X": value}), "call-form")

    assert [said in each.message for each in found] == ([True] if said else [])


@pytest.mark.parametrize(
    ("resource", "verdicts"),
    [
        (ACCOUNT.format("dynamodb", "table/orders"), [Verdict.CANNOT_TELL]),
        (ACCOUNT.format("dynamodb", "table/${var.table}"), []),
        (ACCOUNT.format("dynamodb", "table/*"), []),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", [Verdict.MISSING]),
    ],
)
def test_what_a_variable_leaves_open_is_no_pass(tmp_path: Path, resource: str, verdicts: list[Verdict]) -> None:
    line = 'boto3.client("dynamodb").scan(TableName=os.environ["TABLE"])'

    found = review(tmp_path, line, ("dynamodb:Scan", resource), variables={"TABLE": "${var.table}"})

    assert [each.verdict for each in of_rule(found, "code-permission")] == verdicts


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def handler(event): ...", "takes 1 arguments"),
        ("async def handler(event, context): ...", "is asynchronous"),
        ("def handler(event, context, *, name): ...", "wants a keyword argument"),
        ("from shop.orders import gone\ndef handler(event, context): ...", "imports gone from shop.orders"),
        ("import shop.gone\ndef handler(event, context): ...", "imports shop.gone"),
        ("from shop.orders import total\ndef handler(*arguments): ...", ""),
        ("def handler(event, context=None, more=1): ...", ""),
        ("from web import wrapped\n@wrapped\ndef handler(event): ...", ""),
        ("try:\n    from shop import gone\nexcept ImportError:\n    gone = None\ndef handler(e, c): ...", ""),
        ("import requests\nfrom shop import orders\ndef handler(event, context): ...", ""),
        ("from shop.stars import anything\ndef handler(event, context): ...", ""),
    ],
)
def test_lambda_starts_the_handler_or_not(tmp_path: Path, source: str, said: str) -> None:
    package = {
        "shop/__init__.py": "",
        "shop/orders.py": "def total(): ...\n",
        "shop/stars.py": "from elsewhere import *\n",
    }
    write(tmp_path, package)
    function = {"function_name": "f", "role": "r", "runtime": "python3.13", "handler": "app.handler", "filename": "f"}
    document = {"resource": {"aws_lambda_function": {"f": function}}}

    found = of_rule(findings(document, code=write(tmp_path, {"app.py": source})), "handler-exists")

    assert [said in each.message for each in found] == ([True] if said else [])
    assert all(each.verdict is Verdict.MISSING for each in found)


@pytest.mark.parametrize(
    ("service", "operation", "actions"),
    [
        # From the pages of the API's operations and the service authorization reference.
        ("s3", "head_object", {"s3:GetObject"}),
        ("s3", "list_objects_v2", {"s3:ListBucket"}),
        ("s3", "list_buckets", {"s3:ListAllMyBuckets"}),
        ("s3", "complete_multipart_upload", {"s3:PutObject"}),
        ("s3", "get_bucket_encryption", {"s3:GetEncryptionConfiguration"}),
        ("s3", "put_bucket_notification_configuration", {"s3:PutBucketNotification"}),
        ("s3", "delete_objects", {"s3:DeleteObject"}),
        ("dynamodb", "transact_get_items", {"dynamodb:GetItem"}),
        ("sqs", "send_message_batch", {"sqs:SendMessage"}),
        ("sns", "publish_batch", {"sns:Publish"}),
        ("lambda", "invoke", {"lambda:InvokeFunction"}),
        ("stepfunctions", "start_sync_execution", {"states:StartSyncExecution"}),
        ("events", "put_events", {"events:PutEvents"}),
        ("ssm", "get_parameters_by_path", {"ssm:GetParametersByPath"}),
        ("sesv2", "send_email", {"ses:SendEmail"}),
        ("bedrock-runtime", "converse", {"bedrock:InvokeModel"}),
        ("iot-data", "publish", {"iot:Publish"}),
        ("appconfigdata", "get_latest_configuration", {"appconfig:GetLatestConfiguration"}),
        ("apigatewaymanagementapi", "post_to_connection", {"execute-api:ManageConnections"}),
        ("dynamodbstreams", "get_records", {"dynamodb:GetRecords"}),
        ("opensearch", "describe_domain", {"es:DescribeDomain"}),
        ("cognito-idp", "initiate_auth", set()),
        ("mediaconvert", "probe", {"mediaconvert:Probe"}),
    ],
)
def test_an_operation_takes_these_actions(service: str, operation: str, actions: set[str]) -> None:
    function = {"function_name": "f", "role": "r", "runtime": "python3.13", "handler": "app.handler", "filename": "f"}
    context = Context(read({"resource": {"aws_lambda_function": {"f": function}}}))
    (item,) = context.view.items("aws_lambda_function")

    found = needs_of_call(context, service, operation, {}, item)

    assert found is not None
    assert {demand.action for demand in found} == actions


@pytest.mark.parametrize(("files", "found"), [({"app.py": ""}, 1), ({"app.py": "", "app.mjs": ""}, 0), ({}, 0)])
def test_a_runtime_is_that_of_the_handler_s_language(tmp_path: Path, files: dict[str, str], found: int) -> None:
    function = {"function_name": "f", "role": "r", "runtime": "nodejs22.x", "handler": "app.handler", "filename": "f"}
    code = write(tmp_path, {"readme.txt": "", **files})

    document = {"resource": {"aws_lambda_function": {"f": function}}}

    assert len(of_rule(findings(document, code=code), "handler-exists")) == found
