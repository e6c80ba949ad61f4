"""The whole check of a definition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from states_language.definition import (
    DISTRIBUTED,
    JSONATA,
    JSONPATH,
    UNKNOWN,
    inner_machines,
    language_of,
    mode_of,
    processor_of,
)
from states_language.jsonata import jsonata_problems
from states_language.machines import machine_problems
from states_language.parsing import parse
from states_language.problems import Level, Place, Problem
from states_language.resources import UNFILLED, express_map_problems, express_problems, resource_problems
from states_language.variables import variable_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXPRESS = "EXPRESS"
STANDARD = "STANDARD"
_NOTHING_LEADS = "Missing 'Next' target"
_NO_END = "MISSING_END_STATE"
_AFTER_THAT = (_NO_END, "MISSING_TRANSITION_TARGET")


@dataclass(frozen=True, slots=True)
class _Kind:
    express: bool
    partition: str | None
    certain: bool = True


def _all_known(text: str) -> bool:
    del text
    return False


def validate(text: str, *, kind: str = STANDARD, is_unknown: Callable[[str], bool] = _all_known) -> list[Problem]:
    """Return what is wrong with the text of a definition for a machine of ``kind`` STANDARD or EXPRESS.

    ``is_unknown`` says of a text whether a part of it is not known; nothing is said of such parts.
    """
    body, problem = parse(text, is_unknown)
    if body is None:
        return [problem] if problem is not None else []
    return problems_of(body, kind=kind)


def problems_of(body: dict[str, Any], *, kind: str = STANDARD, partition: str | None = None) -> list[Problem]:
    """Return what is wrong with a definition that has been read; ``partition`` is that of its region, if known."""
    express = kind == EXPRESS
    found = [*machine_problems(body)]
    if express:
        found += express_problems(body, Place())
    found += _states(body, Place(), language_of(body, JSONPATH), _Kind(express, partition))
    found += variable_problems(body)
    return found


def _states(body: dict[str, Any], place: Place, language: str, kind: _Kind) -> Iterator[Problem]:
    states = body.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        at, own = place.state(name), language_of(state, language)
        if own == JSONATA:
            yield from jsonata_problems(state, at)
        if state.get("Type") == "Task" and own != UNKNOWN:
            called = resource_problems(state, at, own, express=kind.express, partition=kind.partition)
            yield from called if kind.certain else _as_doubtful(called)
        inside = kind
        if state.get("Type") == "Map":
            if kind.express:
                yield from express_map_problems(state, at)
            inside = _inside(state, kind)
        for inner_place, inner in inner_machines(state):
            yield from _states(inner, at.at(inner_place), language, inside)


def _inside(state: dict[str, Any], kind: _Kind) -> _Kind:
    """Child workflows of a distributed Map are machines of the kind that it names.

    What these cannot call is documented; that the service refuses it is not recorded.
    """
    configuration = processor_of(state).get("ProcessorConfig")
    if mode_of(state) != DISTRIBUTED or not isinstance(configuration, dict) or kind.express:
        return kind
    express = configuration.get("ExecutionType") == EXPRESS
    return _Kind(express, kind.partition, certain=not express)


def _as_doubtful(problems: Iterator[Problem]) -> Iterator[Problem]:
    for problem in problems:
        is_of_kind = "express workflow" in problem.what
        yield replace(problem, level=Level.FAILS) if is_of_kind else problem


def causes(problems: list[Problem]) -> list[Problem]:
    """Leave out what follows from another problem: where a transition leads nowhere, states are not reached."""
    leads_nowhere = [problem for problem in problems if problem.answer.startswith(_NOTHING_LEADS)]
    broken = {_machine_of(problem) for problem in leads_nowhere}
    # One file that was not rendered is one mistake, in however many states it shows.
    unfilled = [problem for problem in problems if problem.remedy == UNFILLED][1:]
    return [
        problem
        for problem in problems
        if problem not in unfilled
        if problem.code not in _AFTER_THAT or problem in leads_nowhere or _machine_of(problem) not in broken
    ]


def _machine_of(problem: Problem) -> str:
    """Return where the machine stands that a transition, or the lack of one, belongs to."""
    location = problem.place.location
    if problem.code == _NO_END:
        return location
    return location.removesuffix("/StartAt") if location.endswith("/StartAt") else location.rpartition("/States/")[0]
