from __future__ import annotations

import json

import pytest

from lambda_src.job_event import parse_job_event
from lambda_src.notice_events import NoticeEvent
from lambda_src.notices import About, build_notice
from lambda_src.record import Fault
from lambda_src.stream import describe_stream
from tests.unit.lambda_src.samples import NOW, OUTPUT, event, record

FIELDS = [
    "id",
    "event",
    "environment",
    "bucket",
    "key",
    "version_id",
    "record_id",
    "job_id",
    "playlist",
    "poster",
    "thumbnails",
    "duration_seconds",
    "renditions",
    "error",
    "time",
]


def test_every_notice_has_the_same_fields() -> None:
    for event_told in NoticeEvent:
        body = build_notice(event_told, About(), environment="dev", moment=NOW, identity="the id").body
        assert list(body) == FIELDS


def test_a_success_tells_of_the_stream() -> None:
    groups = parse_job_event(event("mediaconvert_complete")).groups
    stream = describe_stream(groups, output_bucket=OUTPUT, output_prefix=record().output_prefix)
    done = record(job_id="job-1")
    body = build_notice(
        NoticeEvent.SUCCEEDED,
        About.record(done),
        environment="dev",
        moment=NOW,
        identity="the id",
        stream=stream.as_json(),
    ).body
    assert body["event"] == NoticeEvent.SUCCEEDED
    assert (body["bucket"], body["key"], body["version_id"]) == (done.bucket, done.key, done.version_id)
    assert (body["record_id"], body["job_id"]) == (done.record_id, "job-1")
    assert (body["playlist"], body["duration_seconds"]) == (stream.playlist, 10.026)
    assert len(body["renditions"]) == 5
    assert body["error"] is None
    assert json.loads(json.dumps(body)) == body


def test_a_failure_tells_of_the_source_and_the_reason() -> None:
    fault = Fault(code="ObjectGone", message="object deleted before processing")
    body = build_notice(
        NoticeEvent.FAILED,
        About(bucket="b", key="k.mp4"),
        environment="dev",
        moment=NOW,
        identity="the id",
        fault=fault,
    ).body
    assert body["error"] == {"code": "ObjectGone", "message": "object deleted before processing"}
    assert (body["playlist"], body["poster"], body["thumbnails"], body["renditions"]) == (None, None, None, [])


def test_attributes_let_subscribers_choose() -> None:
    notice = build_notice(NoticeEvent.CANCELED, About(), environment="prod", moment=NOW, identity="the id")
    assert notice.attributes == {"event": "transcode.canceled", "environment": "prod"}


def test_the_time_is_in_utc() -> None:
    body = build_notice(NoticeEvent.FAILED, About(), environment="dev", moment=NOW + 0.25, identity="the id").body
    assert body["time"] == "2025-10-09T08:53:20.250Z"


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        ("films/My film.mp4", "Transcode failed: films/My film.mp4"),
        ("Amélie\n🎬.mp4", "Transcode failed: Amelie .mp4"),
        ("映画", "Transcode failed: a video"),
        (None, "Transcode failed: an event that cannot be read"),
        ("k" * 1024, "Transcode failed: " + "k" * 82),
    ],
)
def test_a_subject_is_what_the_topic_accepts(key: str | None, subject: str) -> None:
    notice = build_notice(NoticeEvent.FAILED, About(key=key), environment="dev", moment=NOW, identity="the id")
    assert notice.subject == subject
    assert len(notice.subject) <= 100
    assert notice.subject.isascii()
    assert notice.subject.isprintable()
