"""What Step Functions refuses in a definition, state by state."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.states_language.definition import JSONATA, JSONPATH, inner_machines

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")
_ENDS = ("Succeed", "Fail")
_LONGEST_NAME = 80
_WAITS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
_ONLY_JSONPATH = ("Parameters", "InputPath", "OutputPath", "ResultPath", "ResultSelector", "ItemsPath")
_ALL = "States.ALL"
_MACHINE = frozenset({"Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version", "ProcessorConfig"})
_EVERYWHERE = frozenset(
    {"Type", "Comment", "QueryLanguage", "Next", "End", "InputPath", "OutputPath", "Output", "Assign"}
)
_CALLING = frozenset({"Arguments", "Parameters", "ResultPath", "ResultSelector", "Retry", "Catch"})
_FIELDS: dict[str, frozenset[str]] = {
    "Task": _CALLING
    | {"Resource", "Credentials", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"},
    "Pass": frozenset({"Result", "ResultPath", "Parameters"}),
    "Choice": frozenset({"Choices", "Default"}),
    "Wait": frozenset(_WAITS),
    "Succeed": frozenset(),
    "Fail": frozenset({"Error", "ErrorPath", "Cause", "CausePath"}),
    "Parallel": _CALLING | {"Branches"},
    "Map": _CALLING
    | {"ItemProcessor", "Iterator", "ItemsPath", "Items", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter"}
    | {"MaxConcurrency", "MaxConcurrencyPath", "Label"}
    | {f"ToleratedFailure{each}" for each in ("Count", "CountPath", "Percentage", "PercentagePath")},
}
_LONGEST_TIME = 99_999_999
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_ERRORS = frozenset(
    f"States.{name}"
    for name in (
        *("ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold", "HeartbeatTimeout"),
        *("IntrinsicFailure", "ItemReaderFailed", "NoChoiceMatched", "ParameterPathFailure", "Permissions"),
        *("QueryEvaluationError", "ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
    )
)


_Ranges = dict[str, tuple[float, float]]


_TIMES: _Ranges = {
    "TimeoutSeconds": (1, _LONGEST_TIME),
    "HeartbeatSeconds": (1, _LONGEST_TIME),
    "Seconds": (0, _LONGEST_TIME),
}


_RETRY: _Ranges = {
    "IntervalSeconds": (1, _LONGEST_TIME),
    "MaxAttempts": (0, _LONGEST_TIME),
    "BackoffRate": (1, _LONGEST_TIME),
    "MaxDelaySeconds": (1, 31_622_400),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one state; ``place`` is its path."""

    place: str
    what: str
    remedy: str


def problems(body: dict[str, Any], place: str = "", language: str = JSONPATH) -> Iterator[Problem]:
    """Yield what Step Functions would refuse in a machine and in the machines inside it."""
    states = body.get("States")
    if not isinstance(states, dict) or not states:
        yield Problem(place, 'it has no "States"', "give at least one state")
        return
    yield from _known_fields(body, _MACHINE, place)
    language = str(body.get("QueryLanguage") or language)
    start = body.get("StartAt")
    if not isinstance(start, str) or (start not in states and not has_symbols(start)):
        yield Problem(place, f'"StartAt" names {start!r}, which is no state', _near(start, states))
    for name, state in states.items():
        where = f"{place}/{name}" if place else name
        if not isinstance(state, dict):
            yield Problem(where, "it is no object", "write a state")
            continue
        yield from _state(name, state, states, where, str(state.get("QueryLanguage") or language))
        for inner in inner_machines(state):
            yield from problems(inner, where, str(state.get("QueryLanguage") or language))
    yield from _unreachable(start, states, place)
    yield from _numbers(body, _TIMES, "", place)


def _near(name: object, states: dict[str, Any]) -> str:
    near = difflib.get_close_matches(str(name), states, n=1)
    return f'did you mean "{near[0]}"?' if near else f"name one of {', '.join(states)}"


def _state(name: str, state: dict[str, Any], states: dict[str, Any], place: str, language: str) -> Iterator[Problem]:
    kind = state.get("Type")
    if len(name) > _LONGEST_NAME:
        yield Problem(place, f"its name has {len(name)} characters", f"use {_LONGEST_NAME} at most")
    if kind not in _TYPES:
        yield Problem(place, f"its type is {kind!r}", f"use one of {', '.join(_TYPES)}")
        return
    yield from _known_fields(state, _FIELDS[str(kind)] | _EVERYWHERE, place)
    yield from _transition(str(kind), state, place)
    for target in targets(state):
        if target not in states and not has_symbols(target):
            yield Problem(place, f'it leads to "{target}", which is no state here', _near(target, states))
    yield from _fields(str(kind), state, place)
    yield from _handlers(state, place)
    yield from _times(state, place)
    yield from _language(state, place, language)


def _known_fields(given: dict[str, Any], known: frozenset[str], place: str) -> Iterator[Problem]:
    """Yield the fields that are nearly one that there is: Step Functions takes no others."""
    for field in given:
        near = [] if field in known else difflib.get_close_matches(field.lower(), {each.lower() for each in known}, n=1)
        if near:
            right = next(each for each in known if each.lower() == near[0])
            yield Problem(place, f"there is no field {field}", f"did you mean {right}?")


def targets(state: dict[str, Any]) -> list[str]:
    """Return the names of the states that a state can lead to."""
    found = [state.get("Next"), state.get("Default")]
    for field in ("Choices", "Catch"):
        entries = state.get(field)
        found += [entry.get("Next") for entry in entries or () if isinstance(entry, dict)]
    return [name for name in found if isinstance(name, str)]


def _transition(kind: str, state: dict[str, Any], place: str) -> Iterator[Problem]:
    goes_on, ends = "Next" in state, state.get("End") is True
    if kind in _ENDS and (goes_on or ends):
        yield Problem(place, f"a {kind} state ends the machine by itself", "take out Next and End")
    elif kind == "Choice" and (goes_on or "End" in state):
        yield Problem(place, "a Choice state has neither Next nor End", "put Next into its choices, and Default")
    elif kind not in (*_ENDS, "Choice") and goes_on == ends:
        problem = "it has both Next and End" if goes_on else "it has neither Next nor End"
        yield Problem(place, problem, 'give "Next" or "End": true')


def _fields(kind: str, state: dict[str, Any], place: str) -> Iterator[Problem]:
    match kind:
        case "Task" if not state.get("Resource"):
            yield Problem(place, "a Task has no Resource", "name the function or integration that it calls")
        case "Choice":
            choices = state.get("Choices")
            if not isinstance(choices, list) or not choices:
                yield Problem(place, "a Choice has no Choices", "give at least one")
            elif any(not isinstance(choice, dict) or "Next" not in choice for choice in choices):
                yield Problem(place, "a choice has no Next", "say where it leads")
        case "Wait" if isinstance(state.get("Seconds"), str) and not _is_computed(state["Seconds"]):
            yield Problem(place, f"Seconds is the text {state['Seconds']!r}", "write a number")
        case "Wait" if sum(field in state for field in _WAITS) != 1:
            yield Problem(place, "a Wait has no single duration", f"give exactly one of {', '.join(_WAITS)}")
        case "Parallel" if not state.get("Branches"):
            yield Problem(place, "a Parallel has no Branches", "give at least one")
        case "Map" if not ("ItemProcessor" in state or "Iterator" in state):
            yield Problem(place, "a Map has no ItemProcessor", "give the machine that handles an item")
        case _:
            pass


def _is_computed(text: str) -> bool:
    return text.startswith("{%") or has_symbols(text)


def _handlers(state: dict[str, Any], place: str) -> Iterator[Problem]:
    for field in ("Retry", "Catch"):
        given = state.get(field)
        entries = given if isinstance(given, list) else []
        for index, entry in enumerate(entries):
            names = entry.get("ErrorEquals") if isinstance(entry, dict) else None
            if not isinstance(names, list) or not names:
                yield Problem(place, f"{field} {index + 1} has no ErrorEquals", "name at least one error")
            elif _ALL in names and (len(names) > 1 or index < len(entries) - 1):
                yield Problem(place, f"{_ALL} must stand alone, in the last {field}", "move it to the end")
            if field == "Catch" and isinstance(entry, dict) and "Next" not in entry:
                yield Problem(place, f"Catch {index + 1} has no Next", "say where it leads")
            if field == "Retry" and isinstance(entry, dict):
                yield from _numbers(entry, _RETRY, f"Retry {index + 1}: ", place)
                first, longest = entry.get("IntervalSeconds", 1), entry.get("MaxDelaySeconds")
                if isinstance(first, int) and isinstance(longest, int) and longest <= first:
                    what = f"Retry {index + 1}: MaxDelaySeconds is {longest}, IntervalSeconds {first}"
                    yield Problem(place, what, "give a longest wait above the first")
            for name in names if isinstance(names, list) else ():
                yield from _error_name(name, place)
    if state.get("Type") not in ("Task", "Parallel", "Map") and ("Retry" in state or "Catch" in state):
        yield Problem(place, f"a {state.get('Type')} state has no Retry and no Catch", "take them out")


def _error_name(name: Any, place: str) -> Iterator[Problem]:
    """Names that begin with ``States.`` are the service's own."""
    if isinstance(name, str) and name.startswith("States.") and name not in _ERRORS and "Http" not in name:
        near = difflib.get_close_matches(name, _ERRORS, n=1)
        if near:
            yield Problem(place, f"there is no error {name}", f"did you mean {near[0]}?")


def _numbers(given: dict[str, Any], ranges: _Ranges, what: str, place: str) -> Iterator[Problem]:
    for field, (low, high) in ranges.items():
        value = given.get(field)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and not low <= value <= high:
            yield Problem(place, f"{what}{field} is {value}", f"give {low:g} to {high:g}")


def _times(state: dict[str, Any], place: str) -> Iterator[Problem]:
    yield from _numbers(state, _TIMES, "", place)
    limit, beat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(limit, int) and isinstance(beat, int) and beat >= limit:
        yield Problem(
            place, f"HeartbeatSeconds is {beat}, TimeoutSeconds {limit}", "give a heartbeat below the timeout"
        )


def _language(state: dict[str, Any], place: str, language: str) -> Iterator[Problem]:
    wrong = _ONLY_JSONPATH if language == JSONATA else ("Arguments", "Output", "Items")
    for field in wrong:
        if field in state:
            yield Problem(place, f"{field} is not for {language}", f"write it in the way of {language}")
    choices = state.get("Choices")
    for choice in choices if isinstance(choices, list) else ():
        wanted = "Condition" if language == JSONATA else "Variable, And, Or or Not"
        if isinstance(choice, dict) and not set(wanted.replace(" or ", ", ").split(", ")) & choice.keys():
            yield Problem(place, f"a choice has no {wanted}", f"write it in the way of {language}")
    for field in ("Arguments", "Assign", "Output") if language == JSONATA else ():
        for name in _paths(state.get(field)):
            yield Problem(place, f"{name} is written for JSONPath", f'write "{name.removesuffix(".$")}": "{{% … %}}"')


def _paths(value: Any) -> Iterator[str]:
    """Yield the keys that end in ``.$``, at every level."""
    if isinstance(value, dict):
        yield from (name for name in value if name.endswith(".$"))
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _paths(inner)


def _unreachable(start: object, states: dict[str, Any], place: str) -> Iterator[Problem]:
    reached: set[str] = set()
    waiting = [start] if isinstance(start, str) and start in states else list(states)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        state = states[name]
        waiting += [target for target in targets(state) if target in states] if isinstance(state, dict) else []
    for name in states:
        if name not in reached:
            where = f"{place}/{name}" if place else name
            yield Problem(where, "no state leads to it", "lead to it, or take it out")
