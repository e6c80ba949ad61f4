"""HLS settings one by one: segment control, playlists' form, audio groups, codecs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from .decoding import (
    durations,
    has_audio,
    idr_times,
    joined,
    play_audio,
    play_video,
    segments,
)
from .jobs import OUTPUT_BUCKET, aac, audio, hls_group, job, video

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Finished


@pytest.fixture(scope="module")
def packaged(finished: Finished, fetched: Callable[[str], Path], clip: Path) -> Callable[..., Path]:
    """Runs a job of one HLS group; gives the folder of its files."""
    assert clip.exists()

    def make(name: str, *outputs: dict[str, Any], key: str = "clip.mp4", **settings: Any) -> Path:
        group = hls_group(*outputs, destination=f"s3://{OUTPUT_BUCKET}/hls/{name}/index", **settings)
        done = finished(**job(group, key=key))
        assert done["Status"] == "COMPLETE", done.get("ErrorMessage")
        return fetched(f"hls/{name}/")

    return make


def main(folder: Path) -> list[str]:
    return (folder / "index.m3u8").read_text().splitlines()


def media(folder: Path) -> list[dict[str, str]]:
    """Attributes of every ``EXT-X-MEDIA``, quotes removed."""
    lines = [line for line in main(folder) if line.startswith("#EXT-X-MEDIA:")]
    return [{k: v.strip('"') for k, v in re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line)} for line in lines]


def test_exact_segments_never_drift_at_a_rate_that_does_not_divide_them(
    packaged: Callable[..., Path], clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]
) -> None:
    # At 24000/1001 the first frame from second 36 on is shown at 36.036, the one from 42 on at 42.0003: 5.96 s later.
    path = clips / "film.mp4"
    source = "testsrc2=size=64x36:rate=24000/1001:duration=50"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", path)
    outputs = [
        video("_a", 64, 36, GopSize=2.0),
        video("_b", 32, 32, GopSize=2.0, NumberBFramesBetweenReferenceFrames=2),
    ]
    folder = packaged("drift", *outputs, key=uploaded(path), SegmentLength=6)
    for name in ("_a", "_b"):
        playlist = folder / f"index{name}.m3u8"
        starts = [sum(durations(playlist)[:n]) for n in range(len(durations(playlist)))]
        assert starts == pytest.approx([6 * n for n in range(9)], abs=1.001 / 24)
        assert all(play_video(segment).key_times[0] == 0 for segment in segments(playlist))


def test_segments_of_whole_gops_are_rounded_up(packaged: Callable[..., Path]) -> None:
    output = video("_v", 64, 36, GopSize=45, GopSizeUnits="FRAMES")
    folder = packaged("gops", output, SegmentLengthControl="GOP_MULTIPLE")
    # 45 frames last 1.5 s, so that two GOPs make the first segment of at least 2 s.
    assert durations(folder / "index_v.m3u8") == pytest.approx([90 * 1.001 / 30, 60 * 1.001 / 30], abs=0.002)
    assert play_video(joined(folder / "index_v.m3u8")).key_times == pytest.approx(
        (0.0, 1.5015, 3.003, 4.5045), abs=0.002
    )


def test_idr_frames_come_with_the_cadence_only_and_gops_are_closed(
    packaged: Callable[..., Path], clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]
) -> None:
    # The whole picture changes every 0.7 s; renditions that each put an IDR frame there would come out of step.
    path = clips / "cuts.mp4"
    cuts = (
        "testsrc2=size=160x90:rate=25:duration=4,negate=enable='lt(mod(t,1.4),0.7)',hflip=enable='lt(mod(t,1.4),0.7)'"
    )
    ffmpeg("-f", "lavfi", "-i", cuts, "-c:v", "libx264", "-pix_fmt", "yuv420p", path)
    more = {"NumberBFramesBetweenReferenceFrames": 3, "SceneChangeDetect": "ENABLED"}
    folder = packaged("cuts", video("_a", 160, 90, **more), video("_b", 64, 36, **more), key=uploaded(path))
    for name in ("_a", "_b"):
        playlist = folder / f"index{name}.m3u8"
        assert idr_times(joined(playlist)) == pytest.approx((0, 1, 2, 3), abs=0.001)
        assert [play_video(segment).frames for segment in segments(playlist)] == [50, 50]


def test_a_gop_size_left_open_still_aligns_segments(packaged: Callable[..., Path]) -> None:
    output = video("_v", 64, 36)
    for name in ("GopSize", "GopSizeUnits", "GopClosedCadence"):
        del output["VideoDescription"]["CodecSettings"]["H264Settings"][name]
    playlist = packaged("open", output) / "index_v.m3u8"
    assert durations(playlist)[:2] == pytest.approx([2, 2], abs=0.034)


def test_a_short_last_segment_joins_the_one_before(packaged: Callable[..., Path]) -> None:
    folder = packaged("final", video("_v", 64, 36), audio(), SegmentLength=2, MinFinalSegmentLength=1.5)
    for name in ("_v", "_audio"):
        assert durations(folder / f"index{name}.m3u8") == pytest.approx([2, 3], abs=0.05)
    assert play_video(joined(folder / "index_v.m3u8")).frames == 150
    assert play_audio(joined(folder / "index_audio.m3u8"))[0] == pytest.approx(5, abs=0.05)


def test_the_form_of_playlists_follows_the_settings(packaged: Callable[..., Path]) -> None:
    output = video("_v", 64, 36)
    output["OutputSettings"] = {"HlsSettings": {"SegmentModifier": "_part"}}
    folder = packaged(
        "form",
        output,
        ManifestDurationFormat="INTEGER",
        BaseUrl="https://cdn.example.com/v/",
        StreamInfResolution="EXCLUDE",
        TargetDurationCompatibilityMode="SPEC_COMPLIANT",
    )
    lines = (folder / "index_v.m3u8").read_text().splitlines()
    assert lines[:4] == ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:2", "#EXT-X-MEDIA-SEQUENCE:1"]
    assert lines[-1] == "#EXT-X-ENDLIST"
    assert "#EXTINF:2," in lines
    assert "https://cdn.example.com/v/index_v_part_00001.ts" in lines
    assert (folder / "index_v_part_00001.ts").exists()
    assert "RESOLUTION" not in "".join(main(folder))


def test_a_target_duration_is_never_below_a_segment(packaged: Callable[..., Path]) -> None:
    playlist = packaged("target", video("_v", 64, 36)) / "index_v.m3u8"
    target = int(re.findall(r"TARGETDURATION:(\d+)", playlist.read_text())[0])
    assert max(durations(playlist)) <= target


def test_sound_beside_the_picture_stays_in_its_segments(packaged: Callable[..., Path]) -> None:
    folder = packaged("muxed", {**video("_v", 64, 36), "AudioDescriptions": [aac()]})
    playlist = folder / "index_v.m3u8"
    assert all(has_audio(segment) for segment in segments(playlist))
    assert play_audio(joined(playlist))[0] == pytest.approx(5, abs=0.05)
    assert 'mp4a.40.2"' in main(folder)[3]


def test_audio_groups_are_written_as_chosen(packaged: Callable[..., Path]) -> None:
    def track(modifier: str, kind: str | None, language: str, name: str, group: str) -> dict[str, Any]:
        output = audio(modifier, **({"AudioTrackType": kind} if kind else {}))
        output["OutputSettings"]["HlsSettings"]["AudioGroupId"] = group
        output["AudioDescriptions"][0] |= {"LanguageCode": language, "StreamName": name}
        return output

    picture = video("_v", 64, 36)
    picture["OutputSettings"] = {"HlsSettings": {"AudioRenditionSets": "low, high"}}
    folder = packaged(
        "groups",
        picture,
        track("_de", "ALTERNATE_AUDIO_AUTO_SELECT", "DEU", "Deutsch", "low"),
        track("_en", "ALTERNATE_AUDIO_AUTO_SELECT_DEFAULT", "ENG", "English", "low"),
        track("_fr", "ALTERNATE_AUDIO_NOT_AUTO_SELECT", "FRA", "French", "low"),
        track("_hi", None, "ENG", "English", "high"),
        track("_alone", "AUDIO_ONLY_VARIANT_STREAM", "ENG", "Alone", "low"),
    )
    shown = [(m["GROUP-ID"], m["LANGUAGE"], m["NAME"], m["AUTOSELECT"], m["DEFAULT"], m["URI"]) for m in media(folder)]
    assert shown == [
        ("low", "deu", "Deutsch", "YES", "NO", "index_de.m3u8"),
        ("low", "eng", "English", "YES", "YES", "index_en.m3u8"),
        ("low", "fra", "French", "NO", "NO", "index_fr.m3u8"),
        ("high", "eng", "English", "YES", "YES", "index_hi.m3u8"),
    ]
    variants = [line for line in main(folder) if line.startswith("#EXT-X-STREAM-INF:")]
    assert [re.findall(r'AUDIO="(\w+)"', line) for line in variants] == [["low"], ["high"], []]
    assert "RESOLUTION" not in variants[2]


def test_a_language_follows_the_source_or_the_settings(
    packaged: Callable[..., Path], clip: Path, clips: Path, ffmpeg: Callable[..., None], uploaded: Callable[..., str]
) -> None:
    path = clips / "spanish.mp4"
    ffmpeg("-i", clip, "-c", "copy", "-metadata:s:a:0", "language=spa", path)
    followed, fixed = audio("_followed"), audio("_fixed")
    for output, control in ((followed, "FOLLOW_INPUT"), (fixed, "USE_CONFIGURED")):
        output["AudioDescriptions"][0] |= {"LanguageCode": "ENG", "LanguageCodeControl": control}
    folder = packaged("language", video("_v", 64, 36), followed, fixed, key=uploaded(path))
    assert [each["LANGUAGE"] for each in media(folder)] == ["spa", "eng"]


def test_h265_is_named_in_the_main_playlist(packaged: Callable[..., Path]) -> None:
    output = video("_v", 320, 180)
    settings = {"RateControlMode": "QVBR", "MaxBitrate": 500_000, "GopSize": 1.0, "GopSizeUnits": "SECONDS"}
    output["VideoDescription"]["CodecSettings"] = {"Codec": "H_265", "H265Settings": settings}
    folder = packaged("h265", output)
    # Main profile, main tier, level 2 (60) for this size and rate; constraint bytes as x265 writes them.
    assert re.search(r'CODECS="hvc1\.1\.6\.L\d+(\.[0-9A-F]+)*"', main(folder)[3])
    assert play_video(joined(folder / "index_v.m3u8")).frames == 150
    assert durations(folder / "index_v.m3u8")[:2] == pytest.approx([2, 2], abs=0.034)
