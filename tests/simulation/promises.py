"""What must hold of every history: each version ends once, is paid for once at most, and is told of truly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lambda_src.notice_events import NoticeEvent
from lambda_src.output_layout import folder_url, manifest_key
from lambda_src.record import Status
from tests.simulation.world import OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.objects import Version
    from tests.simulation.world import World


def broken(world: World, *, asked_again: int = 0) -> list[str]:
    """Return what a history broke; ``asked_again`` is how many more attempts people asked for."""
    return [
        *(f"unhandled: {crash!r}" for crash in world.functions.crashes),
        *_paid(world, asked_again),
        *(problem for version in world.told_of for problem in _end(world, version)),
        *_truth(world),
    ]


def _paid(world: World, asked_again: int) -> Iterator[str]:
    """MediaConvert charges for jobs that complete; one that is canceled or fails costs nothing or little."""
    by_record: dict[str, int] = {}
    for job in world.jobs.jobs.values():
        if job.status == "COMPLETE":
            by_record[job.record_id] = by_record.get(job.record_id, 0) + 1
        if job.status in ("SUBMITTED", "PROGRESSING"):
            yield f"{job.job_id} never ended"
    for identity, number in by_record.items():
        if number > 1 + asked_again:
            yield f"paid {number} times for one version ({identity[:12]})"


def _end(world: World, version: Version) -> Iterator[str]:
    name = f"{version.key} {version.version_id}"
    record = world.record(version)
    if record is None:
        if not _waits_in_dead_letters(world, version):
            yield f"{name} has no record"
        return
    if not record.ended:
        yield f"{name} stays {record.status}"
        return
    notices = world.notices(version)
    latest = {notice["id"] for notice in notices if notice["id"].endswith(f"-{record.attempt}")}
    if not latest or not record.notified:
        yield f"{name} is {record.status}, and nobody was told"
    for identity in {notice["id"] for notice in notices}:
        events = {notice["event"] for notice in notices if notice["id"] == identity}
        if len(events) > 1:
            yield f"{name} has two ends in one attempt: {sorted(events)}"
    if record.attempt == 1 and len({notice["id"] for notice in notices}) > 1:
        yield f"{name} was told of under two ids"


def _waits_in_dead_letters(world: World, version: Version) -> bool:
    return any(event == world.created(version) for _, event in world.functions.dead_letters)


def _truth(world: World) -> Iterator[str]:
    for notice in world.topic.notices:
        if notice["event"] == NoticeEvent.SUCCEEDED:
            yield from _true_success(world, notice)
    for item in world.table.items.values():
        if item["status"]["S"] == Status.COMPLETE:
            manifest = world.objects.current(OUTPUT, manifest_key(item["output_prefix"]["S"]))
            if manifest is None:
                yield f"{item['key']['S']} is COMPLETE without a manifest"
            else:
                yield from _true_success(world, json.loads(manifest.content or b""))


def _true_success(world: World, notice: dict[str, Any]) -> Iterator[str]:
    folder = notice["playlist"].rpartition("/")[0]
    stream = world.jobs.streams.get(folder)
    if stream is None:
        yield f"success of {notice['key']} without a stream"
    elif world.objects.versioned and stream.version_id != notice["version_id"]:
        yield f"success names {notice['version_id']}, and the stream holds {stream.version_id}"
    if not folder.startswith(folder_url(OUTPUT, "")):
        yield f"the stream of {notice['key']} is elsewhere"
