"""What a demo leaves behind for a person: an event log, and a report in Markdown that GitHub and editors show."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from lambda_src.output_layout import PLAYLIST_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.console import Console
    from local_cloud.demo_folder import DemoFolder
    from local_cloud.demo_result import DemoResult
    from local_cloud.stream_check import Check


def write(folder: Path, result: DemoResult, timings: dict[str, float]) -> None:
    """Write ``events.jsonl``, ``notification.json``, the poster and ``report.md`` into a folder."""
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in result.events))
    (folder / "notification.json").write_text(json.dumps(result.journey.notification, indent=2) + "\n")
    poster = str(result.journey.notification.get("poster") or "").rpartition("/")[2]
    if poster:
        shutil.copy(folder / "stream" / poster, folder / "poster.jpg")
    (folder / "report.md").write_text("\n".join(_report(result, timings, has_poster=bool(poster))) + "\n")


def show(place: DemoFolder, result: DemoResult, console: Console) -> None:
    """Print what came out, where it is, and whether all of it held."""
    console.line()
    for row in _renditions(result.checks):
        console.line(f"  {row}")
    total = sum(console.timings.values())
    console.line()
    stream = f"stream/{PLAYLIST_FILE}"
    places = {"stream": stream, "poster": "poster.jpg", "events": "events.jsonl", "report": "report.md"}
    for name, path in places.items():
        if (place.folder / path).exists():
            console.line(f"  {name:<8} {place.shown / path}")
    console.line(f"  {'total':<8} {total:.1f} s")
    console.line()
    for fault in result.faults:
        console.line(f"FAILED  {fault}")
    if not result.faults:
        console.line("OK  every rendition plays to its end, the duration and the sound are those of the source")


def _renditions(checks: list[Check]) -> list[str]:
    rows = []
    for check in checks:
        media = check.media
        if media is None:
            continue
        size = f"{media.width}x{media.height}" if media.width else "sound"
        rows.append(f"{check.playlist:<24} {size:<10} {media.duration:8.3f} s  {'; '.join(check.faults) or 'plays'}")
    return rows


def _report(result: DemoResult, timings: dict[str, float], *, has_poster: bool) -> list[str]:
    journey, source = result.journey, result.source
    total = sum(timings.values())
    lines = [f"# {result.video.name}", "", f"The pipeline told: `{journey.notification['event']}`.", ""]
    if source:
        picture = f"{source.width}x{source.height}, " if source.width else ""
        sound = "with sound" if source.has_audio else "without sound"
        lines += [f"Source: {picture}{source.duration:.3f} s, {sound}.", ""]
    if has_poster:
        lines += ["![Poster](poster.jpg)", ""]
    lines += ["| playlist | size | seconds | verdict |", "|---|---|---|---|"]
    for check in result.checks:
        media = check.media
        size = f"{media.width}x{media.height}" if media and media.width else "sound" if media else ""
        seconds = f"{media.duration:.3f}" if media else ""
        lines.append(f"| {check.playlist} | {size} | {seconds} | {'; '.join(check.faults) or 'plays'} |")
    lines += ["", "| phase | seconds | share |", "|---|---|---|"]
    lines += [f"| {name} | {seconds:.1f} | {100 * seconds / total:.0f} % |" for name, seconds in timings.items()]
    steps = {"upload": journey.upload_seconds, "job": journey.submit_seconds, "notification": journey.transcode_seconds}
    within = ", ".join(f"{name} after {seconds:.1f} s" for name, seconds in steps.items())
    return [
        *lines,
        f"| all | {total:.1f} | |",
        "",
        f"Steps, each from the one before: {within}.",
    ]
