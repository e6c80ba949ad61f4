"""Histories: what people do and what goes wrong, as values that can be tried, shortened and printed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Literal

from tests.simulation.cloud import WITHOUT_EFFECT, Fault, Kind
from tests.simulation.jobs import BREAKS_OFF, NOT_A_VIDEO
from tests.simulation.promises import broken
from tests.simulation.world import UPLOADS, VIDEO, Delivery, World

if TYPE_CHECKING:
    from collections.abc import Iterator

# The reconciler gives an upload up after a day; what has not ended two days later never will.
_SECONDS_TO_THE_END = 3 * 86_400.0
_KEYS = ("film.mp4", "clip.mp4")
_CONTENTS = (VIDEO, VIDEO, VIDEO, VIDEO + b", cut anew", NOT_A_VIDEO, BREAKS_OFF, b"")
_OPERATIONS = (
    *("HeadObject", "PutItem", "UpdateItem", "UpdateItem", "UpdateItem", "GetItem", "Probe", "CreateJob", "CreateJob"),
    *("SearchJobs", "CancelJob", "GetJob", "ListObjectVersions", "PutObject", "Publish", "Publish", "Query", "Invoke"),
)
_SHORT_DELAY_SECONDS = 2.0
_MOST_STEPS = 6
_MOST_FAULTS = 4


@dataclass(frozen=True, slots=True)
class Step:
    """Something that people or AWS do ``at`` seconds after the beginning.

    A ``repeat`` is S3's event of the current version, delivered twice more under one request id.
    """

    at: float
    act: Literal["put", "delete", "ask", "ask again", "cancel", "repeat"]
    key: str = _KEYS[0]
    content: bytes = VIDEO

    def __str__(self) -> str:
        what = f" {self.content.decode()!r}" if self.act == "put" else ""
        return f"{self.at:.1f} s: {self.act} {self.key}{what}"


@dataclass(frozen=True, slots=True)
class History:
    """Steps and faults; ``seed`` decides on delays, ``lost`` is the share of events that never come."""

    steps: tuple[Step, ...]
    faults: tuple[Fault, ...] = ()
    seed: int = 0
    lost: float = 0.0
    repeated: float = 0.0
    queue_seconds: float = 20
    longest_delay: float = 2.0

    def __str__(self) -> str:
        lines = [str(step) for step in self.steps] + [str(fault) for fault in self.faults]
        return "\n".join([*lines, f"seed {self.seed}, jobs wait {self.queue_seconds:.0f} s, lost {self.lost}"])

    def run(self) -> World:
        """Let it happen, to the end."""
        random = Random(self.seed)  # noqa: S311 - a course of events, no secret
        delivery = Delivery(random, longest_seconds=self.longest_delay, lost=self.lost, repeated=self.repeated)
        world = World(faults=self.faults, delivery=delivery)
        world.jobs.queue_seconds = self.queue_seconds
        for step in self.steps:
            world.scheduler.at(world.scheduler.now + step.at, lambda step=step: _do(world, step))  # type: ignore[misc] # a default is no parameter
        world.run_for(_SECONDS_TO_THE_END)
        return world

    def breaks(self) -> list[str]:
        """Return the promises that it breaks."""
        asked = sum(step.act == "ask again" for step in self.steps)
        return broken(self.run(), asked_again=asked)


def shortest(history: History) -> History:
    """Leave out of a history that breaks a promise whatever it breaks one without."""
    smaller = next((one for one in _smaller(history) if one.breaks()), None)
    return shortest(smaller) if smaller else history


def _smaller(history: History) -> Iterator[History]:
    for number in range(len(history.faults)):
        yield replace(history, faults=history.faults[:number] + history.faults[number + 1 :])
    for number in range(len(history.steps)):
        yield replace(history, steps=history.steps[:number] + history.steps[number + 1 :])
    if history.lost:
        yield replace(history, lost=0.0)
    if history.longest_delay > _SHORT_DELAY_SECONDS:
        yield replace(history, longest_delay=_SHORT_DELAY_SECONDS)
    if history.repeated:
        yield replace(history, repeated=0.0)


def at_random(seed: int) -> History:
    """Return the history of a seed."""
    random = Random(seed)  # noqa: S311 - a course of events, no secret
    steps = [Step(0.0, "put", content=random.choice(_CONTENTS))]
    for _ in range(random.randrange(_MOST_STEPS)):
        act = random.choices(("put", "delete", "ask", "ask again", "cancel", "repeat"), weights=(5, 1, 2, 1, 1, 3))[0]
        at = random.choice((random.uniform(0, 3), random.uniform(0, 120), random.uniform(0, 900)))
        steps.append(Step(at, act, random.choice(_KEYS), random.choice(_CONTENTS)))  # type: ignore[arg-type] # one of them
    return History(
        steps=tuple(sorted(steps, key=lambda step: step.at)),
        faults=tuple(_fault(random) for _ in range(random.randrange(_MOST_FAULTS + 1))),
        seed=seed,
        lost=random.choice((0.0, 0.0, 0.1)),
        repeated=random.choice((0.0, 0.3)),
        queue_seconds=random.choice((1, 20, 200, 2_000)),
        longest_delay=random.choice((2.0, 2.0, 300.0)),
    )


def _fault(random: Random) -> Fault:
    kind = random.choice(list(Kind))
    when = "before" if kind in WITHOUT_EFFECT else random.choice(("before", "after"))
    return Fault(random.choice(_OPERATIONS), random.randint(1, 4), kind, when)  # type: ignore[arg-type] # one of the two


def _do(world: World, step: Step) -> None:
    if step.act == "put":
        world.put(step.key, step.content)
    elif step.act == "delete":
        world.objects.delete(UPLOADS, step.key)
    elif step.act in ("ask", "ask again"):
        request = {"bucket": UPLOADS, "key": step.key, "again": step.act == "ask again"}
        world.ask(request)
    elif step.act == "cancel":
        _cancel_last(world)
    else:
        current = world.objects.current(UPLOADS, step.key)
        if current:
            world.ask(world.created(current), times=2)


def _cancel_last(world: World) -> None:
    """Cancel the latest job that has not ended, as an operator may in the console."""
    for job in reversed(world.jobs.jobs.values()):
        if job.status in ("SUBMITTED", "PROGRESSING"):
            world.jobs.stop(job)
            return
