from __future__ import annotations

from typing import Any

from lambda_src.job_event import parse_job_event
from lambda_src.output_layout import (
    PLAYLIST_SUFFIX,
    folder_url,
    name_modifier,
    playlist_destination,
    playlist_url,
    poster_destination,
    thumbnails_url,
)
from lambda_src.stream import Stream, describe_stream
from tests.unit.lambda_src.samples import OUTPUT, event, record

PREFIX = record().output_prefix
FOLDER = folder_url(OUTPUT, PREFIX)


def stream_of(body: Any) -> Stream:
    return describe_stream(parse_job_event(body).groups, output_bucket=OUTPUT, output_prefix=PREFIX)


def test_a_complete_event_tells_where_the_stream_is() -> None:
    stream = stream_of(event("mediaconvert_complete"))
    assert stream.playlist == playlist_url(FOLDER)
    assert stream.poster == f"{poster_destination(FOLDER)}.0000001.jpg"
    assert stream.thumbnails == thumbnails_url(FOLDER)
    assert stream.duration_seconds == 10.026


def test_renditions_are_the_pictures_with_size_bitrate_and_playlist() -> None:
    renditions = stream_of(event("mediaconvert_complete")).as_json()["renditions"]
    assert [(r["name"], r["width"], r["height"]) for r in renditions] == [
        ("1080p", 1920, 1080),
        ("720p", 1280, 720),
        ("720p-low", 1280, 720),
        ("480p", 854, 480),
        ("360p", 640, 360),
    ]
    assert renditions[0]["bitrate"] == 4_100_000
    assert renditions[0]["playlist"] == playlist_destination(FOLDER) + name_modifier("1080p") + PLAYLIST_SUFFIX


def test_a_stream_of_sound_alone_has_one_rendition_without_a_size() -> None:
    stream = stream_of(event("mediaconvert_complete_audio_only"))
    assert [(r.name, r.width, r.height) for r in stream.renditions] == [("audio", None, None)]
    assert (stream.poster, stream.thumbnails) == (None, None)


def test_a_bitrate_that_the_event_leaves_out_stays_unknown() -> None:
    body = event("mediaconvert_complete")
    del body["detail"]["outputGroupDetails"][0]["outputDetails"][0]["videoDetails"]["averageBitrate"]
    assert stream_of(body).renditions[0].bitrate is None


def test_without_any_details_the_playlist_is_where_the_job_was_told_to_put_it() -> None:
    body = event("mediaconvert_complete")
    del body["detail"]["outputGroupDetails"]
    assert stream_of(body) == Stream(
        playlist=playlist_url(FOLDER), poster=None, thumbnails=None, duration_seconds=None, renditions=()
    )
