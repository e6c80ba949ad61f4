"""Whatever an event holds, a handler answers: nothing unforeseen is raised, written or shown raw."""

from __future__ import annotations

import io
import json
import unicodedata
from copy import deepcopy
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from lambda_src import telemetry
from lambda_src.errors import RetryableError
from tests.simulation.world import UPLOADS, World

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = 4_000
ODD_TEXTS = (
    "",
    "\ud800",
    "film\udfff.mp4",
    "\u202egpj.mp4",
    "a\u2028b\u2029.mp4",
    "\x00\x1b[31m.mp4",
    "\x85\x9b.mp4",
    "\u2066\u200b\ufeff.mp4",
    "../../etc/passwd.mp4",
    "k" * 2_000 + ".mp4",
    "🎬.mp4",
    "film.mp4",
    UPLOADS,
    "Object Created",
    "COMPLETE",
    "job-1",
)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**39,
    10**400,
    1.5,
    float("inf"),
    float("nan"),
    [],
    {},
    [[]],
    {"": None},
    *ODD_TEXTS,
)
# What a terminal or an editor would act upon instead of showing it: control, format, line and paragraph separators.
RAW = ("Cc", "Cf", "Zl", "Zp", "Cs")


def hostile(random: Random, event: Any) -> Any:
    """Change some values of an event, at any depth, or what is around them."""
    made = deepcopy(event)
    for _ in range(random.randint(1, 4)):
        place = made
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = random.choice(keys)
            if random.random() < 0.35 or not isinstance(place[key], dict | list):
                place[key] = deepcopy(random.choice(ODD_VALUES))
                break
            place = place[key]
    return random.choice(ODD_VALUES) if random.random() < 0.02 else made


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    written = io.StringIO()
    monkeypatch.setattr(telemetry.logger.registered_handler, "stream", written)
    telemetry.logger.setLevel("INFO")
    return written


def shown(text: str) -> set[str]:
    """Return the characters of a text that should have been escaped."""
    return {character for character in text if character != "\n" and unicodedata.category(character) in RAW}


def try_all(handle: Callable[[Any], Any], events: list[Any], seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    for _ in range(EVENTS):
        event = hostile(random, random.choice(events))
        try:
            handle(event)
        except RetryableError:
            continue
        except Exception as error:  # noqa: BLE001 - this is what must not happen
            pytest.fail(f"{error!r} for {event!r}")


def check_what_was_shown(world: World, log: io.StringIO) -> None:
    assert shown(log.getvalue()) == set()
    for request in world.topic.requests:
        assert shown(request["Message"] + request["Subject"]) == set()
        assert len(request["Subject"]) <= 100
    for version in world.objects.versions:
        if version.bucket != UPLOADS:
            assert shown((version.content or b"").decode().replace("\n", "")) == set()


def test_hostile_uploads_are_answered(world: World, log: io.StringIO) -> None:
    version = world.put()
    request = {"bucket": UPLOADS, "key": "film.mp4", "again": False, "execution": "arn"}
    try_all(world.orchestrate, [world.created(version), request], seed=1)
    check_what_was_shown(world, log)
    records = world.table.items.values()
    assert all(item["pk"]["S"] and item["bucket"]["S"] == UPLOADS for item in records)


def test_hostile_job_events_are_answered(world: World, log: io.StringIO) -> None:
    told: list[Any] = []
    world.jobs.emit = lambda event: told.append(json.loads(json.dumps(event)))
    for number in range(30):
        world.orchestrate(world.created(world.put(f"{number}.mp4")))
    world.scheduler.run(world.scheduler.now + 200)
    before = set(world.table.items)
    assert {event["detail"]["status"] for event in told} >= {"PROGRESSING", "COMPLETE"}
    try_all(world.follow, told, seed=2)
    check_what_was_shown(world, log)
    assert set(world.table.items) == before
