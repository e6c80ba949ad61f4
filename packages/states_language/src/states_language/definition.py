"""Read a state machine's definition in the Amazon States Language.

https://states-language.net/spec.html and https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

JSONATA = "JSONata"
JSONPATH = "JSONPath"
UNKNOWN = ""
DISTRIBUTED = "DISTRIBUTED"
PROCESSORS = ("ItemProcessor", "Iterator")
OPEN, CLOSE = "{%", "%}"
_RESOURCE = re.compile(
    r"arn:(?P<partition>aws[\w-]*):states:::(?P<sdk>aws-sdk:)?(?P<service>[\w-]+):(?P<operation>\w+)(?:\.(?P<pattern>.+))?"
)
# What of a state, and of the entries of its lists, decides where it leads.
_DECIDING = ("Type", "Next", "End", "Default", "QueryLanguage", "ItemProcessor", "Iterator", "Branches")
_LEADING = ("Choices", "Catch")
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


def language_of(owner: dict[str, Any], inherited: str) -> str:
    """Return the query language that a machine or a state writes, or ``UNKNOWN``.

    Only the exact text ``JSONPath`` asks for that; the service reads any other value as JSONata and refuses it besides:
    https://github.com/floci-io/floci/issues/2968 (recorded answers of ValidateStateMachineDefinition).
    """
    given = owner.get("QueryLanguage")
    if given is None:
        return inherited
    if is_partial(given):
        return UNKNOWN
    return JSONPATH if given == JSONPATH else JSONATA


def states_of(body: dict[str, Any]) -> Iterator[State]:
    """Yield every state of a machine and of the machines inside its Map and Parallel states.

    A state inside a Map or Parallel inherits the query language of the *machine*, not of the state around it:
    https://states-language.net/spec.html#query-language.
    """
    yield from _states(body, language_of(body, JSONPATH), ())


def _states(machine: dict[str, Any], language: str, path: tuple[str, ...]) -> Iterator[State]:
    states = machine.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        yield State(name, state, machine, language_of(state, language), (*path, name))
        for _, inner in inner_machines(state):
            yield from _states(inner, language, (*path, name))


def inner_machines(state: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the machines inside a state, each with its place: a Parallel's branches, a Map's processor."""
    branches = state.get("Branches")
    found = [
        (f"Branches[{index}]", branch) for index, branch in enumerate(branches if isinstance(branches, list) else ())
    ]
    # Where both names are given, which is refused, one is read.
    found += [(name, state[name]) for name in PROCESSORS if name in state][:1]
    return [(place, machine) for place, machine in found if isinstance(machine, dict)]


def is_open(body: dict[str, Any]) -> bool:
    """Whether something that decides which states there are, of which kind, and what leads where, is not known."""
    if any(is_partial(body.get(name)) for name in ("QueryLanguage", "StartAt", "States")):
        return True
    states = body.get("States")
    return any(map(_is_open_state, states.values())) if isinstance(states, dict) else False


def _is_open_state(state: Any) -> bool:
    if not isinstance(state, dict):
        return is_partial(state)
    entries = [entry for name in _LISTS if isinstance(state.get(name), list) for entry in state[name]]
    texts = [state.get(name) for name in (*_DECIDING, *_LISTS)]
    for entry in entries:
        texts += [entry.get(name) for name in _OF_ENTRIES] if isinstance(entry, dict) else [entry]
        errors = entry.get("ErrorEquals") if isinstance(entry, dict) else None
        texts += errors if isinstance(errors, list) else []
    return any(map(is_partial, texts)) or any(is_open(inner) for _, inner in inner_machines(state))


def processor_of(state: dict[str, Any]) -> dict[str, Any]:
    """Return the machine that handles one item of a Map; an empty one where none can be read."""
    return next((machine for place, machine in inner_machines(state) if place in PROCESSORS), {})


def mode_of(state: dict[str, Any]) -> Any:
    """Return the mode of a Map's processor: INLINE where none is given, ``UNKNOWN`` where it is not known."""
    processor = processor_of(state)
    configuration = processor.get("ProcessorConfig")
    if any(is_partial(state.get(name)) for name in PROCESSORS) or is_partial(configuration):
        return UNKNOWN
    return configuration.get("Mode", "INLINE") if isinstance(configuration, dict) else "INLINE"


def targets(state: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the names of the states that a state can lead to, each with the field that names it."""
    found = [(field, state.get(field)) for field in ("Next", "Default")]
    for field in _LEADING:
        entries = state.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                found.append((f"{field}[{index}]/Next", entry.get("Next")))
    return [(field, name) for field, name in found if isinstance(name, str)]


def leads_anywhere(state: Any) -> bool:
    """Whether it is not known, or not written as it must be, where a state leads, or what it assigns."""
    if not isinstance(state, dict):
        return is_partial(state)
    given = [state.get(field) for field in ("Next", "Default", *_LEADING)]
    for field in _LEADING:
        entries = state.get(field)
        given += entries if isinstance(entries, list) else []
    given += [name for _, name in targets(state)]
    unread = any(not isinstance(state[field], list) for field in _LEADING if field in state)
    return unread or any(map(is_partial, state)) or any(map(is_partial, given))


def is_expression(value: object) -> bool:
    """Whether a value is a text that JSONata computes."""
    return isinstance(value, str) and value.startswith(OPEN)


def arguments_of(state: State) -> dict[str, Any]:
    """Return the arguments of a task's call. What is computed at run time is None."""
    given = state.body.get("Arguments" if state.language == JSONATA else "Parameters")
    if not isinstance(given, dict):
        return {}
    return {name.removesuffix(".$"): _known(name, value) for name, value in given.items()}


def _known(name: str, value: Any) -> Any:
    if name.endswith(".$") or is_expression(value):
        return None
    if isinstance(value, dict):
        return {inner.removesuffix(".$"): _known(inner, item) for inner, item in value.items()}
    if isinstance(value, list):
        return [_known("", item) for item in value]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """What a task calls: ``service`` as its actions name it; ``pattern`` such as ``sync``, empty for a plain call.

    ``written`` is the service as the resource names it.
    """

    partition: str
    sdk: bool
    service: str
    written: str
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
        written=match["service"],
        operation=match["operation"],
        pattern=match["pattern"] or "",
    )
