from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.ministack.support import ACCOUNT, REGION, policy, unique, wait_for
from tests.local.ministack.test_state_machine import PASS, create, run

if TYPE_CHECKING:
    from tests.local.ministack.support import Emulator

LOG_DELIVERY = [
    f"logs:{action}"
    for action in (
        "CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
        "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups",
    )
]  # fmt: skip
WRITES_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]


def role(emulator: Emulator, service: str) -> str:
    """Create a role that a service may assume and that allows nothing yet."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    created = emulator.client("iam").create_role(
        RoleName=unique("role"),
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    return str(created["Role"]["Arn"])


def allow(emulator: Emulator, role_arn: str, action: str | list[str], resource: str | list[str]) -> None:
    emulator.client("iam").put_role_policy(
        RoleName=role_arn.rpartition("/")[2], PolicyName=unique("policy"), PolicyDocument=policy(None, action, resource)
    )


@pytest.fixture
def bucket(guarded: Emulator) -> str:
    name = unique("bucket")
    s3 = guarded.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="k", Body=b"secret")
    return name


def test_nobody_reads_a_private_object_unsigned(guarded: Emulator, bucket: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{guarded.endpoint}/{bucket}/k")
    assert refused.value.code == 403
    assert guarded.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"secret"


def test_a_function_does_what_its_role_allows_and_tls_only_policies_do_not_lock_it_out(
    guarded: Emulator, bucket: str
) -> None:
    arn = f"arn:aws:s3:::{bucket}"
    deny = json.loads(policy("*", "s3:*", [arn, f"{arn}/*"], effect="Deny"))
    deny["Statement"][0]["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    guarded.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(deny))
    reader = role(guarded, "lambda.amazonaws.com")
    allow(guarded, reader, "s3:GetObject", f"{arn}/*")
    source = """
import boto3
def handler(event, context):
    s3 = boto3.client("s3")
    if event["write"]: s3.put_object(Bucket=event["bucket"], Key="k", Body=b"")
    return s3.get_object(Bucket=event["bucket"], Key="k")["Body"].read().decode()
"""
    function = guarded.function(source, Role=reader)
    assert guarded.invoke(function, {"bucket": bucket, "write": False}) == (True, "secret")
    ok, error = guarded.invoke(function, {"bucket": bucket, "write": True})
    assert not ok
    assert "AccessDenied" in error["errorMessage"]


@pytest.mark.parametrize("may_write", [True, False])
def test_a_function_logs_only_where_its_role_lets_it(guarded: Emulator, *, may_write: bool) -> None:
    writer = role(guarded, "lambda.amazonaws.com")
    if may_write:
        allow(guarded, writer, WRITES_LOGS, f"arn:aws:logs:{REGION}:{ACCOUNT}:*")
    function = guarded.function("def handler(event, context): print('hello')", Role=writer)
    guarded.invoke(function)
    assert ("hello" in guarded.log_lines(f"/aws/lambda/{function.rpartition(':')[2]}")) == may_write


@pytest.mark.parametrize("may_send", [True, False])
def test_a_failed_event_reaches_only_a_destination_that_the_role_may_use(guarded: Emulator, *, may_send: bool) -> None:
    queue, sender = guarded.queue(), role(guarded, "lambda.amazonaws.com")
    if may_send:
        allow(guarded, sender, "sqs:SendMessage", queue.arn)
    function = guarded.function(
        "def handler(event, context): 1 / 0", Role=sender, DeadLetterConfig={"TargetArn": queue.arn}
    )
    guarded.client("lambda").put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0)
    guarded.send(function, {})
    verdict = "sent to" if may_send else "not delivered to"
    wait_for(lambda: f"{verdict} {queue.arn}" in guarded.log())
    assert len(queue.poll()) == may_send


def logging_to(group: str) -> dict[str, Any]:
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"}}
    return {"level": "ALL", "includeExecutionData": False, "destinations": [destination]}


def test_a_machine_with_logging_needs_a_role_that_may_deliver_logs(guarded: Emulator) -> None:
    group, machine_role = unique("/aws/vendedlogs/states/machine"), role(guarded, "states.amazonaws.com")
    guarded.client("logs").create_log_group(logGroupName=group)
    states = guarded.client("stepfunctions")
    with pytest.raises(states.exceptions.ClientError, match="not authorized to access the Log Destination"):
        create(guarded, PASS, roleArn=machine_role, loggingConfiguration=logging_to(group))
    silent = create(guarded, PASS, roleArn=machine_role)
    with pytest.raises(states.exceptions.ClientError, match="not authorized to access the Log Destination"):
        states.update_state_machine(stateMachineArn=silent, loggingConfiguration=logging_to(group))

    allow(guarded, machine_role, LOG_DELIVERY, "*")
    machine = create(guarded, PASS, roleArn=machine_role, loggingConfiguration=logging_to(group))
    assert run(guarded, machine)["status"] == "SUCCEEDED"
    assert len(guarded.log_lines(group)) == 4


@pytest.mark.parametrize("integration", ["optimized", "direct"])
def test_a_machine_does_only_what_its_role_allows(guarded: Emulator, integration: str) -> None:
    machine_role = role(guarded, "states.amazonaws.com")
    function = guarded.function("def handler(event, context): return 1", Role=role(guarded, "lambda.amazonaws.com"))
    task: dict[str, Any] = {"Type": "Task", "Resource": function, "End": True}
    if integration == "optimized":
        task["Resource"] = "arn:aws:states:::lambda:invoke"
        task["Parameters"] = {"FunctionName": function, "Payload": {}}
    machine = create(guarded, {"StartAt": "A", "States": {"A": task}}, roleArn=machine_role)
    failed = run(guarded, machine)
    assert failed["error"] == "Lambda.AWSLambdaException"
    assert "lambda:InvokeFunction" in failed["cause"]
    allow(guarded, machine_role, "lambda:InvokeFunction", function)
    assert run(guarded, machine)["status"] == "SUCCEEDED"


def test_mediaconverts_events_come_through(guarded: Emulator) -> None:
    queue, job = guarded.queue(open_to="events.amazonaws.com"), unique("job")
    guarded.rule({"source": ["aws.mediaconvert"], "detail": {"jobId": [job]}}, queue.arn)
    guarded.put_event("aws.mediaconvert", {"jobId": job})
    assert queue.body()["detail"]["jobId"] == job
