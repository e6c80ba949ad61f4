"""Retry and Catch: which errors, how often, and where to.

https://states-language.net/spec.html#errors and
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from states_language.fields import CATCH, ERRORS, RETRY
from states_language.objects import check, shown
from states_language.problems import Level, Problem
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states_language.problems import Place

_ALL = "States.ALL"
_SHAPES = {"Retry": RETRY, "Catch": CATCH}
_FIRST_WAIT = 1  # second: what IntervalSeconds is where it is not given


def handler_problems(state: dict[str, Any], place: Place, language: str) -> Iterator[Problem]:
    """Yield what is wrong with the retriers and catchers of a state."""
    for field, shape in _SHAPES.items():
        entries = state.get(field)
        if not isinstance(entries, list):
            continue
        for index, entry in enumerate(entries):
            at = place.at(field).item(index)
            whose = f"{field} {index + 1}"
            if is_partial(entry):
                continue
            if not isinstance(entry, dict):
                yield Problem(at, f"{whose} is {shown(entry)}", "write an object")
                continue
            yield from check(entry, shape, at, language, whose)
            yield from _errors(entry.get("ErrorEquals"), at.at("ErrorEquals"), field, index, len(entries))
            if field == "Retry":
                yield from _delays(entry, at, whose)


def _errors(names: Any, place: Place, field: str, index: int, count: int) -> Iterator[Problem]:
    if not isinstance(names, list):
        return
    if not names:
        yield Problem(place, f"{field} {index + 1} has an empty ErrorEquals", "name at least one error")
    if _ALL in names and (len(names) > 1 or index < count - 1):
        yield Problem(place, f"{_ALL} must stand alone, in the last {field}", "move it to the end")
    for name in names:
        if is_partial(name):
            continue
        if not isinstance(name, str):
            yield Problem(place, f"the error {shown(name)} is no text", "write the error's name between quotes")
        elif name.startswith("States.") and name not in ERRORS and not name.startswith("States.Http."):
            near = difflib.get_close_matches(name, ERRORS, n=1)
            remedy = f"did you mean {near[0]}?" if near else "names that begin with States. are the service's own"
            # The specification forbids such names; whether the service refuses them is not recorded.
            yield Problem(place, f"there is no error {name}", remedy, level=Level.FAILS)


def _delays(entry: dict[str, Any], place: Place, whose: str) -> Iterator[Problem]:
    first, longest = entry.get("IntervalSeconds", _FIRST_WAIT), entry.get("MaxDelaySeconds")
    if isinstance(first, int) and isinstance(longest, int) and longest <= first and longest > 0:
        what = f"{whose}: MaxDelaySeconds is {longest}, IntervalSeconds {first}"
        yield Problem(place, what, "give a longest wait above the first")
