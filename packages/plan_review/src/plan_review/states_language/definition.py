"""Read a state machine's definition in the Amazon States Language.

https://states-language.net/spec.html and https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols, is_symbol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item

JSONATA = "JSONata"
JSONPATH = "JSONPath"
_DOCUMENT = "definition"
_RESOURCE = re.compile(
    r"arn:(?P<partition>aws[\w-]*):states:::(?P<sdk>aws-sdk:)?(?P<service>[\w-]+):(?P<operation>\w+)(?:\.(?P<pattern>.+))?"
)
# What of a state, and of the entries of its lists, decides where it leads.
_DECIDING = ("Type", "Next", "End", "Default", "QueryLanguage", "ItemProcessor", "Iterator", "Branches")
_LISTS = ("Choices", "Catch", "Retry")
_OF_ENTRIES = ("Next", "ErrorEquals", "Variable")
_SERVICES = {"stepfunctions": "states", "sfn": "states", "eventbridge": "events"}


@dataclass(frozen=True, slots=True)
class State:
    """One state. ``machine`` are the states beside it; ``language`` its query language; ``path`` where it stands."""

    name: str
    body: dict[str, Any]
    machine: dict[str, Any]
    language: str
    path: tuple[str, ...]

    @property
    def type(self) -> str:
        """The kind of state."""
        return str(self.body.get("Type", ""))


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that could be read, or ``problem``: why AWS would refuse it; ``unknown`` where neither is known."""

    body: dict[str, Any] | None
    problem: str = ""
    unknown: str = ""


def read_definition(machine: Item) -> Definition:
    """Read the ``definition`` of an ``aws_sfn_state_machine``."""
    text = machine.get(_DOCUMENT)
    if not isinstance(text, str):
        return Definition(None, unknown="the definition is no text")
    try:
        body = json.loads(text)
    except ValueError as error:
        if has_symbols(text):
            return Definition(None, unknown=f"{machine.evaluator.shown(text)} is known after deployment only")
        return Definition(None, problem=f"the definition is not valid JSON: {error}")
    if not isinstance(body, dict):
        return Definition(None, problem="the definition is no JSON object")
    return Definition(body)


def is_open(body: dict[str, Any]) -> bool:
    """Whether something that decides which states there are, of which kind, and what leads where, is not known."""
    if any(has_symbols(str(body.get(name, ""))) for name in ("QueryLanguage", "StartAt")) or is_symbol(
        body.get("States")
    ):
        return True
    states = body.get("States")
    return any(_is_open_state(state) for state in states.values()) if isinstance(states, dict) else False


def _is_open_state(state: Any) -> bool:
    if not isinstance(state, dict):
        return is_symbol(state)
    entries = [entry for name in _LISTS if isinstance(state.get(name), list) for entry in state[name]]
    texts = [state.get(name) for name in (*_DECIDING, *_LISTS)]
    texts += [entry.get(name) if isinstance(entry, dict) else entry for entry in entries for name in _OF_ENTRIES]
    texts += [name for entry in entries if isinstance(entry, dict) for name in _listed(entry.get("ErrorEquals"))]
    return any(isinstance(text, str) and has_symbols(text) for text in texts) or any(
        map(is_open, inner_machines(state))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def states_of(body: dict[str, Any], language: str = "", path: tuple[str, ...] = ()) -> Iterator[State]:
    """Yield every state of a machine and of the machines inside its Map and Parallel states."""
    language = str(body.get("QueryLanguage") or language or JSONPATH)
    states = body.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        own = str(state.get("QueryLanguage") or language)
        yield State(name, state, body, own, (*path, name))
        for inner in inner_machines(state):
            yield from states_of(inner, own, (*path, name))


def inner_machines(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the machines inside a state: a Parallel state's branches, a Map state's processor."""
    branches = state.get("Branches")
    found = list(branches) if isinstance(branches, list) else []
    found += [state[name] for name in ("ItemProcessor", "Iterator") if name in state]
    return [machine for machine in found if isinstance(machine, dict)]


def arguments_of(state: State) -> dict[str, Any]:
    """Return the arguments of a task's call. What is computed at run time is None."""
    given = state.body.get("Arguments" if state.language == JSONATA else "Parameters")
    if not isinstance(given, dict):
        return {}
    return {name.removesuffix(".$"): _known(name, value) for name, value in given.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """What a task calls: ``service`` as its actions name it; ``pattern`` such as ``sync``, empty for a plain call."""

    partition: str
    sdk: bool
    service: str
    operation: str
    pattern: str


def integration(resource: Any) -> Integration | None:
    """Read the ``Resource`` of a task, an item reader or a result writer; None where it is no integration."""
    match = _RESOURCE.fullmatch(resource) if isinstance(resource, str) else None
    if match is None:
        return None
    service = match["service"].lower()
    return Integration(
        partition=match["partition"],
        sdk=match["sdk"] is not None,
        service=_SERVICES.get(service, service),
        operation=match["operation"],
        pattern=match["pattern"] or "",
    )


def _known(name: str, value: Any) -> Any:
    if name.endswith(".$"):
        return None
    if isinstance(value, str) and value.startswith("{%"):
        return None
    if isinstance(value, dict):
        return {inner.removesuffix(".$"): _known(inner, item) for inner, item in value.items()}
    if isinstance(value, list):
        return [_known("", item) for item in value]
    return value
