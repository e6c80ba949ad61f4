"""Histories that once ended wrong, each the shortest of its kind, and all the others that can be counted."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal

import pytest

from lambda_src.record import Status
from tests.simulation.cloud import WITHOUT_EFFECT, Fault, Kind
from tests.simulation.histories import History, Step, at_random, shortest
from tests.simulation.jobs import NOT_A_VIDEO
from tests.simulation.promises import broken
from tests.simulation.world import UPLOADS, World

if TYPE_CHECKING:
    from tests.simulation.objects import Version

DAY = 86_400.0
PUT = Step(0.0, "put")
RANDOM_HISTORIES = 2_000
BURST = 300


def status(world: World, version: Version) -> Status | None:
    record = world.record(version)
    return record.status if record else None


def events(world: World, version: Version) -> list[str]:
    return [notice["event"] for notice in world.notices(version)]


def test_a_video_is_transcoded_and_told_of_once(world: World) -> None:
    version = world.put()
    world.run_for(DAY)
    assert status(world, version) is Status.COMPLETE
    assert events(world, version) == ["transcode.succeeded"]
    assert broken(world) == []


# 1. Paid twice


@pytest.mark.parametrize(
    "fault",
    [
        *(Fault("CreateJob", 1, kind, "after") for kind in (Kind.BROKEN, Kind.TIMED_OUT, Kind.KILLED)),
        Fault("UpdateItem", 2, Kind.THROTTLED),
        Fault("UpdateItem", 2, Kind.KILLED),
    ],
    ids=str,
)
def test_a_job_whose_creation_was_lost_from_sight_is_found_and_followed(fault: Fault) -> None:
    world = World(faults=[fault])
    world.jobs.queue_seconds = 3_600
    version = world.put()
    world.run_for(DAY)
    assert len(world.jobs.jobs) == 1
    assert (status(world, version), broken(world)) == (Status.COMPLETE, [])


def test_a_long_key_and_one_with_odd_characters_are_searched_for_in_the_queue() -> None:
    for key in ("f" * 400 + ".mp4", "Früh & spät.mp4"):
        world = World(faults=[Fault("CreateJob", 1, Kind.BROKEN, "after")])
        world.jobs.queue_seconds = 3_600
        world.put(key)
        world.run_for(DAY)
        assert (world.cloud.calls["SearchJobs"], len(world.jobs.jobs), broken(world)) == (0, 1, [])


def test_a_request_that_is_delivered_twice_at_once_makes_one_job(world: World) -> None:
    version = world.objects.put(UPLOADS, "film.mp4", b"a video")
    world.ask(world.created(version), times=2)
    world.run_for(DAY)
    assert (len(world.jobs.jobs), broken(world)) == (1, [])


def test_of_two_jobs_the_one_that_the_record_does_not_follow_is_canceled() -> None:
    """The lists show the first job later than they ever should, so a second one is created."""
    world = World(faults=[Fault("CreateJob", 1, Kind.BROKEN, "after")])
    world.jobs.queue_seconds, world.jobs.list_lag_seconds = 600, 1_000
    version = world.put()
    world.run_for(DAY)
    assert sorted(job.status for job in world.jobs.jobs.values()) == ["CANCELED", "COMPLETE"]
    assert (events(world, version), broken(world)) == (["transcode.succeeded"], [])


# 2. Overwritten


def test_a_version_that_was_overwritten_before_the_first_look_has_its_own_end(world: World) -> None:
    world.delivery.longest_seconds = 0
    first, second = world.put(), world.put()
    world.run_for(DAY)
    assert (status(world, first), status(world, second)) == (Status.SUPERSEDED, Status.COMPLETE)
    assert events(world, first) == ["transcode.superseded"]
    assert (len(world.jobs.jobs), broken(world)) == (1, [])


@pytest.mark.parametrize("pause", [0.7, 10, 40, 79])
def test_an_overwritten_version_is_not_told_of_as_the_newer_one(world: World, pause: float) -> None:
    world.delivery.longest_seconds = 0
    first = world.put()
    world.run_for(pause)
    second = world.put(content=b"another video")
    world.run_for(DAY)
    assert (events(world, first), events(world, second)) == (["transcode.superseded"], ["transcode.succeeded"])
    assert broken(world) == []


def test_the_job_of_an_overwritten_version_is_canceled(world: World) -> None:
    world.put()
    world.run_for(10)
    world.put()
    world.run_for(DAY)
    assert [job.status for job in world.jobs.jobs.values()] == ["CANCELED", "COMPLETE"]


def test_a_version_that_is_overwritten_between_a_fault_and_the_retry_does_not_stay_claimed() -> None:
    world = World(faults=[Fault("Probe", 1, Kind.BROKEN)])
    first = world.put()
    world.run_for(30)
    world.put()
    world.run_for(DAY)
    assert (status(world, first), broken(world)) == (Status.SUPERSEDED, [])


def test_without_versions_an_overwritten_object_is_not_told_of_either() -> None:
    world = World(versioned=False)
    world.delivery.longest_seconds = 0
    first = world.put()
    world.run_for(10)
    second = world.put(content=b"another video")
    world.run_for(DAY)
    assert (status(world, first), status(world, second)) == (Status.SUPERSEDED, Status.COMPLETE)


def test_an_object_that_is_deleted_while_its_job_runs_keeps_its_stream(world: World) -> None:
    version = world.put()
    world.run_for(50)
    world.objects.delete(UPLOADS, "film.mp4")
    world.run_for(DAY)
    assert (status(world, version), broken(world)) == (Status.COMPLETE, [])


# 3. Stuck


@pytest.mark.parametrize("seconds_before_events_are_lost", [5, 30])
def test_a_job_whose_end_nobody_heard_of_is_asked_for(world: World, seconds_before_events_are_lost: float) -> None:
    version = world.put()
    world.run_for(seconds_before_events_are_lost)
    world.delivery.lost = 1.0
    world.run_for(DAY)
    (notice,) = world.notices(version)
    assert notice["event"] == "transcode.succeeded"
    assert notice["playlist"].endswith("/index.m3u8")
    assert notice["renditions"][0]["playlist"].endswith("/index_1080p.m3u8")
    assert broken(world) == []


def test_a_request_that_dies_after_the_event_was_taken_for_its_duplicate_leaves_nothing_claimed() -> None:
    world = World(faults=[Fault("Probe", 1, Kind.KILLED)])
    world.delivery.longest_seconds = 0
    version = world.objects.put(UPLOADS, "film.mp4", b"a video")
    world.told_of.append(version)
    world.ask({"bucket": UPLOADS, "key": "film.mp4"})
    world.run_for(1)
    world.ask(world.created(version))
    world.run_for(DAY)
    assert (status(world, version), broken(world)) == (Status.COMPLETE, [])


@pytest.mark.parametrize("operation", ["Probe", "CreateJob", "Publish", "PutObject", "ListObjectVersions"])
@pytest.mark.parametrize("kind", list(Kind))
def test_what_fails_for_good_is_taken_up_when_it_is_mended(operation: str, kind: Kind) -> None:
    world = World(faults=[Fault(operation, number, kind) for number in range(1, 20)])
    version = world.put()
    world.run_for(DAY)
    assert (status(world, version), broken(world)) == (Status.COMPLETE, [])


def test_a_record_outlives_any_wait_for_its_job(world: World) -> None:
    world.jobs.queue_seconds = 95 * DAY
    world.reconciled_every = DAY / 4
    version = world.put()
    world.run_for(100 * DAY)
    assert (status(world, version), broken(world)) == (Status.COMPLETE, [])


def test_an_upload_that_no_job_can_be_created_for_is_given_up_after_a_day_and_told_of() -> None:
    world = World(faults=[Fault("CreateJob", number, Kind.DENIED) for number in range(1, 5_000)])
    world.reconciled_every = 3_600
    version = world.put()
    world.run_for(3 * DAY)
    (notice,) = world.notices(version)
    assert (notice["error"]["code"], broken(world)) == ("GaveUp", [])


# 4. Restarted


def test_a_request_restarts_nothing_by_itself_and_once_when_it_says_so(world: World) -> None:
    world.put(content=NOT_A_VIDEO)
    world.run_for(600)
    request = {"bucket": UPLOADS, "key": "film.mp4"}
    assert world.orchestrate(request)["outcome"] == "duplicate"
    again = {**request, "again": True, "execution": "arn:aws:states:eu-west-1:123456789012:execution:m:1"}
    assert [world.orchestrate(again)["outcome"] for _ in range(2)] == ["rejected", "duplicate"]
    assert len(world.topic.notices) == 2
    assert len({notice["id"] for notice in world.topic.notices}) == 2


# 5. Rejected although it runs


def test_an_object_that_is_deleted_before_the_retry_is_not_called_gone_while_its_job_runs() -> None:
    world = World(faults=[Fault("CreateJob", 1, Kind.BROKEN, "after")])
    world.jobs.queue_seconds = 30
    world.delivery.lost = 0
    version = world.put()
    world.run_for(35)
    world.objects.delete(UPLOADS, "film.mp4")
    world.run_for(DAY)
    assert (events(world, version), broken(world)) == (["transcode.succeeded"], [])


# 6. Told twice


def test_a_notice_that_has_to_be_repeated_keeps_its_id() -> None:
    world = World(faults=[Fault("Publish", 1, Kind.KILLED, "after")])
    version = world.put()
    world.run_for(DAY)
    first, second = world.notices(version)
    assert first["id"] == second["id"]
    assert broken(world) == []


# 7. Bursts


def test_a_burst_waits_for_its_turn_and_ends_well_without_a_dead_letter(world: World) -> None:
    world.jobs.rate, world.jobs.burst = 2, 20
    versions = [world.put(f"{number}.mp4") for number in range(BURST)]
    world.run_for(DAY)
    assert {status(world, version) for version in versions} == {Status.COMPLETE}
    assert (world.functions.dead_letters, broken(world)) == ([], [])


# 9. Wrong blame


def test_a_throttle_with_status_400_blames_nobody() -> None:
    world = World(faults=[Fault("UpdateItem", number, Kind.THROTTLED) for number in (1, 2, 3)])
    version = world.put()
    world.run_for(DAY)
    assert (events(world, version), broken(world)) == (["transcode.succeeded"], [])


def test_an_uploader_is_told_of_a_key_that_the_pipeline_does_not_have(world: World) -> None:
    version = world.put(locked=True)
    world.run_for(DAY)
    (notice,) = world.notices(version)
    assert notice["error"]["code"] == "LockedObject"
    assert "SSE-C" in notice["error"]["message"]


# 10. Stale success


def test_a_stream_that_is_gone_is_made_again_by_an_explicit_request(world: World) -> None:
    version = world.put()
    world.run_for(600)
    world.ask({"bucket": UPLOADS, "key": "film.mp4", "again": True})
    world.run_for(DAY)
    assert events(world, version) == ["transcode.succeeded", "transcode.succeeded"]
    assert broken(world, asked_again=1) == []


# All that can be counted

BASES = {
    "a video": (PUT,),
    "a text": (Step(0.0, "put", content=NOT_A_VIDEO),),
    "overwritten": (PUT, Step(10.0, "put", content=b"another video")),
}


def single_faults(steps: tuple[Step, ...], kinds: tuple[Kind, ...]) -> list[Fault]:
    """Every call of a history without faults, failed in every way before and after its effect."""
    moments: tuple[Literal["before", "after"], ...] = ("before", "after")
    return [
        Fault(operation, number, kind, when)
        for operation, calls in History(steps).run().cloud.calls.items()
        for number in range(1, calls + 1)
        for kind in kinds
        for when in (moments[:1] if kind in WITHOUT_EFFECT else moments)
    ]


@pytest.mark.parametrize("base", BASES)
def test_any_one_fault_breaks_no_promise(base: str) -> None:
    histories = [History(BASES[base], (fault,), queue_seconds=200) for fault in single_faults(BASES[base], tuple(Kind))]
    assert len(histories) > 50
    assert [str(history) for history in histories if history.breaks()] == []


def test_any_two_faults_break_no_promise() -> None:
    faults = single_faults((PUT,), (Kind.KILLED,))
    pairs = [History((PUT,), pair, queue_seconds=200) for pair in combinations(faults, 2)]
    assert len(pairs) > 200
    assert [str(history) for history in pairs if history.breaks()] == []


def test_random_histories_break_no_promise() -> None:
    for history in map(at_random, range(RANDOM_HISTORIES)):
        if history.breaks():
            small = shortest(history)
            pytest.fail(f"{small}\n\nbreaks: {small.breaks()}")
