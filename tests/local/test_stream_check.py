"""The proof that a stream plays finds what does not: real packages made by ffmpeg, whole and spoilt."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from local_cloud.stream_check import check_stream
from local_cloud.video import Media, VideoError, inspect, make_test_video

SECONDS = 2


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "source.mp4"
    make_test_video(path, seconds=SECONDS, width=320, height=180, rate=25)
    return path


def _package(source: Path, folder: Path, *options: str) -> Path:
    """Make a multivariant package of one rendition, sound muxed in."""
    folder.mkdir(exist_ok=True)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", source, *options, "-c:a", "aac",
        "-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "-master_pl_name", "index.m3u8", folder / "video.m3u8",
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return folder / "index.m3u8"


def _faults(playlist: Path, media: Media | None) -> list[str]:
    return [fault for check in check_stream(playlist, media) for fault in check.faults]


def test_the_made_video_has_picture_motion_and_sound(source: Path) -> None:
    media = inspect(source)
    assert (media.width, media.height, media.has_audio) == (320, 180, True)
    assert media.duration == pytest.approx(SECONDS, abs=0.001)
    assert media.frame_seconds == pytest.approx(0.04)


def test_a_whole_package_has_no_fault(source: Path, tmp_path: Path) -> None:
    checks = check_stream(_package(source, tmp_path), inspect(source))
    assert [check.faults for check in checks] == [()]
    assert checks[0].media is not None
    assert checks[0].media.has_audio


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["-t", "1.5"], "it lasts 1.5"),
        (["-vf", "scale=640:360"], "scaled up: 640x360 from 320x180"),
        (["-an"], "the source has sound, the stream has none"),
    ],
)
def test_a_package_that_differs_from_its_source_is_faulted(
    source: Path, tmp_path: Path, options: list[str], fault: str
) -> None:
    assert fault in "; ".join(_faults(_package(source, tmp_path, *options), inspect(source)))


def test_a_missing_segment_and_a_spoilt_one_are_faulted(source: Path, tmp_path: Path) -> None:
    playlist = _package(source, tmp_path)
    segment = max(tmp_path.glob("*.ts"))
    segment.write_bytes(b"\0" * 2048)
    assert _faults(playlist, inspect(source)) != []
    segment.unlink()
    assert _faults(playlist, inspect(source)) != []


def test_a_playlist_without_renditions_is_faulted(source: Path, tmp_path: Path) -> None:
    empty = tmp_path / "index.m3u8"
    empty.write_text("#EXTM3U\n")
    assert "the multivariant playlist names no rendition" in _faults(empty, inspect(source))


def test_a_file_that_is_no_media_is_an_error_that_names_it(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a video")
    with pytest.raises(VideoError, match=r"notes\.mp4 does not play"):
        inspect(text)
