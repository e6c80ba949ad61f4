"""What counts as a failed demo, and what is left of one for a person to read."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from local_cloud import demo_report
from local_cloud.console import Console
from local_cloud.demo_folder import DemoFolder
from local_cloud.demo_result import DemoResult
from local_cloud.follow import Journey
from local_cloud.stream_check import Check
from local_cloud.video import Media

MEDIA = Media(duration=10.0, width=1280, height=720, frame_seconds=0.04, has_audio=False)


def _result(told: dict[str, Any], checks: list[Check]) -> DemoResult:
    journey = Journey("film.mp4", told, upload_seconds=0.1, submit_seconds=1.0, transcode_seconds=2.0)
    return DemoResult(Path("film.mp4"), MEDIA, journey, checks, events=[{"time": "2026-01-01T00:00:00Z"}])


SUCCESS = {"event": "transcode.succeeded", "poster": "s3://output/film/poster.0000001.jpg"}
FAILURE = {"event": "transcode.failed", "error": {"code": "1076", "message": "Unexpected end of the input file"}}


def test_a_stream_without_faults_is_a_success() -> None:
    assert _result(SUCCESS, [Check("index_720p.m3u8", MEDIA)]).faults == []


def test_a_failure_notice_is_a_fault_with_its_code_and_message() -> None:
    assert _result(FAILURE, []).faults == ["the pipeline reported a failure: 1076: Unexpected end of the input file"]


def test_a_fault_of_one_playlist_is_a_fault_of_the_demo() -> None:
    checks = [Check("good.m3u8", MEDIA), Check("bad.m3u8", None, ("it does not play",))]
    assert _result(SUCCESS, checks).faults == ["bad.m3u8: it does not play"]


def test_the_report_holds_verdicts_timings_and_the_poster_of_the_notice(tmp_path: Path) -> None:
    (tmp_path / "stream").mkdir()
    (tmp_path / "stream" / "poster.0000001.jpg").write_bytes(b"the poster")
    demo_report.write(tmp_path, _result(SUCCESS, [Check("index_720p.m3u8", MEDIA)]), {"deploy": 3.0, "destroy": 1.0})
    text = (tmp_path / "report.md").read_text()
    assert "| index_720p.m3u8 | 1280x720 | 10.000 | plays |" in text
    assert "| deploy | 3.0 | 75 % |" in text
    assert "![Poster](poster.jpg)" in text
    assert (tmp_path / "poster.jpg").read_bytes() == b"the poster"
    assert json.loads((tmp_path / "events.jsonl").read_text()) == {"time": "2026-01-01T00:00:00Z"}


def test_what_is_printed_says_what_failed_and_stays_plain_away_from_a_terminal(tmp_path: Path) -> None:
    shown = StringIO()
    console = Console(stream=shown)
    with console.phase("deploy"):
        console.update("never seen")
    demo_report.show(DemoFolder(tmp_path), _result(FAILURE, []), console)
    assert "FAILED  the pipeline reported a failure: 1076" in shown.getvalue()
    assert "OK" not in shown.getvalue()
    assert "\x1b" not in shown.getvalue()
    assert "never seen" not in shown.getvalue()
