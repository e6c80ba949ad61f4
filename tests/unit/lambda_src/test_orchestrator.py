from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from lambda_src.errors import ContendedError, RetryableError, ServiceFaultError, SetupError, ThrottledError
from lambda_src.notice_events import NoticeEvent
from lambda_src.orchestrator import Orchestration, Result
from lambda_src.record import Status, record_id, request_token
from tests.simulation.cloud import Kind, client_error
from tests.simulation.jobs import NOT_A_VIDEO
from tests.simulation.world import SETTINGS, VIDEO, World
from tests.unit.lambda_src.samples import UPLOADS, event, probe, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambda_src.run import Run
    from tests.simulation.objects import Version

KEY = "films/My film.mp4"
CREATED = event("s3_object_created")
REQUEST = {"bucket": UPLOADS, "key": KEY}


def upload(world: World, key: str = KEY, content: bytes = VIDEO) -> Version:
    """Put an object without telling anyone."""
    version = world.put(key, content)
    world.scheduler._coming.clear()
    return version


def orchestrate(world: World, body: Any, *, at: Run | None = None, prefix: str = "") -> Result:
    settings = replace(SETTINGS, key_prefix=prefix)
    return Orchestration(settings=settings, services=world.services, run=at or run()).handle(body)


def status(world: World, version: Version) -> Status | None:
    found = world.record(version)
    return found.status if found else None


def created_and_request(world: World, version: Version, kind: str) -> Any:
    return world.created(version) if kind == "S3 event" else REQUEST


BOTH = pytest.mark.parametrize("kind", ["S3 event", "request"])


@BOTH
def test_a_video_becomes_one_job(world: World, kind: str) -> None:
    version = upload(world)
    identity = record_id(UPLOADS, KEY, version.version_id)
    assert orchestrate(world, created_and_request(world, version, kind)) == {
        "outcome": "submitted",
        "record_id": identity,
        "job_id": "job-1",
        "status": "SUBMITTED",
        "bucket": UPLOADS,
        "key": KEY,
        "reason": None,
    }
    assert list(world.jobs.jobs) == ["job-1"]
    assert status(world, version) is Status.SUBMITTED
    assert world.topic.notices == []


@BOTH
def test_a_duplicate_starts_no_second_job(world: World, kind: str) -> None:
    version = upload(world)
    first = orchestrate(world, world.created(version))
    body = created_and_request(world, version, kind)
    result = orchestrate(world, body, at=run("request-2", after=1_000))
    assert result["outcome"] == "duplicate"
    assert (result["record_id"], result["job_id"], result["status"]) == (first["record_id"], "job-1", "SUBMITTED")
    assert result["reason"] == "this object version is SUBMITTED already"
    assert list(world.jobs.jobs) == ["job-1"]


def test_an_overwritten_version_ends_as_superseded_and_is_told_of(world: World) -> None:
    older, newer = upload(world), upload(world, content=b"another video")
    result = orchestrate(world, world.created(older))
    assert (result["outcome"], result["status"]) == ("rejected", "SUPERSEDED")
    (notice,) = world.topic.notices
    assert (notice["event"], notice["version_id"]) == (NoticeEvent.SUPERSEDED, older.version_id)
    assert newer.version_id in notice["error"]["message"]
    assert orchestrate(world, world.created(newer), at=run("request-2"))["outcome"] == "submitted"


def test_a_newer_version_ends_the_older_one_and_cancels_its_job(world: World) -> None:
    older = upload(world)
    orchestrate(world, world.created(older))
    newer = upload(world, content=b"another video")
    assert orchestrate(world, world.created(newer), at=run("request-2"))["job_id"] == "job-2"
    assert [job.status for job in world.jobs.jobs.values()] == ["CANCELED", "SUBMITTED"]
    assert (status(world, older), status(world, newer)) == (Status.SUPERSEDED, Status.SUBMITTED)
    assert [notice["event"] for notice in world.topic.notices] == [NoticeEvent.SUPERSEDED]


def test_a_version_that_has_its_stream_is_left_alone_by_newer_ones(world: World) -> None:
    older = world.put(KEY)
    world.run_for(600)
    newer = upload(world, content=b"another video")
    orchestrate(world, world.created(newer), at=run("request-2", after=600))
    assert status(world, older) is Status.COMPLETE


def test_what_hinders_the_look_at_older_versions_does_not_hinder_the_new_one(world: World) -> None:
    upload(world)
    version = upload(world)
    world.cloud.fail_next("ListObjectVersions", Kind.DENIED)
    assert orchestrate(world, world.created(version))["outcome"] == "submitted"


def test_without_versions_the_etag_tells_objects_apart() -> None:
    world = World(versioned=False)
    version = upload(world)
    result = orchestrate(world, world.created(version))
    assert result["record_id"] == record_id(UPLOADS, KEY, version.etag)


@pytest.mark.parametrize("name", ["plus", "percent", "quotes", "emoji", "longest_key", "upper_case"])
def test_any_key_reaches_mediaconvert_raw(world: World, name: str) -> None:
    body = event(f"s3_object_created_{name}")
    described = body["detail"]["object"]
    described["version-id"] = upload(world, described["key"]).version_id
    assert orchestrate(world, body)["outcome"] == "submitted"
    assert world.jobs.jobs["job-1"].url == f"s3://{UPLOADS}/{described['key']}"


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
    assert (world.table.items, world.topic.notices) == ({}, [])


def test_a_key_outside_the_prefix_is_ignored(world: World) -> None:
    body = world.created(upload(world))
    assert orchestrate(world, body, prefix="incoming/")["outcome"] == "ignored"
    assert orchestrate(world, body, prefix="films/")["outcome"] == "submitted"


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
        {"detail": {"bucket": {"name": UPLOADS}, "object": {"key": KEY, "version-id": "\ud800"}}},
        {"bucket": UPLOADS},
        {**REQUEST, "again": "yes"},
        {**REQUEST, "again": True, "execution": 5},
    ],
)
def test_an_event_that_cannot_be_read_gets_a_failure_notice(world: World, body: Any) -> None:
    result = orchestrate(world, body)
    assert (result["outcome"], result["record_id"], result["status"]) == ("rejected", None, None)
    (notice,) = world.topic.notices
    assert (notice["event"], notice["id"]) == (NoticeEvent.FAILED, "request-1")
    assert notice["error"] == {"code": "MalformedEvent", "message": result["reason"]}


def test_a_notice_of_a_malformed_event_names_bucket_and_key_where_it_can(world: World) -> None:
    orchestrate(world, {"detail": {"bucket": {"name": UPLOADS}, "object": {"key": KEY, "etag": 5}}})
    (notice,) = world.topic.notices
    assert (notice["bucket"], notice["key"]) == (UPLOADS, KEY)


def rejected(world: World, result: Result, code: str, reason: str) -> None:
    """The one defined end of a permanent failure: result, record and a notice that names bucket, key and reason."""
    assert (result["outcome"], result["status"], result["reason"]) == ("rejected", "REJECTED", reason)
    assert world.table.items[result["record_id"] or ""]["status"] == {"S": "REJECTED"}
    (notice,) = world.topic.notices
    assert (notice["bucket"], notice["key"]) == (UPLOADS, result["key"])
    assert notice["id"] == f"{result['record_id']}-1"
    assert notice["error"] == {"code": code, "message": reason}
    assert notice["job_id"] is None


def test_an_object_deleted_before_processing_is_rejected(world: World) -> None:
    rejected(world, orchestrate(world, CREATED), "ObjectGone", "object deleted before processing")


def test_a_second_event_of_a_deleted_object_sends_no_second_notice(world: World) -> None:
    orchestrate(world, CREATED)
    assert orchestrate(world, CREATED, at=run("request-2", after=500))["outcome"] == "duplicate"
    assert len(world.topic.notices) == 1


def test_a_request_for_an_object_that_is_gone_is_rejected_without_a_record(world: World) -> None:
    result = orchestrate(world, REQUEST)
    assert (result["outcome"], result["record_id"]) == ("rejected", None)
    assert world.table.items == {}
    assert world.topic.notices[0]["error"]["code"] == "ObjectGone"


def test_an_object_deleted_between_the_look_and_the_probe_is_rejected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = world.created(upload(world))
    monkeypatch.setattr(world.jobs, "probe", refuse("Probe", "NotFoundException", 404))
    rejected(world, orchestrate(world, body), "ObjectGone", "object deleted before processing")


def test_an_empty_object_is_rejected(world: World) -> None:
    result = orchestrate(world, world.created(upload(world, content=b"")))
    rejected(world, result, "EmptyObject", "the object has zero bytes")


def test_a_file_that_is_no_video_is_rejected(world: World) -> None:
    result = orchestrate(world, world.created(upload(world, content=NOT_A_VIDEO)))
    rejected(world, result, "UnreadableMedia", "the file cannot be read: no container was recognised")


def test_a_file_without_anything_to_play_is_rejected(world: World) -> None:
    world.jobs.probe_answer = lambda: {"Container": {"Format": "mp4", "Tracks": []}}
    reason = "the file holds no picture and no sound that can be played"
    rejected(world, orchestrate(world, world.created(upload(world))), "UnreadableMedia", reason)


def test_a_picture_too_small_to_encode_is_rejected(world: World) -> None:
    world.jobs.probe_answer = lambda: probe(width=16, height=16)
    result = orchestrate(world, world.created(upload(world)))
    assert result["outcome"] == "rejected"
    assert "16x16 pixels is too small" in (result["reason"] or "")


def refuse(operation: str, code: str, http_status: int, message: str = "why") -> Callable[..., Any]:
    """Return a call that is answered with an error."""

    def call(**_: Any) -> Any:
        raise client_error(operation, code, http_status, message)

    return call


def test_a_job_that_the_service_refuses_is_rejected(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.jobs, "create_job", refuse("CreateJob", "BadRequestException", 400, "/role: odd"))
    result = orchestrate(world, world.created(upload(world)))
    rejected(world, result, "JobRefused", "MediaConvert refuses the job: /role: odd")


def test_a_throttle_is_no_refusal_whatever_its_http_status(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.jobs, "create_job", refuse("CreateJob", "ThrottlingException", 400))
    version = upload(world)
    assert orchestrate(world, world.created(version))["outcome"] == "waiting"
    assert (status(world, version), world.topic.notices) == (Status.CLAIMED, [])


def test_a_video_of_sound_alone_becomes_a_job(world: World) -> None:
    silent = probe()
    del silent["Container"]["Tracks"][0]
    world.jobs.probe_answer = lambda: silent
    assert orchestrate(world, world.created(upload(world)))["outcome"] == "submitted"
    assert len(world.jobs.jobs["job-1"].request["Settings"]["OutputGroups"]) == 1


@pytest.mark.parametrize("operation", ["HeadObject", "PutItem", "Probe", "CreateJob", "UpdateItem"])
@pytest.mark.parametrize(("kind", "error"), [(Kind.BROKEN, ServiceFaultError), (Kind.DENIED, SetupError)])
def test_a_passing_fault_is_raised_and_a_retry_succeeds_with_one_job(
    world: World, operation: str, kind: Kind, error: type[RetryableError]
) -> None:
    body = world.created(upload(world))
    world.cloud.fail_next(operation, kind)
    with pytest.raises(error):
        orchestrate(world, body)
    assert world.topic.notices == []
    world.scheduler.now += 60
    retry = orchestrate(world, body, at=run("another-request", after=60))
    assert (retry["outcome"], retry["job_id"]) == ("submitted", "job-1")


def test_a_throttled_event_waits_and_a_throttled_request_is_tried_again_by_whoever_made_it(world: World) -> None:
    version = upload(world)
    world.cloud.fail_next("CreateJob", Kind.THROTTLED)
    waiting = orchestrate(world, world.created(version))
    assert (waiting["outcome"], waiting["status"]) == ("waiting", "CLAIMED")
    world.cloud.fail_next("CreateJob", Kind.THROTTLED)
    world.scheduler.now += 60
    with pytest.raises(ThrottledError):
        orchestrate(world, REQUEST, at=run("request-2", after=60))


def test_a_retry_waits_while_another_invocation_may_be_at_work(world: World) -> None:
    body = world.created(upload(world))
    orchestration = Orchestration(settings=SETTINGS, services=world.services, run=run())
    world.services.ledger.create(orchestration._fresh(_parsed(body), None), run().now)
    with pytest.raises(ContendedError, match="may still be at work"):
        orchestrate(world, body, at=run(after=60))
    assert orchestrate(world, body, at=run(after=65))["outcome"] == "submitted"


def _parsed(body: Any) -> Any:
    from lambda_src.upload_event import parse_upload_event  # noqa: PLC0415 - one test needs it

    return parse_upload_event(body)


def test_a_job_that_may_have_been_created_is_waited_for_until_the_lists_are_certain(world: World) -> None:
    body = world.created(upload(world))
    world.cloud.fail_next("CreateJob", Kind.BROKEN, "after")
    with pytest.raises(ServiceFaultError):
        orchestrate(world, body)
    with pytest.raises(ContendedError, match="not certain yet"):
        orchestrate(world, body, at=run("request-2", after=5))
    world.scheduler.now += 60
    found = orchestrate(world, body, at=run("request-3", after=60))
    assert (found["outcome"], found["job_id"], list(world.jobs.jobs)) == ("submitted", "job-1", ["job-1"])


def during_creation(world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something happen before the answer of CreateJob arrives."""
    create = world.jobs.create_job

    def call(**request: Any) -> Any:
        answer = create(**request)
        act()
        return answer

    monkeypatch.setattr(world.jobs, "create_job", call)


def test_a_job_event_that_is_faster_than_the_answer_is_not_undone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = upload(world)
    identity = record_id(UPLOADS, KEY, version.version_id)
    during_creation(world, monkeypatch, lambda: world.services.ledger.progress(identity, "job-1", 30, run().now))
    result = orchestrate(world, world.created(version))
    assert (result["outcome"], result["job_id"], result["status"]) == ("submitted", "job-1", "PROGRESSING")


def test_a_job_made_after_the_claim_was_lost_yields_to_the_one_recorded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = upload(world)
    identity = record_id(UPLOADS, KEY, version.version_id)
    during_creation(world, monkeypatch, lambda: world.services.ledger.progress(identity, "job-0", 5, run().now))
    result = orchestrate(world, world.created(version))
    assert (result["outcome"], result["job_id"]) == ("duplicate", "job-0")
    assert world.jobs.jobs["job-1"].status == "CANCELED"


def test_a_failed_version_is_tried_again_where_that_is_asked_for(world: World) -> None:
    version = upload(world, content=NOT_A_VIDEO)
    assert orchestrate(world, world.created(version))["outcome"] == "rejected"
    for body in (world.created(version), REQUEST):
        assert orchestrate(world, body, at=run("request-2", after=500))["outcome"] == "duplicate"
    monkey = {**REQUEST, "again": True}
    assert orchestrate(world, monkey, at=run("request-3", after=500))["outcome"] == "rejected"
    assert [notice["id"].rpartition("-")[2] for notice in world.topic.notices] == ["1", "2"]


def test_another_attempt_has_a_token_of_its_own(world: World) -> None:
    version = world.put(KEY)
    world.run_for(600)
    again = orchestrate(world, {**REQUEST, "again": True}, at=run("request-3", after=600))
    assert (again["outcome"], again["job_id"]) == ("submitted", "job-2")
    identity = record_id(UPLOADS, KEY, version.version_id)
    assert world.jobs.jobs["job-2"].request["ClientRequestToken"] == request_token(identity, 2)


def test_two_that_take_over_at_once_do_not_both_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    body = world.created(upload(world))
    world.cloud.fail_next("Probe", Kind.BROKEN)
    with pytest.raises(ServiceFaultError):
        orchestrate(world, body)
    monkeypatch.setattr(world.services.ledger, "replace", lambda *_: False)
    with pytest.raises(ContendedError):
        orchestrate(world, body, at=run("request-2", after=60))
    assert world.jobs.jobs == {}
