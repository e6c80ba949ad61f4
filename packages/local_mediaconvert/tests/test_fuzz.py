"""Jobs edited field by field: taken or refused, never a fault of ours, and what was taken can be listed."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

from local_mediaconvert.api.responses import Responses
from local_mediaconvert.exceptions import BadRequestError, NotFoundError
from local_mediaconvert.jobs.events import EventWriter
from local_mediaconvert.models.account import Account
from local_mediaconvert.service_model import route

from .jobs import audio, av1_mp4, captures, file_group, hls_group, job, mp4, video

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json

EDITS = 6000
JOBS = "/2017-08-29/jobs"
PAUSED = "paused"
STRANGE: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 2**31, 2**63, 0.5, -0.1, 1e300, "", " ", "x" * 300, "s3://", "s3:///", "s3://b/", "$dt$"),
    *("\u202e", "\u0000", "é", "arn:aws:iam::1:role/x", [], [None], [[]], {}, {"": {}}, {"a": 1}, ["x"] * 30),
)


def wire(request: Any) -> Any:
    """The request under its JSON names: as the SDK writes them, but for maps, whose keys are the caller's."""
    if isinstance(request, list):
        return [wire(each) for each in request]
    if not isinstance(request, dict):
        return request
    return {(name[:1].lower() + name[1:] if " " not in name else name): wire(value) for name, value in request.items()}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in ``value``."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield (*path, name)
        yield from places(item, (*path, name))


def edited(request: Json, chosen: random.Random) -> Json:
    """``request`` with one place removed, doubled, renamed, set to something strange, or to another place's value."""
    request = copy.deepcopy(request)
    all_places = list(places(request))
    *parents, last = chosen.choice(all_places)
    at: Any = request
    for name in parents:
        at = at[name]
    what = chosen.randrange(5)
    if what == 0:
        del at[last]
    elif what == 1 and isinstance(at, list):
        at.append(copy.deepcopy(at[last]))
    elif what == 1:
        at[f"{last}x"] = at.pop(last)
    elif what == 2:
        donor: Any = request
        for name in chosen.choice(all_places):
            donor = donor[name]
        at[last] = copy.deepcopy(donor)
    else:
        at[last] = copy.deepcopy(chosen.choice(STRANGE))
    return request


def test_an_edited_job_is_taken_or_refused_and_all_that_are_taken_can_be_listed() -> None:
    sound = job(
        hls_group(video("_v", 640, 360), audio(), destination="s3://out/stream/index"),
        file_group(mp4("_mp4"), captures("_poster"), av1_mp4("_av1"), destination="s3://out/files/film"),
        key="film.mp4",
        UserMetadata={"record": "1"},
        Tags={"team": "video"},
        Priority=1,
    )
    store = Account("123456789012").store("eu-west-1")
    responses = Responses(store, None, EventWriter("123456789012"), None)  # type: ignore[arg-type]  # no job runs
    store.create_queue({"name": PAUSED, "status": "PAUSED"})
    request = {**wire(sound), "queue": PAUSED}
    chosen = random.Random(20261129)  # noqa: S311 - the same edits each time
    taken = refused = 0
    for _ in range(EDITS):
        edit = edited(request, chosen)
        if chosen.random() < 0.3:
            edit = edited(edit, chosen) if edit else edit
        try:
            responses.answer(route("POST", JOBS, json.dumps(edit).encode()))
            taken += 1
        except (BadRequestError, NotFoundError) as error:
            assert error.message  # noqa: PT017 - any other exception is the failure looked for
            refused += 1
    assert min(taken, refused) > EDITS / 20
    listed, token = 0, ""
    while True:
        query = f"?maxResults=20{token}"
        answer = responses.answer(route("GET", JOBS + query, b""))
        json.dumps(answer).encode()
        listed += len(answer["jobs"])
        if "nextToken" not in answer:
            break
        token = f"&nextToken={answer['nextToken']}"
    assert listed == len(store.jobs()) == taken
