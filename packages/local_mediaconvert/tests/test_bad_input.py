"""Whatever the input is, a job ends, and rightly."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from .decoding import durations, first_time, joined, play_audio, play_video, segments
from .jobs import (
    INPUT_BUCKET,
    OUTPUT_BUCKET,
    audio,
    file_group,
    hls_group,
    job,
    mp4,
    simple_job,
    video,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Finished
    from .recorder import Recorder


def failure(done: dict[str, Any], events: Recorder) -> tuple[int, str]:
    """Code and message of a job that failed, the same in the API and in its last event."""
    assert done["Status"] == "ERROR"
    event = events.wait_for(done["Id"], "ERROR")
    assert (event["errorCode"], event["errorMessage"]) == (done["ErrorCode"], done["ErrorMessage"])
    assert events.details(done["Id"])[-1]["status"] == "ERROR"
    return done["ErrorCode"], done["ErrorMessage"]


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("nothing", b""),
        ("text", b"This is a text, not a video.\n" * 100),
        ("noise", bytes(range(256)) * 64),
        ("a playlist of other files", b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/hostname\n#EXT-X-ENDLIST\n"),
        ("a picture", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 500),
    ],
)
def test_what_is_no_media_file_cannot_be_opened(
    what: str, content: bytes, finished: Finished, uploaded: Callable[..., str], events: Recorder
) -> None:
    key = uploaded(content, f"bad/{what}.mp4")
    code, message = failure(finished(**simple_job(key=key)), events)
    assert code == 1010
    place = f"[s3://{INPUT_BUCKET}/{key}]"
    assert message == f"Unable to open input file {place}: [Failed probe/open: [No parser found for container]]"


@pytest.fixture(scope="module")
def truncated(clip: Path, clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]) -> Callable[..., str]:
    """Uploads the first 60 % of the clip in another container; gives the key."""

    def make(name: str, *options: str) -> str:
        whole = clips / name
        ffmpeg("-i", clip, "-c", "copy", *options, whole)
        content = whole.read_bytes()
        return uploaded(content[: len(content) * 6 // 10], f"truncated/{name}")

    return make


def test_a_file_without_its_index_cannot_be_opened(
    finished: Finished, truncated: Callable[..., str], events: Recorder
) -> None:
    code, _ = failure(finished(**simple_job(key=truncated("late-index.mp4"))), events)
    assert code == 1010


@pytest.mark.parametrize(("name", "options"), [("first.mp4", ("-movflags", "+faststart")), ("cut.mkv", ())])
def test_a_truncated_file_is_an_error_and_not_half_a_video(
    name: str, options: tuple[str, ...], finished: Finished, truncated: Callable[..., str], events: Recorder
) -> None:
    code, message = failure(finished(**simple_job(key=truncated(name, *options))), events)
    assert code == 1076
    assert "Unexpected end of the input file" in message


def test_a_missing_object_is_not_found(finished: Finished, events: Recorder) -> None:
    code, message = failure(finished(**simple_job(key="not/there.mp4")), events)
    assert code == 1404
    assert f"s3://{INPUT_BUCKET}/not/there.mp4" in message


def test_a_missing_output_bucket_is_not_found(finished: Finished, events: Recorder, clip: Path) -> None:
    assert clip.exists()
    request = job(file_group(mp4(sound=False), destination="s3://no-such-bucket/x"), key="clip.mp4")
    code, message = failure(finished(**request), events)
    assert code == 1404
    assert message.startswith("Unable to write to output file [s3://no-such-bucket/x.mp4]: [Failed to write data:")


@pytest.fixture(scope="module")
def sound_only(clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]) -> str:
    path = clips / "sound.mp4"
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=5", "-c:a", "aac", path)
    return uploaded(path, "sound.mp4")


def test_video_of_a_file_without_video_is_an_error(finished: Finished, events: Recorder, sound_only: str) -> None:
    code, message = failure(finished(**simple_job(key=sound_only)), events)
    assert code == 1020
    assert "No video found" in message


def test_sound_of_a_file_without_sound_is_an_error_where_there_is_nothing_else(
    finished: Finished, events: Recorder, clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]
) -> None:
    path = clips / "mute.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=1", path)
    request = job(hls_group(audio(), destination=f"s3://{OUTPUT_BUCKET}/mute/x"), key=uploaded(path))
    code, _ = failure(finished(**request), events)
    assert code == 1021


@pytest.mark.parametrize(("container", "suffix"), [("AUTOMATIC", "aac"), ("M2TS", "ts")])
def test_an_audio_only_file_becomes_an_audio_only_stream(
    container: str, suffix: str, finished: Finished, fetched: Callable[[str], Path], sound_only: str
) -> None:
    at = f"audio-only/{container}/"
    output = audio(AudioOnlyContainer=container)
    done = finished(**job(hls_group(output, destination=f"s3://{OUTPUT_BUCKET}/{at}index"), key=sound_only))
    assert done["Status"] == "COMPLETE", done.get("ErrorMessage")
    folder = fetched(at)
    playlist = folder / "index_audio.m3u8"
    assert [path.name for path in segments(playlist)] == [f"index_audio_{n:05d}.{suffix}" for n in (1, 2, 3)]
    assert sum(durations(playlist)) == pytest.approx(5.0, abs=0.05)
    assert play_audio(joined(playlist))[0] == pytest.approx(5.0, abs=0.05)
    main = (folder / "index.m3u8").read_text()
    assert 'CODECS="mp4a.40.2"' in main
    assert "EXT-X-MEDIA" not in main
    assert main.splitlines()[-1] == "index_audio.m3u8"


def test_raw_audio_segments_carry_the_time_of_the_pictures_beside_them(
    finished: Finished, fetched: Callable[[str], Path], clip: Path
) -> None:
    assert clip.exists()
    group = hls_group(video("_v", 160, 90), audio(), destination=f"s3://{OUTPUT_BUCKET}/packed/index")
    assert finished(**job(group, key="clip.mp4"))["Status"] == "COMPLETE"
    folder = fetched("packed/")
    pictures, sounds = segments(folder / "index_v.m3u8"), segments(folder / "index_audio.m3u8")
    assert len(pictures) == len(sounds)
    for picture, sound in zip(pictures, sounds, strict=True):
        content = sound.read_bytes()
        owner = b"com.apple.streaming.transportStreamTimestamp\0"
        at = content.index(owner) + len(owner)
        stamp = int.from_bytes(content[at : at + 8], "big") / 90_000
        assert stamp == pytest.approx(first_time(picture), abs=0.05)


@pytest.fixture(scope="module")
def tiny(clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]) -> Callable[[int], str]:
    """Uploads a clip of so many frames at 25 a second; gives the key."""

    def make(frames: int) -> str:
        path = clips / f"tiny-{frames}.mp4"
        picture = ("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25")
        ffmpeg(*picture, "-frames:v", str(frames), "-pix_fmt", "yuv420p", path)
        return uploaded(path)

    return make


def test_a_clip_shorter_than_a_segment_is_one_segment(
    finished: Finished, fetched: Callable[[str], Path], tiny: Callable[[int], str]
) -> None:
    group = hls_group(video("_v", 160, 90), destination=f"s3://{OUTPUT_BUCKET}/tiny/index", SegmentLength=6)
    assert finished(**job(group, key=tiny(5)))["Status"] == "COMPLETE"
    playlist = fetched("tiny/") / "index_v.m3u8"
    assert durations(playlist) == pytest.approx([0.2])
    assert play_video(segments(playlist)[0]).frames == 5


def test_a_single_frame_is_a_video_too(
    finished: Finished, fetched: Callable[[str], Path], tiny: Callable[[int], str]
) -> None:
    group = hls_group(video("_v", 160, 90), destination=f"s3://{OUTPUT_BUCKET}/frame/index")
    assert finished(**job(group, key=tiny(1)))["Status"] == "COMPLETE"
    assert play_video(segments(fetched("frame/") / "index_v.m3u8")[0]).frames == 1


@pytest.mark.parametrize(
    "key",
    [
        "with spaces and+plus.mp4",
        "100%.mp4",
        "a%2Fb%20c.mp4",
        "quotes'\"`.mp4",
        "🎬/видео №1.mp4",
        "q?x=1&y=2#z.mp4",
        "k" * 1020 + ".mp4",
    ],
)
def test_any_key_is_read_and_its_output_playable(
    key: str, clip: Path, finished: Finished, uploaded: Callable[..., str], s3: Any
) -> None:
    uploaded(clip, key)
    stem = os.path.splitext(key.rpartition("/")[2])[0][:200]  # noqa: PTH122 - a key is no path
    group = hls_group(video("_v", 64, 36), destination=f"s3://{OUTPUT_BUCKET}/keys/{stem}")
    done = finished(**job(group, key=key))
    assert done["Status"] == "COMPLETE", done.get("ErrorMessage")
    body = s3.get_object(Bucket=OUTPUT_BUCKET, Key=f"keys/{stem}.m3u8")["Body"].read().decode()
    uri = body.splitlines()[-1]
    assert not set(uri) & set(" #?\"'`"), "a URI that a player could misread"


def test_broken_packets_still_give_a_whole_video(
    clip: Path, finished: Finished, uploaded: Callable[..., str], fetched: Callable[[str], Path]
) -> None:
    content = bytearray(clip.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 300] = bytes(300)
    group = file_group(mp4(sound=False), destination=f"s3://{OUTPUT_BUCKET}/damaged/x")
    assert finished(**job(group, key=uploaded(bytes(content))))["Status"] == "COMPLETE"
    assert play_video(fetched("damaged/") / "x.mp4").seconds == pytest.approx(5.005, abs=0.034)
