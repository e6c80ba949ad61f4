"""HLS groups: what comes out plays, is aligned, and is named as MediaConvert names it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from local_mediaconvert.transcoding.ffmpeg_command import START_SECONDS

from .decoding import durations, first_time, joined, play_audio, play_video, segments
from .jobs import (
    OUTPUT_BUCKET,
    SEGMENT_SECONDS,
    audio,
    captures,
    file_group,
    hls_group,
    job,
    video,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Finished

FRAME = 1001 / 30000
CLIP_SECONDS = 5.005
RENDITIONS = {"_180p": (320, 180), "_144p": (256, 144), "_90p": (160, 90)}


@pytest.fixture(scope="module")
def ladder(finished: Finished, fetched: Callable[[str], Path], clip: Path) -> tuple[dict[str, Any], Path]:
    assert clip.exists()
    sets = {"OutputSettings": {"HlsSettings": {"AudioRenditionSets": "audio"}}}
    outputs = [{**video(name, *size), **sets} for name, size in RENDITIONS.items()]
    at = f"s3://{OUTPUT_BUCKET}/ladder/clip/abc"
    done = finished(
        **job(
            hls_group(*outputs, audio(AudioOnlyContainer="M2TS"), destination=f"{at}/index"),
            file_group(captures(MaxCaptures=1, width=320), destination=f"{at}/poster"),
            file_group(captures(FramerateDenominator=2), destination=f"{at}/thumbnails/thumb"),
            key="clip.mp4",
        )
    )
    assert done["Status"] == "COMPLETE", done.get("ErrorMessage")
    return done, fetched("ladder/clip/abc/")


def test_every_rendition_plays_whole_in_step_and_in_its_size(ladder: tuple[dict[str, Any], Path]) -> None:
    _, folder = ladder
    keys = set()
    for name, size in RENDITIONS.items():
        playlist = folder / f"index{name}.m3u8"
        played = play_video(joined(playlist))
        assert (played.width, played.height) == size
        assert played.seconds == pytest.approx(CLIP_SECONDS, abs=FRAME)
        assert sum(durations(playlist)) == pytest.approx(CLIP_SECONDS, abs=FRAME)
        keys.add(played.key_times)
    assert len(keys) == 1, "IDR frames lie at other times in other renditions"
    # A GOP of one second in whole frames, begun anew at the first frame of every two-second segment.
    assert keys.pop() == pytest.approx((0.0, 1.001, 2.002, 3.003, 4.004), abs=0.001)


def test_segments_have_the_length_asked_for_and_begin_with_an_idr_frame(ladder: tuple[dict[str, Any], Path]) -> None:
    _, folder = ladder
    for name in RENDITIONS:
        playlist = folder / f"index{name}.m3u8"
        assert [path.name for path in segments(playlist)] == [f"index{name}_{n:05d}.ts" for n in (1, 2, 3)]
        assert durations(playlist)[:-1] == pytest.approx([SEGMENT_SECONDS] * 2, abs=FRAME)
        for segment in segments(playlist):
            assert play_video(segment).key_times[0] == 0


def test_the_audio_rendition_is_in_step_with_the_picture(ladder: tuple[dict[str, Any], Path]) -> None:
    _, folder = ladder
    playlist = folder / "index_audio.m3u8"
    seconds, rate, channels = play_audio(joined(playlist))
    assert (rate, channels) == (48_000, 2)
    assert seconds == pytest.approx(5.0, abs=0.05)
    bits = sum(segment.stat().st_size * 8 for segment in segments(playlist)) / seconds
    assert bits < 1.25 * 96_000, "a transport stream's overhead is small"
    picture, sound = segments(folder / "index_180p.m3u8"), segments(playlist)
    assert first_time(picture[0]) == pytest.approx(START_SECONDS, abs=0.001)
    assert len(sound) == len(picture)
    for one, other in zip(picture, sound, strict=True):
        assert first_time(other) == pytest.approx(first_time(one), abs=0.05)


def test_the_main_playlist_names_every_rendition_with_what_a_player_chooses_by(
    ladder: tuple[dict[str, Any], Path],
) -> None:
    _, folder = ladder
    lines = (folder / "index.m3u8").read_text().splitlines()
    assert lines[0] == "#EXTM3U"
    sound = next(line for line in lines if line.startswith("#EXT-X-MEDIA:"))
    assert 'TYPE=AUDIO,GROUP-ID="audio"' in sound
    assert "DEFAULT=YES" in sound
    assert 'URI="index_audio.m3u8"' in sound
    variants = [(line, lines[at + 1]) for at, line in enumerate(lines) if line.startswith("#EXT-X-STREAM-INF:")]
    assert [uri for _, uri in variants] == [f"index{name}.m3u8" for name in RENDITIONS]
    for (line, _), (width, height) in zip(variants, RENDITIONS.values(), strict=True):
        assert f"RESOLUTION={width}x{height}" in line
        assert "FRAME-RATE=29.970" in line
        assert 'AUDIO="audio"' in line
        assert re.search(r'CODECS="avc1\.6400[0-9A-F]{2},mp4a\.40\.2"', line), "a High profile stream"
        peak, average = (int(text) for text in re.findall(r"BANDWIDTH=(\d+)", line))
        assert 0 < average <= peak


def test_poster_and_thumbnails_are_jpegs_counted_from_zero(ladder: tuple[dict[str, Any], Path]) -> None:
    _, folder = ladder
    assert [path.name for path in folder.glob("poster.*")] == ["poster.0000000.jpg"]
    thumbnails = sorted(path.name for path in (folder / "thumbnails").iterdir())
    # One at the start and one every two seconds of a clip of five.
    assert thumbnails == [f"thumb.{n:07d}.jpg" for n in range(3)]
    poster = folder / "poster.0000000.jpg"
    assert poster.read_bytes()[:3] == b"\xff\xd8\xff"
    assert (play_video(poster).width, play_video(poster).height) == (320, 180)


def test_objects_carry_their_content_types(ladder: tuple[dict[str, Any], Path], s3: Any) -> None:
    assert ladder
    kinds = {
        "index.m3u8": "application/vnd.apple.mpegurl",
        "index_180p_00001.ts": "video/MP2T",
        "poster.0000000.jpg": "image/jpeg",
    }
    for name, kind in kinds.items():
        assert s3.head_object(Bucket=OUTPUT_BUCKET, Key=f"ladder/clip/abc/{name}")["ContentType"] == kind


def test_the_job_tells_of_its_outputs(ladder: tuple[dict[str, Any], Path]) -> None:
    done, _ = ladder
    assert done["JobPercentComplete"] == 100
    hls, poster, _ = done["OutputGroupDetails"]
    assert [each.get("VideoDetails") for each in hls["OutputDetails"]] == [
        *({"WidthInPx": width, "HeightInPx": height} for width, height in RENDITIONS.values()),
        None,
    ]
    assert hls["OutputDetails"][0]["DurationInMs"] == pytest.approx(CLIP_SECONDS * 1000, abs=FRAME * 1000)
    assert poster["OutputDetails"][0]["VideoDetails"] == {"WidthInPx": 320, "HeightInPx": 180}
    assert set(done["Timing"]) == {"SubmitTime", "StartTime", "FinishTime"}
