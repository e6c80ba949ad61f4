from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.ministack.support import ACCOUNT, REGION, Queue, attributes_of, policy, unique, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local.ministack.support import Emulator

TOUCH = "def handler(event, context): open(event['detail']['file'], 'a').write('x')"


def lambda_rule(emulator: Emulator, function: str, **target: Any) -> tuple[str, str]:
    source = unique("app")
    return source, emulator.rule({"source": [source]}, function, **target)


def name_of(rule: str) -> str:
    return rule.rpartition("/")[2]


def test_a_permitted_function_gets_the_event(emulator: Emulator, tmp_path: Path) -> None:
    function = emulator.function(TOUCH)
    source, rule = lambda_rule(emulator, function)
    emulator.permit(function, rule)
    emulator.put_event(source, {"file": str(tmp_path / "x")})
    wait_for((tmp_path / "x").exists)
    assert emulator.metric("AWS/Events", "Invocations", RuleName=name_of(rule)) == 1


def test_a_function_that_fails_is_retried_and_its_destination_told(emulator: Emulator, tmp_path: Path) -> None:
    destination = emulator.queue()
    function = emulator.function("def handler(event, context): open(event['detail']['file'], 'a').write('x'); 1 / 0")
    emulator.client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": destination.arn}},
    )
    source, rule = lambda_rule(emulator, function)
    emulator.permit(function, rule)
    emulator.put_event(source, {"file": str(tmp_path / "x")})
    assert destination.body()["responsePayload"]["errorType"] == "ZeroDivisionError"
    assert (tmp_path / "x").read_text() == "xx"


@pytest.mark.parametrize("permission", ["none", "for another rule"])
def test_without_permission_for_its_rule_a_function_is_not_invoked_and_the_event_kept(
    emulator: Emulator, tmp_path: Path, permission: str
) -> None:
    dead_letters, function = emulator.queue(open_to="events.amazonaws.com"), emulator.function(TOUCH)
    source, rule = lambda_rule(emulator, function, DeadLetterConfig={"Arn": dead_letters.arn})
    if permission == "for another rule":
        emulator.permit(function, f"{rule}-other")
    emulator.put_event(source, {"file": str(tmp_path / "x")})

    letter = dead_letters.receive()
    assert json.loads(letter["Body"])["source"] == source
    told = attributes_of(letter)
    assert (told["RULE_ARN"], told["TARGET_ARN"]) == (rule, function)
    assert (told["ERROR_CODE"], told["RETRY_ATTEMPTS"]) == ("NO_PERMISSIONS", "0")
    assert not (tmp_path / "x").exists()
    assert emulator.metric("AWS/Events", "FailedInvocations", RuleName=name_of(rule)) == 1
    assert re.search(f"rule {name_of(rule)}: target {function} not invoked: .*aws_lambda_permission", emulator.log())


def test_a_dead_letter_queue_that_does_not_let_events_in_loses_the_event_visibly(emulator: Emulator) -> None:
    dead_letters = emulator.queue(open_to="sns.amazonaws.com")
    source, rule = lambda_rule(emulator, emulator.function(TOUCH), DeadLetterConfig={"Arn": dead_letters.arn})
    emulator.put_event(source)
    wait_for(lambda: emulator.metric("AWS/Events", "InvocationsFailedToBeSentToDlq", RuleName=name_of(rule)))
    assert dead_letters.poll() == []
    assert f"rule {name_of(rule)}: the event is lost" in emulator.log()


def test_a_target_that_is_gone_is_named(emulator: Emulator) -> None:
    dead_letters = emulator.queue()
    gone = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:gone"
    source, _ = lambda_rule(emulator, gone, DeadLetterConfig={"Arn": dead_letters.arn})
    emulator.put_event(source)
    assert attributes_of(dead_letters.receive())["ERROR_CODE"] == "NO_RESOURCE"


@pytest.mark.parametrize(("open_to", "delivered"), [("events.amazonaws.com", True), (None, False)])
def test_a_queue_gets_events_only_where_its_policy_says_so(
    emulator: Emulator, open_to: str | None, *, delivered: bool
) -> None:
    queue, source = emulator.queue(open_to=open_to), unique("app")
    rule = emulator.rule({"source": [source]}, queue.arn)
    emulator.put_event(source)
    metric = "Invocations" if delivered else "FailedInvocations"
    wait_for(lambda: emulator.metric("AWS/Events", metric, RuleName=name_of(rule)))
    assert len(queue.poll()) == delivered


@pytest.mark.parametrize(("open_to", "delivered"), [("sns.amazonaws.com", True), (None, False)])
def test_a_topic_reaches_only_queues_whose_policy_lets_it(
    emulator: Emulator, open_to: str | None, *, delivered: bool
) -> None:
    queue, sns = emulator.queue(open_to=open_to), emulator.client("sns")
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    sns.publish(TopicArn=topic, Message="news")
    assert len(queue.poll(wait_seconds=1)) == delivered


@pytest.mark.parametrize(("service", "delivered"), [("cloudwatch.amazonaws.com", True), ("s3.amazonaws.com", False)])
def test_an_alarm_publishes_only_to_a_topic_whose_policy_lets_it(
    emulator: Emulator, service: str, *, delivered: bool
) -> None:
    queue, sns, cloudwatch, name = emulator.queue(), emulator.client("sns"), emulator.client("cloudwatch"), unique("a")
    topic = sns.create_topic(Name=name)["TopicArn"]
    allowed = policy({"Service": service}, "sns:Publish", topic)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=allowed)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    cloudwatch.put_metric_alarm(
        AlarmName=name, AlarmActions=[topic], MetricName="m", Namespace="n", Period=60, Statistic="Sum",
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    assert len(queue.poll(wait_seconds=1)) == delivered


def test_an_input_that_is_no_json_is_named(emulator: Emulator) -> None:
    dead_letters, function = emulator.queue(), emulator.function(TOUCH)
    transformer = {"InputPathsMap": {"id": "$.id"}, "InputTemplate": "the event <id>"}
    source, rule = lambda_rule(
        emulator, function, DeadLetterConfig={"Arn": dead_letters.arn}, InputTransformer=transformer
    )
    emulator.permit(function, rule)
    emulator.put_event(source)
    assert attributes_of(dead_letters.receive())["ERROR_CODE"] == "INVALID_JSON"


def test_only_mediaconvert_among_aws_sources_may_send_events(emulator: Emulator) -> None:
    queue, detail = emulator.queue(), {"jobId": unique("job")}
    emulator.rule({"source": ["aws.mediaconvert", "own"], "detail": {"jobId": [detail["jobId"]]}}, queue.arn)
    sources = ["aws.mediaconvert", "aws.s3", "own"]
    entries = [{"Source": source, "DetailType": "x", "Detail": json.dumps(detail)} for source in sources]
    answer = emulator.client("events").put_events(Entries=entries)
    assert answer["FailedEntryCount"] == 1
    assert [entry.get("ErrorCode") for entry in answer["Entries"]] == [None, "NotAuthorizedForSourceException", None]
    received = [json.loads(message["Body"])["source"] for message in queue.poll(wait_seconds=5)]
    assert sorted(received) == ["aws.mediaconvert", "own"]


@pytest.fixture(params=["versioned", "unversioned"])
def bucket(emulator: Emulator, request: pytest.FixtureRequest) -> tuple[str, Queue, bool]:
    s3, queue, name = emulator.client("s3"), emulator.queue(), unique("bucket")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    if request.param == "versioned":
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}})
    emulator.rule({"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}}, queue.arn)
    return name, queue, request.param == "versioned"


def test_an_upload_makes_the_event_that_s3_sends(emulator: Emulator, bucket: tuple[str, Queue, bool]) -> None:
    name, queue, versioned = bucket
    key = "in/a+b %41 é.mp4"
    put = emulator.client("s3").put_object(Bucket=name, Key=key, Body=b"hello")
    event = queue.body()

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"])
    assert (event["detail-type"], event["resources"]) == ("Object Created", [f"arn:aws:s3:::{name}"])
    detail, created = event["detail"], event["detail"]["object"]
    assert re.fullmatch("[0-9A-Z]{16}", detail["request-id"])
    assert re.fullmatch("[0-9a-f-]{36}", event["id"])
    assert (detail["reason"], detail["requester"], detail["source-ip-address"]) == ("PutObject", ACCOUNT, "127.0.0.1")
    assert (created["key"], created["size"], created["etag"]) == (key, 5, put["ETag"].strip('"'))
    assert created.get("version-id") == put.get("VersionId")
    assert ("version-id" in created) == versioned


def test_sequencers_of_a_key_grow(emulator: Emulator, bucket: tuple[str, Queue, bool]) -> None:
    name, queue, _ = bucket
    sequencers = []
    for body in (b"1", b"2"):
        emulator.client("s3").put_object(Bucket=name, Key="k", Body=body)
        sequencers.append(queue.body()["detail"]["object"]["sequencer"])
    assert sequencers == sorted(set(sequencers))
    assert len({len(sequencer) for sequencer in sequencers}) == 1


def test_a_deletion_makes_the_event_that_s3_sends(emulator: Emulator, bucket: tuple[str, Queue, bool]) -> None:
    name, queue, versioned = bucket
    s3 = emulator.client("s3")
    version = s3.put_object(Bucket=name, Key="k", Body=b"1").get("VersionId")
    queue.body()
    s3.delete_object(Bucket=name, Key="k")
    detail = queue.body()["detail"]
    assert (detail["reason"], detail["object"]["key"]) == ("DeleteObject", "k")
    if not versioned:
        assert detail["deletion-type"] == "Permanently Deleted"
        assert set(detail["object"]) == {"key", "sequencer"}
        return
    assert detail["deletion-type"] == "Delete Marker Created"
    assert set(detail["object"]) == {"key", "etag", "version-id", "sequencer"}
    s3.delete_object(Bucket=name, Key="k", VersionId=version)
    permanent = queue.body()["detail"]
    assert permanent["deletion-type"] == "Permanently Deleted"
    assert permanent["object"]["version-id"] == version


def test_a_rule_that_is_put_again_keeps_nothing_that_is_left_out(emulator: Emulator) -> None:
    events, name = emulator.client("events"), unique("rule")
    pattern = json.dumps({"source": ["app"]})
    events.put_rule(Name=name, EventPattern=pattern, Description="before", State="DISABLED")
    events.put_rule(Name=name, EventPattern=pattern)
    rule = events.describe_rule(Name=name)
    assert (rule.get("Description", ""), rule["State"]) == ("", "ENABLED")
