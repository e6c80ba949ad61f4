"""Variables: what Assign may write, and what is read before anything has written it.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html. The service takes a definition that
reads a variable which nothing assigns (recorded: https://github.com/floci-io/floci/pull/2699); the execution fails
there.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from states_language.definition import (
    DISTRIBUTED,
    JSONATA,
    JSONPATH,
    UNKNOWN,
    inner_machines,
    language_of,
    leads_anywhere,
    mode_of,
    targets,
)
from states_language.jsonata import expressions
from states_language.paths import variables_in
from states_language.problems import Level, Place, Problem
from states_language.templates import template_problems
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESERVED = "states"
_LONGEST_NAME = 80  # characters
_PATHS = (
    *("InputPath", "OutputPath", "ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "Variable"),
    *("HeartbeatSecondsPath", "MaxConcurrencyPath", "ErrorPath", "CausePath", "ToleratedFailureCountPath"),
    *("ToleratedFailurePercentagePath", "MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"),
)
_INSIDE = frozenset({"ItemProcessor", "Iterator", "Branches"})
_Names = frozenset[str] | None
"""Names of variables; None where not all are known."""


def variable_problems(body: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with assignments, and what is read of a variable that nothing before has assigned."""
    yield from _machine(body, Place(), language_of(body, JSONPATH), frozenset())


def _machine(body: dict[str, Any], place: Place, language: str, outer: _Names) -> Iterator[Problem]:
    states = body.get("States")
    states = states if isinstance(states, dict) else {}
    known = {name: state for name, state in states.items() if isinstance(state, dict)}
    # A state that is not known may assign anything, and lead anywhere.
    unclear = any(map(leads_anywhere, states.values())) or any(map(is_partial, states))
    before: dict[str, _Names] = dict.fromkeys(known) if unclear else _before(known)
    for name, state in known.items():
        own = language_of(state, language)
        at = place.state(name)
        for where, assigned in _assignments(state, at):
            yield from _assigned(assigned, where, own)
        there = None if outer is None or before[name] is None else outer | (before[name] or frozenset())
        if there is not None and own != UNKNOWN:
            yield from _read(state, at, own, there)
        mode = mode_of(state)
        inner_outer = None if mode == UNKNOWN else frozenset() if mode == DISTRIBUTED else there
        for inner_place, inner in inner_machines(state):
            yield from _machine(inner, at.at(inner_place), language, inner_outer)


def _before(states: dict[str, dict[str, Any]]) -> dict[str, _Names]:
    """Return, for each state, the variables that states assign from which it can be reached."""
    written = {name: _names(state) for name, state in states.items()}
    if any(names is None for names in written.values()):
        return dict.fromkeys(states)
    found: dict[str, set[str]] = {name: set() for name in states}
    waiting = list(states)
    while waiting:
        name = waiting.pop()
        behind = found[name] | (written[name] or set())
        for _, target in targets(states[name]):
            if target in found and not behind <= found[target]:
                found[target] |= behind
                waiting.append(target)
    return {name: frozenset(names) for name, names in found.items()}


def _assignments(state: dict[str, Any], place: Place) -> Iterator[tuple[Place, Any]]:
    """Yield every Assign of a state: its own, those of its choices and of its catchers."""
    if "Assign" in state:
        yield place.at("Assign"), state["Assign"]
    for field in ("Choices", "Catch"):
        entries = state.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and "Assign" in entry:
                yield place.at(field).item(index).at("Assign"), entry["Assign"]


def _names(state: dict[str, Any]) -> set[str] | None:
    found: set[str] = set()
    if any(map(is_partial, state)):
        return None
    for _, assigned in _assignments(state, Place()):
        if is_partial(assigned) or not isinstance(assigned, dict) or any(map(is_partial, assigned)):
            return None
        found |= {name.removesuffix(".$") for name in assigned}
    return found


def _assigned(assigned: Any, place: Place, language: str) -> Iterator[Problem]:
    if not isinstance(assigned, dict):
        return
    if language == JSONPATH:
        yield from template_problems(assigned, place)
    for key in assigned:
        name = key.removesuffix(".$") if language == JSONPATH else key
        if is_partial(key):
            continue
        if name == _RESERVED:
            yield Problem(place, "Assign writes $states, which is the service's own", "choose another name")
        elif len(name) > _LONGEST_NAME:
            yield Problem(
                place, f"the variable ${name[:20]}… has {len(name)} characters", f"use {_LONGEST_NAME} at most"
            )
        elif not name.isidentifier() and not (language == JSONATA and key.endswith(".$")):
            remedy = "use letters, digits and _, a letter first"
            yield Problem(place, f'"{name}" is no name of a variable', remedy)


def _read(state: dict[str, Any], place: Place, language: str, assigned: frozenset[str]) -> Iterator[Problem]:
    said: set[str] = set()
    for name, where in _reads(state, place, language):
        if name in assigned or name in said:
            continue
        said.add(name)
        near = difflib.get_close_matches(name, assigned, n=1)
        remedy = f"did you mean ${near[0]}?" if near else f"assign ${name} in a state before this one"
        what = f"the variable ${name} is assigned by no state that comes before"
        yield Problem(where, what, remedy, level=Level.DOUBTFUL)


def _reads(state: dict[str, Any], place: Place, language: str) -> Iterator[tuple[str, Place]]:
    if language == JSONATA:
        for expression in expressions(state, place):
            for name in sorted(expression.variables):
                yield name, expression.place
        return
    own = {name: value for name, value in state.items() if name not in _INSIDE}
    for key, value, where in _pairs(own, place):
        if isinstance(value, str) and not is_partial(value) and (key.endswith((".$", "Path")) or key in _PATHS):
            for name in sorted(variables_in(value)):
                yield name, where


def _pairs(value: Any, place: Place) -> Iterator[tuple[str, Any, Place]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner, place.at(key)
            yield from _pairs(inner, place.at(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _pairs(inner, place.item(index))
