from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from lambda_src.errors import ServiceFaultError
from lambda_src.job_events import Follower
from lambda_src.notice_events import NoticeEvent
from lambda_src.output_layout import folder_url, is_poster, manifest_key, playlist_url
from lambda_src.record import JobRecord, Status
from tests.simulation.cloud import Kind
from tests.simulation.world import SETTINGS, World
from tests.unit.lambda_src.samples import OUTPUT, event, run

if TYPE_CHECKING:
    from lambda_src.job_end import Result
    from lambda_src.run import Run
    from tests.simulation.objects import Version

KEY = "films/My film.mp4"
JOB = "job-1"


@pytest.fixture
def version(world: World) -> Version:
    """A version whose job was submitted; none of its events has come."""
    made = world.put(KEY)
    world.scheduler._coming.clear()
    world.orchestrate(world.created(made), run("request-0"))
    world.scheduler._coming.clear()
    return made


def record(world: World, version: Version) -> JobRecord:
    found = world.record(version)
    assert found is not None
    return found


def job_event(world: World, version: Version, name: str, *, job: str = JOB) -> Any:
    """Return a recorded event as one of the version's job."""
    made = event(f"mediaconvert_{name}")
    now = record(world, version)
    text = str(made["detail"].get("outputGroupDetails", ""))
    made["detail"] |= {"jobId": job, "userMetadata": {"record_id": now.record_id, "environment": "dev"}}
    if text:
        made["detail"]["outputGroupDetails"] = _moved(made["detail"]["outputGroupDetails"], now.output_prefix)
    return made


def _moved(value: Any, prefix: str) -> Any:
    """Put the files of a recorded event into a folder."""
    if isinstance(value, dict):
        return {name: _moved(item, prefix) for name, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, prefix) for item in value]
    return value.replace("films/My-film/3b3b73f8742e", prefix) if isinstance(value, str) else value


def follow(world: World, body: Any, *, at: Run | None = None) -> Result:
    return Follower(settings=SETTINGS.common, services=world.services, run=at or run()).handle(body)


@pytest.mark.parametrize("name", ["progressing", "input_information", "status_update"])
def test_a_job_under_way_moves_its_record(world: World, version: Version, name: str) -> None:
    assert follow(world, job_event(world, version, name))["outcome"] == "moved"
    assert record(world, version).status is Status.PROGRESSING
    assert world.topic.notices == []


def test_progress_is_written_down(world: World, version: Version) -> None:
    follow(world, job_event(world, version, "status_update"))
    assert world.table.items[record(world, version).record_id]["percent"] == {"N": "42"}


def test_success_is_told_with_the_stream(world: World, version: Version) -> None:
    assert follow(world, job_event(world, version, "complete"))["outcome"] == "moved"
    assert record(world, version).status is Status.COMPLETE
    (notice,) = world.topic.notices
    assert (notice["event"], notice["id"]) == (NoticeEvent.SUCCEEDED, record(world, version).notice_id)
    folder = folder_url(OUTPUT, record(world, version).output_prefix)
    assert notice["playlist"] == playlist_url(folder)
    assert is_poster(notice["poster"], folder)
    assert notice["thumbnails"] == f"{folder}/thumbnails/"
    assert (notice["duration_seconds"], len(notice["renditions"])) == (10.026, 5)
    assert (notice["bucket"], notice["key"]) == (version.bucket, version.key)


def test_the_manifest_is_the_notice(world: World, version: Version) -> None:
    follow(world, job_event(world, version, "complete"))
    written = world.objects.current(OUTPUT, manifest_key(record(world, version).output_prefix))
    assert written is not None
    assert written.content is not None
    import json  # noqa: PLC0415 - one test needs it

    assert json.loads(written.content) == world.topic.notices[0]


def test_failure_is_told_with_code_message_and_source(world: World, version: Version) -> None:
    follow(world, job_event(world, version, "error"))
    assert record(world, version).status is Status.ERROR
    (notice,) = world.topic.notices
    assert notice["event"] == NoticeEvent.FAILED
    assert notice["error"]["code"] == "1040"
    assert "Is file truncated?" in notice["error"]["message"]
    assert (notice["bucket"], notice["key"]) == (version.bucket, version.key)
    assert world.cloud.calls["PutObject"] == 0


def test_a_failure_without_a_reason_says_so(world: World, version: Version) -> None:
    body = job_event(world, version, "error")
    del body["detail"]["errorCode"], body["detail"]["errorMessage"]
    follow(world, body)
    assert world.topic.notices[0]["error"] == {"code": "Unknown", "message": "MediaConvert gave no reason"}


def test_a_cancellation_is_told(world: World, version: Version) -> None:
    follow(world, job_event(world, version, "canceled"))
    assert record(world, version).status is Status.CANCELED
    assert world.topic.notices[0]["event"] == "transcode.canceled"


def test_a_stream_of_an_object_that_was_overwritten_is_no_success(world: World, version: Version) -> None:
    world.put(KEY, b"another video")
    follow(world, job_event(world, version, "complete"))
    assert record(world, version).status is Status.SUPERSEDED
    assert world.topic.notices[0]["event"] == "transcode.superseded"
    assert world.cloud.calls["PutObject"] == 0


def test_a_stream_of_an_object_that_was_deleted_is_a_success(world: World, version: Version) -> None:
    for _ in range(60):
        world.objects.delete(version.bucket, KEY)
    world.put(f"{KEY}.mp4")
    follow(world, job_event(world, version, "complete"))
    assert record(world, version).status is Status.COMPLETE


ORDERS = list(permutations(["input_information", "progressing", "status_update", "complete"]))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_whatever_the_order_and_however_often_the_end_is_told_once(
    world: World, version: Version, order: tuple[str, ...]
) -> None:
    for number, name in enumerate([*order, *order]):
        follow(world, job_event(world, version, name), at=run(f"request-{number}", after=number))
    assert record(world, version).status is Status.COMPLETE
    assert len(world.topic.notices) == 1


def test_an_event_that_changes_nothing_is_stale(world: World, version: Version) -> None:
    follow(world, job_event(world, version, "complete"))
    result = follow(world, job_event(world, version, "error"), at=run("request-2"))
    assert result == {"outcome": "stale", "reason": "the record is COMPLETE already"}


def test_the_first_event_may_come_before_the_job_is_recorded(world: World) -> None:
    version = world.put(KEY)
    world.scheduler._coming.clear()
    world.cloud.fail_next("CreateJob", Kind.BROKEN, "after")
    with pytest.raises(ServiceFaultError):
        world.orchestrate(world.created(version), run("request-0"))
    assert follow(world, job_event(world, version, "progressing"))["outcome"] == "moved"
    assert record(world, version).job_id == JOB


def test_a_second_job_of_a_record_is_canceled_by_its_first_event(world: World, version: Version) -> None:
    other = world.jobs.create_job(**{**world.jobs.jobs[JOB].request, "ClientRequestToken": "another"})["Job"]["Id"]
    result = follow(world, job_event(world, version, "progressing", job=other))
    assert result == {"outcome": "stale", "reason": "the event was overtaken, or is of an earlier attempt"}
    assert (world.jobs.jobs[other].status, world.jobs.jobs[JOB].status) == ("CANCELED", "SUBMITTED")


def test_a_late_event_of_an_earlier_attempt_is_stale_and_cancels_nothing(world: World, version: Version) -> None:
    follow(world, job_event(world, version, "error"))
    world.orchestrate({"bucket": version.bucket, "key": KEY, "again": True}, run("request-9", after=100))
    for name in ("progressing", "error"):
        assert follow(world, job_event(world, version, name), at=run("request-2"))["outcome"] == "stale"
    assert (world.cloud.calls["CancelJob"], len(world.topic.notices)) == (0, 1)


@pytest.mark.parametrize("name", ["progressing", "complete", "error"])
def test_a_job_without_a_record_is_ignored(world: World, version: Version, name: str) -> None:
    body = job_event(world, version, name)
    body["detail"]["userMetadata"]["record_id"] = "0" * 64
    assert follow(world, body) == {"outcome": "ignored", "reason": "there is no record of this job"}


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({}, "the job is not of this pipeline: its metadata has no record id"),
        ({"record_id": "7", "environment": "dev"}, "the job is not of this pipeline: its metadata has no record id"),
        ({"record_id": "0" * 64, "environment": "prod"}, 'the job is of the environment "prod", not "dev"'),
        ({"record_id": "0" * 64}, 'the job is of the environment "None", not "dev"'),
    ],
)
def test_someone_elses_job_is_ignored(world: World, version: Version, metadata: dict[str, str], reason: str) -> None:
    body = job_event(world, version, "complete")
    body["detail"]["userMetadata"] = metadata
    assert follow(world, body) == {"outcome": "ignored", "reason": reason}
    assert record(world, version).status is Status.SUBMITTED


@pytest.mark.parametrize("name", ["new_warning", "queue_hop"])
def test_news_that_move_nothing_are_ignored(world: World, version: Version, name: str) -> None:
    assert follow(world, job_event(world, version, name))["outcome"] == "ignored"


@pytest.mark.parametrize("body", [None, [], {}, {"detail": 5}, {"detail": {"jobId": JOB}}])
def test_a_malformed_event_raises_nothing(world: World, body: Any) -> None:
    assert follow(world, body)["outcome"] == "malformed"
    assert world.topic.notices == []


@pytest.mark.parametrize("odd", [10**400, 10**39, -(10**400), float("inf"), "\ud800", {}, True])
def test_odd_values_in_an_event_are_not_taken(world: World, version: Version, odd: Any) -> None:
    body = job_event(world, version, "complete")
    body["detail"]["jobProgress"] = {"jobPercentComplete": odd}
    first = body["detail"]["outputGroupDetails"][0]["outputDetails"][0]
    first["durationInMs"] = odd
    first["videoDetails"]["averageBitrate"] = odd
    first["outputFilePaths"] = [f"s3://{OUTPUT}/a/index_\ud800.m3u8"]
    assert follow(world, body)["outcome"] == "moved"
    assert world.topic.notices[0]["renditions"][0]["bitrate"] is None


@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem", "ListObjectVersions", "PutObject", "Publish"])
def test_a_passing_fault_is_raised_so_that_lambda_tries_again(world: World, version: Version, operation: str) -> None:
    body = job_event(world, version, "complete")
    world.cloud.fail_next(operation, Kind.BROKEN)
    with pytest.raises(ServiceFaultError):
        follow(world, body)
    assert follow(world, body, at=run(after=60))["outcome"] == "moved"
    assert len(world.topic.notices) == 1


def test_a_duplicate_event_finishes_a_notice_whose_holder_is_gone(world: World, version: Version) -> None:
    body = job_event(world, version, "error")
    world.cloud.fail_next("Publish", Kind.KILLED)
    with pytest.raises(BaseException):  # noqa: B017, PT011 - the process is gone
        follow(world, body)
    assert follow(world, body, at=run("request-2", after=10))["outcome"] == "stale"
    assert world.topic.notices == []
    assert follow(world, body, at=run("request-2", after=65))["outcome"] == "moved"
    assert len(world.topic.notices) == 1
