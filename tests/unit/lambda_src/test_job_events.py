from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from lambda_src.errors import ServiceFaultError
from lambda_src.job_events import Follower, Result
from lambda_src.notice_events import NoticeEvent
from lambda_src.output_layout import folder_url, is_poster, manifest_key, playlist_url
from lambda_src.record import Status
from tests.unit.lambda_src.fakes import Row
from tests.unit.lambda_src.samples import JOB_SETTINGS, NOW, OUTPUT, event, record, run

if TYPE_CHECKING:
    from lambda_src.run import Run
    from tests.unit.lambda_src.conftest import World

JOB = "1760000001234-x7k2pq"
RECORD = record(status=Status.SUBMITTED, job_id=JOB)
IDENTITY = RECORD.record_id
MANIFEST = (OUTPUT, manifest_key(RECORD.output_prefix))


@pytest.fixture
def submitted(world: World) -> World:
    world.ledger.rows[IDENTITY] = Row(RECORD)
    return world


def follow(world: World, body: Any, *, at: Run | None = None) -> Result:
    return Follower(settings=JOB_SETTINGS, services=world.services, run=at or run()).handle(body)


def status(world: World) -> Status:
    return world.ledger.rows[IDENTITY].record.status


@pytest.mark.parametrize("name", ["progressing", "input_information", "status_update"])
def test_a_job_under_way_moves_its_record(submitted: World, name: str) -> None:
    assert follow(submitted, event(f"mediaconvert_{name}"))["outcome"] == "moved"
    assert status(submitted) is Status.PROGRESSING
    assert submitted.announcer.sent == []


def test_progress_is_written_down(submitted: World) -> None:
    follow(submitted, event("mediaconvert_status_update"))
    assert submitted.ledger.rows[IDENTITY].values["percent"] == 42


def test_success_is_told_with_the_stream(submitted: World) -> None:
    assert follow(submitted, event("mediaconvert_complete"))["outcome"] == "moved"
    assert status(submitted) is Status.COMPLETE
    (notice,) = submitted.announcer.sent
    assert notice.body["event"] == NoticeEvent.SUCCEEDED
    folder = folder_url(OUTPUT, RECORD.output_prefix)
    assert notice.body["playlist"] == playlist_url(folder)
    assert is_poster(notice.body["poster"], folder)
    assert (notice.body["duration_seconds"], len(notice.body["renditions"])) == (10.026, 5)
    assert (notice.body["bucket"], notice.body["key"]) == (RECORD.bucket, RECORD.key)


def test_the_manifest_is_the_notice(submitted: World) -> None:
    follow(submitted, event("mediaconvert_complete"))
    assert submitted.objects.written == {MANIFEST: submitted.announcer.sent[0].body}


def test_failure_is_told_with_code_message_and_source(submitted: World) -> None:
    follow(submitted, event("mediaconvert_error"))
    assert status(submitted) is Status.ERROR
    (notice,) = submitted.announcer.sent
    assert notice.body["event"] == NoticeEvent.FAILED
    assert notice.body["error"]["code"] == "1040"
    assert "Is file truncated?" in notice.body["error"]["message"]
    assert (notice.body["bucket"], notice.body["key"]) == (RECORD.bucket, RECORD.key)
    assert submitted.objects.written == {}


def test_a_failure_without_a_reason_says_so(submitted: World) -> None:
    body = event("mediaconvert_error")
    del body["detail"]["errorCode"], body["detail"]["errorMessage"]
    follow(submitted, body)
    assert submitted.announcer.sent[0].body["error"] == {"code": "Unknown", "message": "MediaConvert gave no reason"}


def test_a_cancellation_is_told(submitted: World) -> None:
    follow(submitted, event("mediaconvert_canceled"))
    assert status(submitted) is Status.CANCELED
    assert submitted.announcer.sent[0].body["event"] == "transcode.canceled"


ORDERS = list(permutations(["input_information", "progressing", "status_update", "complete"]))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_whatever_the_order_and_however_often_the_end_is_told_once(submitted: World, order: tuple[str, ...]) -> None:
    for number, name in enumerate([*order, *order]):
        follow(submitted, event(f"mediaconvert_{name}"), at=run(f"request-{number}", after=number))
    assert status(submitted) is Status.COMPLETE
    assert len(submitted.announcer.sent) == 1


def test_an_event_that_changes_nothing_is_stale(submitted: World) -> None:
    follow(submitted, event("mediaconvert_complete"))
    result = follow(submitted, event("mediaconvert_error"), at=run("request-2"))
    assert result == {"outcome": "stale", "reason": "the record is COMPLETE already"}


def test_the_first_event_may_come_before_the_job_is_recorded(world: World) -> None:
    world.ledger.rows[IDENTITY] = Row(record())
    assert follow(world, event("mediaconvert_progressing"))["outcome"] == "moved"
    assert world.ledger.rows[IDENTITY].record.job_id == JOB


def test_a_late_event_of_an_earlier_attempt_is_stale(world: World) -> None:
    world.ledger.rows[IDENTITY] = Row(record(attempt=2, past_jobs=(JOB,)))
    result = follow(world, event("mediaconvert_error"))
    assert result == {"outcome": "stale", "reason": "the event was overtaken, or is of an earlier attempt"}
    assert world.announcer.sent == []


@pytest.mark.parametrize("name", ["progressing", "complete", "error"])
def test_a_job_without_a_record_is_ignored(world: World, name: str) -> None:
    result = follow(world, event(f"mediaconvert_{name}"))
    assert result == {"outcome": "ignored", "reason": "there is no record of this job"}


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({}, "the job is not of this pipeline: its metadata has no record id"),
        ({"record_id": "7", "environment": "dev"}, "the job is not of this pipeline: its metadata has no record id"),
        ({"record_id": IDENTITY, "environment": "prod"}, 'the job is of the environment "prod", not "dev"'),
        ({"record_id": IDENTITY}, 'the job is of the environment "None", not "dev"'),
    ],
)
def test_someone_elses_job_is_ignored(submitted: World, metadata: dict[str, str], reason: str) -> None:
    body = event("mediaconvert_complete")
    body["detail"]["userMetadata"] = metadata
    assert follow(submitted, body) == {"outcome": "ignored", "reason": reason}
    assert status(submitted) is Status.SUBMITTED


@pytest.mark.parametrize("name", ["new_warning", "queue_hop"])
def test_news_that_move_nothing_are_ignored(submitted: World, name: str) -> None:
    assert follow(submitted, event(f"mediaconvert_{name}"))["outcome"] == "ignored"


@pytest.mark.parametrize("body", [None, [], {}, {"detail": 5}, {"detail": {"jobId": JOB}}])
def test_a_malformed_event_raises_nothing(submitted: World, body: Any) -> None:
    assert follow(submitted, body)["outcome"] == "malformed"
    assert submitted.announcer.sent == []


class CrashError(BaseException):
    """The process is gone: nothing is caught, nothing is cleaned up."""


@pytest.mark.parametrize("method", ["finish", "put_json", "publish", "mark_notified"])
def test_a_crash_around_the_notice_neither_loses_it_nor_repeats_it_for_ever(submitted: World, method: str) -> None:
    submitted.faults.add(method, CrashError())
    with pytest.raises(CrashError):
        follow(submitted, event("mediaconvert_complete"))
    for retry in range(3):
        # Lambda retries the same event under the same request id.
        follow(submitted, event("mediaconvert_complete"), at=run(after=60 * (retry + 1)))
    assert submitted.ledger.rows[IDENTITY].values["notified"]
    assert MANIFEST in submitted.objects.written
    # Only a crash after sending and before remembering it can repeat the notice, and only once.
    assert len(submitted.announcer.sent) == (2 if method == "mark_notified" else 1)


def test_a_duplicate_event_finishes_a_notice_whose_holder_is_gone(submitted: World) -> None:
    submitted.faults.add("publish", CrashError())
    with pytest.raises(CrashError):
        follow(submitted, event("mediaconvert_error"))
    assert follow(submitted, event("mediaconvert_error"), at=run("request-2", after=10))["outcome"] == "stale"
    assert submitted.announcer.sent == []
    assert follow(submitted, event("mediaconvert_error"), at=run("request-2", after=65))["outcome"] == "moved"
    assert len(submitted.announcer.sent) == 1


@pytest.mark.parametrize("method", ["progress", "finish", "read", "put_json", "publish", "mark_notified"])
def test_a_passing_fault_is_raised_so_that_lambda_tries_again(submitted: World, method: str) -> None:
    name = "status_update" if method == "progress" else "complete"
    submitted.faults.add(method, ServiceFaultError("HTTP 503"))
    with pytest.raises(ServiceFaultError):
        follow(submitted, event(f"mediaconvert_{name}"))
    assert follow(submitted, event(f"mediaconvert_{name}"), at=run(after=60))["outcome"] == "moved"


def test_times_are_those_of_the_clock(submitted: World) -> None:
    follow(submitted, event("mediaconvert_progressing"))
    assert submitted.ledger.rows[IDENTITY].values["updated_at"] == NOW
