"""Every upload comes to a defined end: a stream that plays, a logged ignore, or a failure notice that says why.

The tests run in the order in which they stand: the first sees the fresh deployment, the last destroys it.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lambda_src.notice_events import NoticeEvent
from lambda_src.output_layout import MANIFEST_NAME, POSTER_NAME
from lambda_src.record import FAILED, Status
from lambda_src.table_schema import Attribute
from local_cloud.sqs_messages import receive_all
from local_cloud.stream_check import check_stream, download
from local_cloud.video import inspect
from tests.local.end_to_end import sources
from tests.local.end_to_end.conftest import Deployed

Value = TypeVar("Value")
TERMINAL = {Status.COMPLETE, *FAILED}
LONG_KEY = "long/" + "k" * (1024 - len("long/") - len(".mp4")) + ".mp4"
ODD_KEYS = [
    "holiday film.mp4",
    "a+b & c=d.mp4",
    "100% legal %2F not decoded.mp4",
    'it\'s "quoted".mp4',
    "été/日本/🎬 final.MP4",
    LONG_KEY,
]


def _until(condition: Callable[[], Value | None], seconds: float = 90.0) -> Value:
    """Return the condition's value as soon as it is true; fail after that many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)
    return value


def _invoke(deployed: Deployed, event: Any) -> dict[str, Any]:
    answer = deployed.session.client("lambda").invoke(
        FunctionName=deployed.outputs.orchestrator_function, Payload=json.dumps(event).encode()
    )
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def _event(bucket: str, key: str, **more: str) -> dict[str, Any]:
    return {"detail": {"bucket": {"name": bucket}, "object": {"key": key, **more}}}


def _stream(deployed: Deployed, notification: dict[str, Any], folder: Path) -> Path:
    bucket, _, playlist = str(notification["playlist"]).removeprefix("s3://").partition("/")
    assert bucket == deployed.outputs.output_bucket
    prefix, _, name = playlist.rpartition("/")
    download(deployed.session.client("s3"), bucket, f"{prefix}/", folder)
    return folder / name


def test_a_second_diff_right_after_the_deployment_says_no_changes(deployed: Deployed) -> None:
    said = deployed.deployment.diff()
    assert "No changes." in said, said


@pytest.mark.parametrize(
    "make", [sources.whole, sources.silent, sources.sound_only, sources.portrait], ids=lambda make: make.__name__
)
def test_a_video_becomes_a_stream_that_plays_like_its_source(
    deployed: Deployed, videos: Path, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    source = make(videos)
    journey = deployed.follower.send(source, f"plays/{source.name}")
    assert journey.succeeded, journey.notification
    media = inspect(source)
    checks = check_stream(_stream(deployed, journey.notification, tmp_path), media)
    assert [check for check in checks if check.faults] == []
    assert journey.notification["duration_seconds"] == pytest.approx(media.duration, abs=0.1)
    posters = list(tmp_path.glob(f"{POSTER_NAME}.*.jpg"))
    assert bool(posters) == bool(media.width)
    assert all(poster.read_bytes().startswith(b"\xff\xd8") for poster in posters)
    assert json.loads((tmp_path / MANIFEST_NAME).read_text())["record_id"] == journey.notification["record_id"]


def test_keys_of_every_kind_come_out_as_they_went_in(deployed: Deployed, videos: Path) -> None:
    assert len(LONG_KEY.encode()) == 1024
    source = sources.whole(videos)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda key: deployed.follower.upload(source, key), ODD_KEYS))
    for key in ODD_KEYS:
        told = _until(partial(deployed.follower.notification, key))
        assert (told["event"], told["bucket"]) == (NoticeEvent.SUCCEEDED, deployed.outputs.upload_bucket), told
        names = deployed.session.client("s3").list_objects_v2(
            Bucket=deployed.outputs.output_bucket, Prefix=told["playlist"].split("/", 3)[3]
        )
        assert names["KeyCount"] == 1


@pytest.mark.parametrize(
    "make", [sources.empty, sources.not_a_video, sources.truncated], ids=lambda make: make.__name__
)
def test_a_file_that_cannot_be_transcoded_ends_in_a_notice_of_bucket_key_and_reason(
    deployed: Deployed, videos: Path, make: Callable[[Path], Path]
) -> None:
    source = make(videos)
    journey = deployed.follower.send(source, f"fails/{source.name}")
    told = journey.notification
    assert told["event"] == NoticeEvent.FAILED
    assert (told["bucket"], told["key"]) == (deployed.outputs.upload_bucket, f"fails/{source.name}")
    assert told["error"]["code"]
    assert told["error"]["message"]


def test_an_object_deleted_before_processing_ends_in_a_notice(deployed: Deployed) -> None:
    answer = _invoke(deployed, _event(deployed.outputs.upload_bucket, "gone.mp4"))
    assert answer["outcome"] == "rejected"
    told = _until(lambda: deployed.follower.notification("gone.mp4"))
    assert told["event"] == NoticeEvent.FAILED
    assert told["bucket"] == deployed.outputs.upload_bucket


def test_a_duplicate_event_starts_no_second_job(deployed: Deployed, videos: Path) -> None:
    deployed.follower.send(sources.whole(videos), "twice.mp4")
    record = deployed.follower.record("twice.mp4")
    assert record is not None
    event = _event(deployed.outputs.upload_bucket, "twice.mp4", **{"version-id": record["version_id"]})
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda _: _invoke(deployed, event), range(4)))
    assert [answer["outcome"] for answer in answers] == ["duplicate"] * 4
    assert {answer["job_id"] for answer in answers} == {record["job_id"]}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"detail": None},
        {"detail": {"bucket": "name", "object": []}},
        {"detail": {"bucket": {"name": 1}}},
        [],
        "text",
    ],
    ids=json.dumps,
)
def test_a_malformed_event_is_rejected_without_an_exception(deployed: Deployed, event: Any) -> None:
    assert _invoke(deployed, event)["outcome"] == "rejected"


@pytest.mark.parametrize("key", ["notes.txt", "folder/"])
def test_what_is_not_a_video_is_ignored(deployed: Deployed, key: str) -> None:
    deployed.session.client("s3").put_object(Bucket=deployed.outputs.upload_bucket, Key=key, Body=b"text")
    assert _invoke(deployed, _event(deployed.outputs.upload_bucket, key))["outcome"] == "ignored"
    assert deployed.follower.record(key) is None


def test_an_event_for_another_bucket_is_ignored(deployed: Deployed) -> None:
    assert _invoke(deployed, _event(deployed.outputs.output_bucket, "whole.mp4"))["outcome"] == "ignored"


def _execute(deployed: Deployed, given: dict[str, str]) -> dict[str, Any]:
    states = deployed.session.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=deployed.outputs.state_machine_arn, input=json.dumps(given))[
        "executionArn"
    ]

    def ended() -> dict[str, Any] | None:
        execution: dict[str, Any] = dict(states.describe_execution(executionArn=arn))
        return None if execution["status"] == "RUNNING" else execution

    return _until(ended)


def test_the_state_machine_transcodes_one_object_and_tells_of_it(deployed: Deployed, videos: Path) -> None:
    deployed.follower.upload(sources.whole(videos), "on-demand.mp4")
    execution = _execute(deployed, {"bucket": deployed.outputs.upload_bucket, "key": "on-demand.mp4"})
    assert execution["status"] == "SUCCEEDED", execution
    record = deployed.follower.record("on-demand.mp4")
    assert record is not None
    assert record[Attribute.STATUS] == Status.COMPLETE
    deployed.follower.notification("on-demand.mp4")
    assert "execution.succeeded" in {told["event"] for told in deployed.follower.notifications}


def test_the_state_machine_fails_for_an_object_that_is_not_there(deployed: Deployed) -> None:
    execution = _execute(deployed, {"bucket": deployed.outputs.upload_bucket, "key": "never-there.mp4"})
    assert execution["status"] == "FAILED"
    assert execution["cause"] == "object deleted before processing"


def test_the_state_machine_logs_its_history(deployed: Deployed) -> None:
    logs = deployed.session.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/vendedlogs/states/")["logGroups"]
    assert len(groups) == 1
    events = _until(lambda: logs.filter_log_events(logGroupName=groups[0]["logGroupName"])["events"])
    types = {json.loads(event["message"])["type"] for event in events}
    assert {"ExecutionStarted", "ExecutionSucceeded", "ExecutionFailed"} <= types


def test_no_record_is_stuck_and_no_event_is_lost(deployed: Deployed) -> None:
    table = deployed.session.resource("dynamodb").Table(deployed.outputs.job_table)
    _until(lambda: {item[Attribute.STATUS] for item in table.scan(ConsistentRead=True)["Items"]} <= TERMINAL)
    sqs = deployed.session.client("sqs")
    dead = receive_all(sqs, deployed.outputs.dead_letter_queue_url)
    assert dead == []


def test_destroy_removes_everything_that_was_deployed(deployed: Deployed) -> None:
    deployed.deployment.destroy()
    session = deployed.session
    names = [bucket["Name"] for bucket in session.client("s3").list_buckets()["Buckets"]]
    assert [name for name in names if name.startswith("media-pipeline")] == []
    assert session.client("lambda").list_functions()["Functions"] == []
    assert session.client("stepfunctions").list_state_machines()["stateMachines"] == []
    assert session.client("sns").list_topics()["Topics"] == []
    assert session.client("dynamodb").list_tables()["TableNames"] == []
    assert [queue["Name"] for queue in session.client("mediaconvert").list_queues()["Queues"]] == ["Default"]
