"""Check a machine and the machines inside it: states, transitions, and what each type of state takes."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from states_language.choices import choice_problems
from states_language.definition import (
    JSONATA,
    JSONPATH,
    PROCESSORS,
    UNKNOWN,
    inner_machines,
    language_of,
    leads_anywhere,
    targets,
)
from states_language.fields import BRANCH, ENDS, MACHINE, PROCESSOR, STATES, TYPES
from states_language.handlers import handler_problems
from states_language.maps import map_problems
from states_language.objects import check, shown
from states_language.problems import Place, Problem
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states_language.fields import Shape

_LONGEST_NAME = 80  # characters: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_NO_TARGET = "MISSING_TRANSITION_TARGET"
_NO_END = "MISSING_END_STATE"
_TWICE = "DUPLICATE_STATE_NAME"


def machine_problems(body: dict[str, Any]) -> Iterator[Problem]:
    """Yield what Step Functions would refuse in the structure of a definition."""
    language = language_of(body, JSONPATH)
    yield from _machine(body, MACHINE, Place(), language=language, whose="the state machine", names=set())


def _machine(
    body: dict[str, Any], shape: Shape, place: Place, *, language: str, whose: str, names: set[str]
) -> Iterator[Problem]:
    at_top = shape is MACHINE
    for problem in check(body, shape, place, language, whose):
        # The service locates what is wrong with the machine as a whole at "/".
        yield problem if problem.place.location or not at_top else _at_root(problem)
    states = body.get("States")
    if not isinstance(states, dict):
        return
    if not states:
        yield Problem(place.at("States"), f"{whose} has no state", "give at least one state")
        return
    for name, state in states.items():
        yield from _named(name, place.state(name), names)
        if isinstance(state, dict):
            yield from _state(state, place.state(name), language)
            for inner_place, inner in inner_machines(state):
                of_map = inner_place in PROCESSORS
                yield from _machine(
                    inner,
                    PROCESSOR if of_map else BRANCH,
                    place.state(name).at(inner_place),
                    language=language,
                    whose="its processor" if of_map else "a branch",
                    names=names,
                )
        elif not is_partial(state):
            yield Problem(place.state(name), f"it is {shown(state)}", "write a state")
    yield from _transitions(body, states, place, whose)


def _at_root(problem: Problem) -> Problem:
    root = Place((), "/")
    return Problem(root, problem.what, problem.remedy, problem.code, problem.level, problem.answer)


def _named(name: str, place: Place, names: set[str]) -> Iterator[Problem]:
    if is_partial(name):
        return
    if len(name) > _LONGEST_NAME:
        yield Problem(place, f"its name has {len(name)} characters", f"use {_LONGEST_NAME} at most")
    if name in names:
        what = "another state of this state machine has the same name"
        remedy = "names are unique across branches and processors: rename one"
        yield Problem(place, what, remedy, code=_TWICE, answer=f"Duplicate State name: {name}")
    names.add(name)


def _state(state: dict[str, Any], place: Place, machine_language: str) -> Iterator[Problem]:
    kind = state.get("Type")
    if is_partial(kind) or (kind is None and any(map(is_partial, state))):
        return
    if not isinstance(kind, str) or kind not in STATES:
        yield _no_type(kind, place)
        return
    language = language_of(state, machine_language)
    if language == UNKNOWN:
        return
    if machine_language == JSONATA and state.get("QueryLanguage") == JSONPATH:
        answer = "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        what = "it writes JSONPath in a state machine that writes JSONata"
        yield Problem(place, what, "write it in JSONata, or give QueryLanguage to single states only", answer=answer)
    said_by_ending = ("there is no field Next ", "there is no field End ") if kind in (*ENDS, "Choice") else ()
    for problem in check(state, STATES[kind], place, language, f"a {kind} state"):
        if not (said_by_ending and problem.what.startswith(said_by_ending)):
            yield problem
    yield from _ending(kind, state, place)
    yield from _lists(kind, state, place)
    yield from _heartbeat(state, place)
    if kind == "Choice":
        yield from choice_problems(state, place, language)
    if "Retry" in STATES[kind].fields:
        yield from handler_problems(state, place, language)
    if kind == "Map":
        yield from map_problems(state, place, language)


def _no_type(kind: Any, place: Place) -> Problem:
    listed = ", ".join(TYPES)
    if kind is None:
        return Problem(place, "it has no Type", f"give one of {listed}", answer="These fields are required: [Type]")
    near = difflib.get_close_matches(str(kind), TYPES, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"use one of {listed}"
    answer = f"Value should be one of the following: [{listed}]"
    return Problem(place.at("Type"), f"its type is {kind!r}", remedy, answer=answer)


def _ending(kind: str, state: dict[str, Any], place: Place) -> Iterator[Problem]:
    """Whether a state goes on or ends, said in the way of its type."""
    given = [name for name in ("Next", "End") if name in state]
    if given and kind in (*ENDS, "Choice"):
        answer = f"Field '{given[0]}' is not supported"
        if kind == "Choice":
            what, remedy = "a Choice state has neither Next nor End", "put Next into its choices, and Default"
        else:
            what, remedy = f"a {kind} state ends the machine by itself", "take out Next and End"
        yield Problem(place, what, remedy, answer=answer)
    elif given == ["End"] and state["End"] is False and kind in STATES:
        yield Problem(place, "it has no Next, and End is false", 'give "Next" or "End": true')


def _lists(kind: str, state: dict[str, Any], place: Place) -> Iterator[Problem]:
    branches = state.get("Branches")
    if kind == "Parallel" and isinstance(branches, list):
        if not branches:
            yield Problem(place.at("Branches"), "it has no branch", "give at least one")
        for index, branch in enumerate(branches):
            if not isinstance(branch, dict) and not is_partial(branch):
                yield Problem(place.at("Branches").item(index), f"a branch is {shown(branch)}", "write a state machine")


def _heartbeat(state: dict[str, Any], place: Place) -> Iterator[Problem]:
    limit, beat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(limit, int) and isinstance(beat, int) and beat >= limit:
        what = f"HeartbeatSeconds is {beat}, TimeoutSeconds {limit}"
        yield Problem(place, what, "give a heartbeat below the timeout")


def _transitions(body: dict[str, Any], states: dict[str, Any], place: Place, whose: str) -> Iterator[Problem]:
    """Yield transitions to nowhere, a machine that never ends, and states that are never reached.

    That a state which nothing leads to is refused, and not said where nothing ends, is recorded:
    https://github.com/floci-io/floci/issues/2735.
    """
    open_ended = any(map(is_partial, states))
    start = body.get("StartAt")
    known = not any(map(leads_anywhere, states.values()))
    for name, at in _named_targets(start, states, place):
        if is_partial(name):
            known = False
        elif name not in states and not open_ended:
            yield _nowhere(name, at, states, place)
    found = [state for state in states.values() if isinstance(state, dict)]
    if known and not open_ended and len(found) == len(states) and not any(map(_may_end, found)):
        what = f"no state of {whose} ends it"
        remedy = 'give one "End": true, or a Succeed or Fail state'
        yield Problem(place, what, remedy, code=_NO_END, answer="Workflow has no terminal state")
    elif known and isinstance(start, str) and start in states and not open_ended:
        reached = reachable(states, start)
        for name in states:
            if name not in reached:
                answer = f'State "{name}" is not reachable.'
                at = place.state(name)
                yield Problem(at, "no state leads to it", "lead to it, or take it out", code=_NO_TARGET, answer=answer)


def _named_targets(start: Any, states: dict[str, Any], place: Place) -> Iterator[tuple[str, Place]]:
    if isinstance(start, str):
        yield start, place.at("StartAt")
    for name, state in states.items():
        if isinstance(state, dict):
            for field, target in targets(state):
                yield target, place.state(name).at(field)


def _nowhere(name: str, at: Place, states: dict[str, Any], place: Place) -> Problem:
    near = difflib.get_close_matches(name, states, n=1)
    remedy = f'did you mean "{near[0]}"?' if near else f"name one of {', '.join(states)}"
    if at == place.at("StartAt"):
        what = f'"StartAt" names {name!r}, which is no state'
    else:
        what = f'it leads to "{name}", which is no state here'
    return Problem(at, what, remedy, code=_NO_TARGET, answer=f"Missing 'Next' target: {name}")


def _may_end(state: dict[str, Any]) -> bool:
    kind, end = state.get("Type"), state.get("End")
    return kind in ENDS or bool(end) or is_partial(kind) or str(kind) not in STATES


def reachable(states: dict[str, Any], start: str) -> set[str]:
    """Return the names of the states to which a state can lead, itself included."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        state = states.get(name)
        if name in reached or name not in states:
            continue
        reached.add(name)
        waiting += [target for _, target in targets(state)] if isinstance(state, dict) else []
    return reached
