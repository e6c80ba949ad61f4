from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambda_src.errors import ServiceFaultError, SetupError
from lambda_src.record import Status
from tests.simulation.cloud import Kind

if TYPE_CHECKING:
    from tests.simulation.objects import Version
    from tests.simulation.world import World

HOUR = 3_600


def submitted(world: World, key: str = "film.mp4") -> Version:
    """A version whose job was submitted; nothing will come of it by itself."""
    version = world.put(key)
    world.scheduler._coming.clear()
    world.orchestrate(world.created(version))
    world.scheduler._coming.clear()
    return version


def status(world: World, version: Version) -> Status | None:
    record = world.record(version)
    return record.status if record else None


def test_what_moves_is_left_alone(world: World) -> None:
    submitted(world)
    world.scheduler.now += 800
    assert world.reconcile() == {"looked_at": 0, "failed": 0}


def test_a_job_that_still_runs_is_looked_at_again_later(world: World) -> None:
    version = submitted(world)
    for looked_at in (1, 0):
        world.scheduler.now += 901 if looked_at else 60
        assert world.reconcile() == {"looked_at": looked_at, "failed": 0}
    assert (status(world, version), world.topic.notices) == (Status.SUBMITTED, [])


@pytest.mark.parametrize(("ended", "told"), [("CANCELED", "transcode.canceled"), ("ERROR", "transcode.failed")])
def test_the_end_of_a_job_is_told_once_however_it_is_heard_of(world: World, ended: str, told: str) -> None:
    version = submitted(world)
    world.jobs.jobs["job-1"].status = ended
    world.scheduler.now += HOUR
    world.reconcile()
    world.reconcile()
    assert [notice["event"] for notice in world.notices(version)] == [told]


def test_a_job_that_mediaconvert_has_forgotten_is_lost(world: World) -> None:
    version = submitted(world)
    world.jobs.jobs.clear()
    world.scheduler.now += HOUR
    world.reconcile()
    (notice,) = world.notices(version)
    assert (notice["event"], notice["error"]["code"]) == ("transcode.failed", "JobLost")


def test_an_upload_that_was_left_is_given_to_the_orchestrator_as_s3_would(world: World) -> None:
    version = world.put()
    world.scheduler._coming.clear()
    world.cloud.fail_next("Probe", Kind.BROKEN)
    with pytest.raises(ServiceFaultError):
        world.orchestrate(world.created(version))
    world.scheduler.now += 120
    assert world.reconcile() == {"looked_at": 1, "failed": 0}
    world.scheduler.run(world.scheduler.now + 5)
    assert status(world, version) is Status.SUBMITTED


def test_one_that_cannot_be_brought_further_does_not_stop_the_others(world: World) -> None:
    first, second = submitted(world, "a.mp4"), submitted(world, "b.mp4")
    for job in world.jobs.jobs.values():
        job.status = "CANCELED"
    world.scheduler.now += HOUR
    world.cloud.fail_next("GetJob", Kind.DENIED)
    with pytest.raises(SetupError):
        world.reconcile()
    assert sorted([status(world, first), status(world, second)], key=str) == [Status.CANCELED, Status.SUBMITTED]
    world.scheduler.now += 60
    world.reconcile()
    assert status(world, first) is status(world, second) is Status.CANCELED
