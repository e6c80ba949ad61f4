from __future__ import annotations

import json
from typing import Any

import pytest

from lambda_src.errors import MalformedEventError
from lambda_src.upload_event import LONGEST_KEY_BYTES, ObjectCreated, ObjectRequest, parse_upload_event
from tests.unit.lambda_src.samples import EVENTS, UPLOADS, VERSION, event


def detail(**parts: Any) -> dict[str, Any]:
    return {"detail": {"bucket": {"name": UPLOADS}, "object": {"key": "a.mp4"}, **parts}}


def test_an_event_of_s3_gives_bucket_key_version_and_etag() -> None:
    assert parse_upload_event(event("s3_object_created")) == ObjectCreated(
        bucket=UPLOADS,
        key="films/My film.mp4",
        version_id=VERSION,
        etag="0cc175b9c0f1b6a831c399e269772661",
        detail_type="Object Created",
    )


@pytest.mark.parametrize("path", sorted(EVENTS.glob("s3_*.json")), ids=lambda path: path.stem)
def test_a_key_is_taken_raw_whatever_characters_it_has(path: Any) -> None:
    body = json.loads(path.read_text())
    assert parse_upload_event(body).key == body["detail"]["object"]["key"]


def test_an_event_of_a_bucket_without_versions_has_no_version() -> None:
    assert parse_upload_event(event("s3_object_created_without_version")).version_id is None


def test_a_request_names_bucket_and_key_alone() -> None:
    assert parse_upload_event({"bucket": UPLOADS, "key": "a+b.mp4"}) == ObjectRequest(bucket=UPLOADS, key="a+b.mp4")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "the event is null, not an object"),
        ([], "the event is a list, not an object"),
        ("s3://bucket/key", "the event is a string, not an object"),
        ({}, 'the event has neither "detail" nor "bucket" and "key"'),
        ({"Records": []}, 'the event has neither "detail" nor "bucket" and "key"'),
        ({"detail": None}, '"detail" is null, not an object'),
        ({"detail": "x"}, '"detail" is a string, not an object'),
        ({"detail": {}}, '"detail.bucket.name" is missing'),
        (detail(bucket="name"), '"detail.bucket.name" is missing'),
        (detail(bucket={"name": 7}), '"detail.bucket.name" is a number, not a string'),
        (detail(bucket={"name": ""}), '"detail.bucket.name" is empty'),
        (detail(object=[]), '"detail.object.key" is missing'),
        (detail(object={"key": True}), '"detail.object.key" is a boolean, not a string'),
        (detail(object={"key": {}}), '"detail.object.key" is an object, not a string'),
        (detail(object={"key": ""}), '"detail.object.key" is empty'),
        (detail(object={"key": "k" * 1021 + ".mp4"}), '"detail.object.key" has 1,025 bytes, more than the 1,024'),
        (detail(object={"key": "é" * 511 + ".mp4"}), '"detail.object.key" has 1,026 bytes, more than the 1,024'),
        (detail(object={"key": "\ud800.mp4"}), '"detail.object.key" is not valid Unicode'),
        (detail(bucket={"name": "\udfff"}), '"detail.bucket.name" is not valid Unicode'),
        (detail(object={"key": "a.mp4", "version-id": 3}), '"detail.object.version-id" is a number, not a string'),
        (detail(object={"key": "a.mp4", "etag": []}), '"detail.object.etag" is a list, not a string'),
        ({**detail(), "detail-type": 1}, '"detail-type" is a number, not a string'),
        ({"bucket": UPLOADS}, '"key" is missing'),
        ({"key": "a.mp4"}, '"bucket" is missing'),
        ({"bucket": None, "key": "a.mp4"}, '"bucket" is missing'),
        ({"bucket": UPLOADS, "key": 5}, '"key" is a number, not a string'),
    ],
)
def test_an_event_that_cannot_be_read_is_malformed_and_says_why(body: Any, reason: str) -> None:
    with pytest.raises(MalformedEventError) as caught:
        parse_upload_event(body)
    assert str(caught.value).startswith(reason)


def test_a_malformed_event_still_names_what_can_be_read_of_it() -> None:
    with pytest.raises(MalformedEventError) as caught:
        parse_upload_event(detail(object={"key": 5}))
    assert (caught.value.bucket, caught.value.key) == (UPLOADS, None)
    with pytest.raises(MalformedEventError) as caught:
        parse_upload_event({"key": "a.mp4"})
    assert (caught.value.bucket, caught.value.key) == (None, "a.mp4")


def test_names_in_a_malformed_event_are_cut_to_what_a_notice_can_carry() -> None:
    with pytest.raises(MalformedEventError) as caught:
        parse_upload_event({"bucket": "b" * 90_000, "key": "é" * 90_000})
    assert len((caught.value.bucket or "").encode()) == LONGEST_KEY_BYTES
    assert len((caught.value.key or "").encode()) == LONGEST_KEY_BYTES
