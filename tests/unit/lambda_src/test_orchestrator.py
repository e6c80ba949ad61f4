from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lambda_src.errors import (
    ContendedError,
    JobRefusedError,
    ObjectGoneError,
    RetryableError,
    ServiceFaultError,
    ThrottledError,
    UnreadableMediaError,
)
from lambda_src.notice_events import NoticeEvent
from lambda_src.notices import Fault
from lambda_src.orchestrator import Orchestration, Result
from lambda_src.ports import Ending, StoredObject
from lambda_src.record import Status, record_id, request_token
from tests.unit.lambda_src.fakes import Row
from tests.unit.lambda_src.samples import NOW, SETTINGS, UPLOADS, VERSION, event, probe, record, run

if TYPE_CHECKING:
    from lambda_src.run import Run
    from tests.unit.lambda_src.conftest import World

KEY = "films/My film.mp4"
ETAG = "0cc175b9c0f1b6a831c399e269772661"
CREATED = event("s3_object_created")
REQUEST = {"bucket": UPLOADS, "key": KEY}
IDENTITY = record().record_id


def upload(world: World, key: str = KEY, *, size: int = 5_242_880, version_id: str | None = VERSION) -> None:
    world.objects.stored[UPLOADS, key] = StoredObject(size=size, etag=ETAG, version_id=version_id)
    world.transcoder.probes[f"s3://{UPLOADS}/{key}"] = probe()


def orchestrate(world: World, body: Any, *, at: Run | None = None, prefix: str = "") -> Result:
    settings = replace(SETTINGS, key_prefix=prefix)
    return Orchestration(settings=settings, services=world.services, run=at or run()).handle(body)


def status(world: World, identity: str = IDENTITY) -> Status | None:
    found = world.ledger.read(identity)
    return found.status if found else None


@pytest.mark.parametrize("body", [CREATED, REQUEST], ids=["S3 event", "request"])
def test_a_video_becomes_one_job(world: World, body: Any) -> None:
    upload(world)
    assert orchestrate(world, body) == {
        "outcome": "submitted",
        "record_id": IDENTITY,
        "job_id": "job-1",
        "status": "SUBMITTED",
        "bucket": UPLOADS,
        "key": KEY,
        "reason": None,
    }
    assert len(world.transcoder.jobs) == 1
    assert status(world) is Status.SUBMITTED
    assert world.announcer.sent == []


@pytest.mark.parametrize("second", [CREATED, REQUEST], ids=["S3 event", "request"])
def test_a_duplicate_starts_no_second_job(world: World, second: Any) -> None:
    upload(world)
    orchestrate(world, CREATED)
    result = orchestrate(world, second, at=run("request-2", after=1_000))
    assert result["outcome"] == "duplicate"
    assert (result["record_id"], result["job_id"], result["status"]) == (IDENTITY, "job-1", "SUBMITTED")
    assert result["reason"] == "this object version is SUBMITTED already"
    assert len(world.transcoder.jobs) == 1


def test_a_new_version_of_a_key_is_a_new_job(world: World) -> None:
    upload(world)
    first = orchestrate(world, CREATED)
    upload(world, version_id="another version")
    second = orchestrate(world, CREATED)
    assert first["record_id"] != second["record_id"]
    assert second["outcome"] == "submitted"


def test_an_overwritten_object_is_processed_as_it_is_now_and_once(world: World) -> None:
    """MediaConvert reads the current version, so the older event and the newer one mean the same work."""
    upload(world, version_id="the newer version")
    assert orchestrate(world, CREATED)["outcome"] == "submitted"
    newer = event("s3_object_created")
    newer["detail"]["object"]["version-id"] = "the newer version"
    assert orchestrate(world, newer, at=run("request-2"))["outcome"] == "duplicate"


def test_without_versions_the_etag_tells_objects_apart(world: World) -> None:
    upload(world, version_id=None)
    result = orchestrate(world, event("s3_object_created_without_version"))
    assert result["record_id"] == record_id(UPLOADS, KEY, ETAG)


@pytest.mark.parametrize("name", ["plus", "percent", "quotes", "emoji", "longest_key", "upper_case"])
def test_any_key_reaches_mediaconvert_raw(world: World, name: str) -> None:
    body = event(f"s3_object_created_{name}")
    key = body["detail"]["object"]["key"]
    upload(world, key)
    assert orchestrate(world, body)["outcome"] == "submitted"
    assert world.transcoder.jobs[0]["Settings"]["Inputs"][0]["FileInput"] == f"s3://{UPLOADS}/{key}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (event("s3_object_created_not_video"), "the key has no video suffix"),
        (event("s3_object_created_other_bucket"), f'the bucket is "someone-elses-bucket", not "{UPLOADS}"'),
        (event("s3_object_deleted"), 'the event is "Object Deleted", not "Object Created"'),
        ({"bucket": "other", "key": KEY}, f'the bucket is "other", not "{UPLOADS}"'),
    ],
)
def test_what_is_not_for_us_is_ignored_with_a_reason(world: World, body: Any, reason: str) -> None:
    result = orchestrate(world, body)
    assert (result["outcome"], result["reason"]) == ("ignored", reason)
    assert world.ledger.rows == {}
    assert world.announcer.sent == []


def test_a_key_outside_the_prefix_is_ignored(world: World) -> None:
    upload(world)
    assert orchestrate(world, CREATED, prefix="incoming/")["outcome"] == "ignored"
    assert orchestrate(world, CREATED, prefix="films/")["outcome"] == "submitted"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {"detail": None},
        {"detail": {"bucket": {"name": UPLOADS}}},
        {"detail": {"bucket": {"name": UPLOADS}, "object": {"key": 5}}},
        {"detail": {"bucket": {"name": UPLOADS}, "object": {"key": ""}}},
        {"detail": {"bucket": {"name": UPLOADS}, "object": {"key": "k" * 1021 + ".mp4"}}},
        {"bucket": UPLOADS},
    ],
)
def test_an_event_that_cannot_be_read_gets_a_failure_notice(world: World, body: Any) -> None:
    result = orchestrate(world, body)
    assert (result["outcome"], result["record_id"], result["status"]) == ("rejected", None, None)
    (notice,) = world.announcer.sent
    assert notice.body["event"] == NoticeEvent.FAILED
    assert notice.body["error"] == {"code": "MalformedEvent", "message": result["reason"]}


def test_a_notice_of_a_malformed_event_names_bucket_and_key_where_it_can(world: World) -> None:
    orchestrate(world, {"detail": {"bucket": {"name": UPLOADS}, "object": {"key": KEY, "etag": 5}}})
    (notice,) = world.announcer.sent
    assert (notice.body["bucket"], notice.body["key"]) == (UPLOADS, KEY)


def rejected(world: World, result: Result, code: str, reason: str) -> None:
    """The one defined end of a permanent failure: result, record and a notice that names bucket, key and reason."""
    assert (result["outcome"], result["status"], result["reason"]) == ("rejected", "REJECTED", reason)
    assert status(world, result["record_id"] or "") is Status.REJECTED
    (notice,) = world.announcer.sent
    assert (notice.body["bucket"], notice.body["key"]) == (UPLOADS, result["key"])
    assert notice.body["error"] == {"code": code, "message": reason}
    assert notice.body["job_id"] is None


def test_an_object_deleted_before_processing_is_rejected(world: World) -> None:
    rejected(world, orchestrate(world, CREATED), "ObjectGone", "object deleted before processing")


def test_a_second_event_of_a_deleted_object_sends_no_second_notice(world: World) -> None:
    orchestrate(world, CREATED)
    assert orchestrate(world, CREATED, at=run("request-2", after=500))["outcome"] == "duplicate"
    assert len(world.announcer.sent) == 1


def test_a_request_for_an_object_that_is_gone_is_rejected_without_a_record(world: World) -> None:
    result = orchestrate(world, REQUEST)
    assert (result["outcome"], result["record_id"]) == ("rejected", None)
    assert world.ledger.rows == {}
    assert world.announcer.sent[0].body["error"]["code"] == "ObjectGone"


def test_an_object_deleted_between_the_look_and_the_probe_is_rejected(world: World) -> None:
    upload(world)
    world.faults.add("probe", ObjectGoneError("object deleted before processing"))
    rejected(world, orchestrate(world, CREATED), "ObjectGone", "object deleted before processing")


def test_an_empty_object_is_rejected(world: World) -> None:
    key = "films/empty.mp4"
    upload(world, key, size=0)
    result = orchestrate(world, event("s3_object_created_zero_bytes"))
    rejected(world, result, "EmptyObject", "the object has zero bytes")


def test_a_file_that_is_no_video_is_rejected(world: World) -> None:
    upload(world)
    reason = "the file cannot be read: no container was recognised"
    world.faults.add("probe", UnreadableMediaError(reason))
    rejected(world, orchestrate(world, CREATED), "UnreadableMedia", reason)


def test_a_file_without_anything_to_play_is_rejected(world: World) -> None:
    upload(world)
    world.transcoder.probes[f"s3://{UPLOADS}/{KEY}"] = {"Container": {"Format": "mp4", "Tracks": []}}
    reason = "the file holds no picture and no sound that can be played"
    rejected(world, orchestrate(world, CREATED), "UnreadableMedia", reason)


def test_a_picture_too_small_to_encode_is_rejected(world: World) -> None:
    upload(world)
    world.transcoder.probes[f"s3://{UPLOADS}/{KEY}"] = probe(width=16, height=16)
    result = orchestrate(world, CREATED)
    assert result["outcome"] == "rejected"
    assert "16x16 pixels is too small" in (result["reason"] or "")


def test_a_job_that_the_service_refuses_is_rejected(world: World) -> None:
    upload(world)
    world.faults.add("create_job", JobRefusedError("MediaConvert refuses the job: /role: should be an ARN"))
    result = orchestrate(world, CREATED)
    rejected(world, result, "JobRefused", "MediaConvert refuses the job: /role: should be an ARN")


def test_a_video_of_sound_alone_becomes_a_job(world: World) -> None:
    upload(world)
    silent = probe()
    del silent["Container"]["Tracks"][0]
    world.transcoder.probes[f"s3://{UPLOADS}/{KEY}"] = silent
    assert orchestrate(world, CREATED)["outcome"] == "submitted"
    assert len(world.transcoder.jobs[0]["Settings"]["OutputGroups"]) == 1


@pytest.mark.parametrize("method", ["head", "create", "probe", "create_job", "submit"])
@pytest.mark.parametrize("error", [ThrottledError("slow down"), ServiceFaultError("HTTP 503")])
def test_a_passing_fault_is_raised_and_a_retry_succeeds_with_one_job(
    world: World, method: str, error: RetryableError
) -> None:
    upload(world)
    world.faults.add(method, error)
    with pytest.raises(type(error)):
        orchestrate(world, CREATED)
    assert world.announcer.sent == []
    retry = orchestrate(world, CREATED, at=run("another-request", after=1))
    assert (retry["outcome"], retry["job_id"]) == ("submitted", "job-1")
    assert len(world.transcoder.jobs) == 1


@pytest.mark.parametrize("method", ["publish", "reject"])
def test_a_rejection_that_could_not_be_finished_is_finished_by_the_retry(world: World, method: str) -> None:
    upload(world, size=0)
    world.faults.add(method, ServiceFaultError("HTTP 503"))
    with pytest.raises(ServiceFaultError):
        orchestrate(world, CREATED)
    assert orchestrate(world, CREATED, at=run("another-request", after=1))["outcome"] == "rejected"
    assert status(world) is Status.REJECTED
    assert 1 <= len(world.announcer.sent) <= 2


class CrashError(BaseException):
    """The process is gone: nothing is caught, nothing is cleaned up."""


CRASHES = ["head", "create", "probe", "create_job", "create_job answer", "submit", "publish", "reject"]


@pytest.mark.parametrize("method", CRASHES)
@pytest.mark.parametrize("size", [5_242_880, 0], ids=["a video", "an empty object"])
def test_a_crash_anywhere_leaves_nothing_stuck(world: World, method: str, size: int) -> None:
    upload(world, size=size)
    world.faults.add(method, CrashError())
    try:
        orchestrate(world, CREATED)
    except CrashError:
        # Lambda's own retry comes under the same request id, long before the lease is over.
        again = orchestrate(world, CREATED, at=run(after=30))
        assert again["outcome"] == ("submitted" if size else "rejected")
    assert status(world) is (Status.SUBMITTED if size else Status.REJECTED)
    assert len(world.transcoder.jobs) == (1 if size else 0)
    assert len(world.announcer.sent) >= (0 if size else 1)


@pytest.mark.parametrize("method", ["probe", "create_job answer", "submit"])
def test_after_a_crash_another_event_may_take_over_once_the_lease_is_over(world: World, method: str) -> None:
    upload(world)
    world.faults.add(method, CrashError())
    with pytest.raises(CrashError):
        orchestrate(world, CREATED)
    assert orchestrate(world, CREATED, at=run("request-2", after=64))["outcome"] == "duplicate"
    late = orchestrate(world, CREATED, at=run("request-2", after=65))
    assert (late["outcome"], late["job_id"]) == ("submitted", "job-1")
    assert len(world.transcoder.jobs) == 1


def test_a_job_event_that_is_faster_than_the_answer_is_not_undone(world: World) -> None:
    upload(world)
    world.transcoder.before_answer = lambda job_id: _ignore(world.ledger.progress(IDENTITY, job_id, 30, NOW))
    result = orchestrate(world, CREATED)
    assert (result["outcome"], result["job_id"], result["status"]) == ("submitted", "job-1", "PROGRESSING")


def test_a_job_that_failed_before_its_answer_came_stays_failed(world: World) -> None:
    upload(world)
    ending = Ending(status=Status.ERROR, fault=Fault(code="1040", message="read failed"))
    world.transcoder.before_answer = lambda job_id: _ignore(world.ledger.finish(IDENTITY, job_id, ending, run()))
    assert orchestrate(world, CREATED)["status"] == "ERROR"
    assert status(world) is Status.ERROR


def test_a_job_that_reported_itself_after_a_crash_is_found_by_the_retry(world: World) -> None:
    upload(world)
    world.faults.add("submit", CrashError())
    with pytest.raises(CrashError):
        orchestrate(world, CREATED)
    world.ledger.progress(IDENTITY, "job-1", None, NOW)
    result = orchestrate(world, CREATED)
    assert (result["outcome"], result["job_id"], result["status"]) == ("duplicate", "job-1", "PROGRESSING")


def test_a_job_made_after_the_claim_was_lost_yields_to_the_one_recorded(world: World) -> None:
    upload(world)
    world.transcoder.before_answer = lambda _: _ignore(world.ledger.progress(IDENTITY, "job-0", 5, NOW))
    result = orchestrate(world, CREATED)
    assert (result["outcome"], result["job_id"]) == ("duplicate", "job-0")


@pytest.mark.parametrize("ended", [Status.ERROR, Status.CANCELED, Status.REJECTED])
def test_a_failed_version_is_tried_again_by_request_and_not_by_an_event(world: World, ended: Status) -> None:
    upload(world)
    failed = record(status=ended, job_id=None if ended is Status.REJECTED else "job-0")
    world.ledger.rows[IDENTITY] = Row(failed, {"error_code": "1040"})
    assert orchestrate(world, CREATED, at=run("request-2", after=500))["outcome"] == "duplicate"
    result = orchestrate(world, REQUEST, at=run("request-3", after=500))
    assert (result["outcome"], result["job_id"]) == ("submitted", "job-1")
    assert world.transcoder.jobs[0]["ClientRequestToken"] == request_token(IDENTITY, 2)


def test_a_complete_version_is_not_made_again_even_by_request(world: World) -> None:
    upload(world)
    world.ledger.rows[IDENTITY] = Row(record(status=Status.COMPLETE, job_id="job-0"))
    result = orchestrate(world, REQUEST, at=run("request-2", after=500))
    assert (result["outcome"], result["job_id"], result["status"]) == ("duplicate", "job-0", "COMPLETE")


def test_two_that_take_over_at_once_do_not_both_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(world)
    world.ledger.rows[IDENTITY] = Row(record(request_id="crashed", lease_until=NOW))
    monkeypatch.setattr(world.ledger, "replace", lambda *_: False)
    with pytest.raises(ContendedError):
        orchestrate(world, CREATED)
    assert world.transcoder.jobs == []


def _ignore(_: object) -> None:
    """Take any value, so that a lambda can be a callback without a result."""
