from __future__ import annotations

from dataclasses import replace

import pytest

from lambda_src.admission import reason_to_ignore
from lambda_src.media_types import VIDEO_SUFFIXES, is_video_key, without_suffix
from lambda_src.upload_event import ObjectCreated, ObjectRequest, UploadEvent, parse_upload_event
from tests.unit.lambda_src.samples import UPLOADS, event

REQUEST = ObjectRequest(bucket=UPLOADS, key="films/My film.mp4")


def reason(upload: UploadEvent, *, prefix: str = "") -> str | None:
    return reason_to_ignore(upload, upload_bucket=UPLOADS, key_prefix=prefix)


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_every_video_suffix_is_taken_in_either_case(suffix: str) -> None:
    assert reason(replace(REQUEST, key=f"a{suffix}")) is None
    assert reason(replace(REQUEST, key=f"a{suffix.upper()}")) is None


@pytest.mark.parametrize("key", ["a.jpg", "a.mp3", "a.m4a", "mp4", ".mp4", "folder/.mp4", "a.mp4/", "a.mp4.part", "a"])
def test_anything_else_is_ignored(key: str) -> None:
    assert not is_video_key(key)
    assert reason(replace(REQUEST, key=key)) == "the key has no video suffix"


def test_another_bucket_is_ignored_by_name() -> None:
    upload = parse_upload_event(event("s3_object_created_other_bucket"))
    assert reason(upload) == f'the bucket is "someone-elses-bucket", not "{UPLOADS}"'


def test_a_key_outside_the_prefix_is_ignored() -> None:
    assert reason(REQUEST, prefix="films/") is None
    assert reason(REQUEST, prefix="incoming/") == 'the key does not start with "incoming/"'


def test_another_event_of_s3_is_ignored() -> None:
    upload = parse_upload_event(event("s3_object_deleted"))
    assert reason(upload) == 'the event is "Object Deleted", not "Object Created"'


def test_an_event_without_its_envelope_is_taken() -> None:
    assert reason(ObjectCreated(bucket=UPLOADS, key="a.mp4")) is None


@pytest.mark.parametrize(("key", "bare"), [("a/b.MP4", "a/b"), ("a.m2ts", "a"), ("a.txt", "a.txt"), ("a.b.mov", "a.b")])
def test_the_suffix_is_taken_off_in_either_case(key: str, bare: str) -> None:
    assert without_suffix(key) == bare
