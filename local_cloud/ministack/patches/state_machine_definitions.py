"""A definition that AWS would refuse is refused: no JSON, no StartAt, a missing field, a transition to nowhere.

Gap: MiniStack accepts every definition and fails the executions; ValidateStateMachineDefinition, which Terraform asks
in every plan, always answers OK.
Until: MiniStack validates definitions.

Codes and messages: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html.
Paths, intrinsic functions and JSONata expressions are not looked into.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_REQUIRED_FIELDS = {
    "Task": ("Resource",),
    "Choice": ("Choices",),
    "Parallel": ("Branches",),
    "Map": (),
    "Wait": (),
    "Pass": (),
    "Succeed": (),
    "Fail": (),
}
_WAIT_FIELDS = ("Seconds", "SecondsPath", "Timestamp", "TimestampPath")
_TERMINAL = ("Succeed", "Fail")


@dataclass(frozen=True)
class Diagnostic:
    """One reason to refuse a definition; ``location`` is a path within it, empty where none fits."""

    code: str
    message: str
    location: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" at {self.location}" if self.location else "")

    def document(self) -> dict[str, str]:
        """Return the form in which ValidateStateMachineDefinition answers."""
        fields = {"severity": "ERROR", "code": self.code, "message": self.message, "location": self.location}
        return {name: value for name, value in fields.items() if value}


def diagnostics(text: str) -> list[Diagnostic]:
    """Return why AWS would refuse this definition; an empty list where it would not."""
    try:
        definition = json.loads(text)
    except ValueError as error:
        return [Diagnostic("INVALID_JSON_DESCRIPTION", str(error))]
    if not isinstance(definition, dict):
        return [Diagnostic("INVALID_JSON_DESCRIPTION", "the definition must be a JSON object")]
    return list(_machine(definition, ""))


def _schema(message: str, location: str) -> Diagnostic:
    return Diagnostic("SCHEMA_VALIDATION_FAILED", message, location)


def _machine(machine: dict[str, Any], at: str) -> Iterator[Diagnostic]:
    states, start = machine.get("States"), machine.get("StartAt")
    if not isinstance(states, dict) or not states:
        yield _schema("These fields are required: [States]", at or "/")
    elif not isinstance(start, str):
        yield _schema("These fields are required: [StartAt]", at or "/")
    elif wrong := [name for name, state in states.items() if not isinstance(state, dict)]:
        yield _schema("The value is not a state", f"{at}/States/{wrong[0]}")
    else:
        yield from _states(states, start, at)


def _states(states: dict[str, dict[str, Any]], start: str, at: str) -> Iterator[Diagnostic]:
    for name, state in states.items():
        yield from _state(state, f"{at}/States/{name}")
    targets = [(start, f"{at}/StartAt")]
    for name, state in states.items():
        targets += [(target, f"{at}/States/{name}/{field}") for target, field in _transitions(state)]
    for target, where in targets:
        if target not in states:
            yield Diagnostic("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {target}", where)
    if not any(state.get("Type") in _TERMINAL or state.get("End") for state in states.values()):
        yield Diagnostic("MISSING_END_STATE", "Workflow has no terminal state")
        return
    reached = {target for target, _ in targets}
    for name in states:
        if name not in reached:
            yield Diagnostic("MISSING_TRANSITION_TARGET", f'State "{name}" is not reachable.', f"{at}/States/{name}")


def _transitions(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each state that this one can go to, and the field that says so."""
    for field in ("Next", "Default"):
        if isinstance(state.get(field), str):
            yield state[field], field
    for field in ("Choices", "Catch"):
        for number, rule in enumerate(state.get(field) or []):
            if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
                yield rule["Next"], f"{field}[{number}]/Next"


def _state(state: dict[str, Any], at: str) -> Iterator[Diagnostic]:
    kind = state.get("Type")
    if kind not in _REQUIRED_FIELDS:
        yield _schema(f"Unknown state type: {kind}" if kind else "These fields are required: [Type]", f"{at}/Type")
        return
    missing = [field for field in _REQUIRED_FIELDS[kind] if field not in state]
    if kind == "Wait" and not any(field in state for field in _WAIT_FIELDS):
        missing.append(" | ".join(_WAIT_FIELDS))
    if kind == "Map" and not ("ItemProcessor" in state or "Iterator" in state):
        missing.append("ItemProcessor")
    if kind not in (*_TERMINAL, "Choice") and "Next" not in state and not state.get("End"):
        missing.append("Next | End")
    if missing:
        yield _schema(f"These fields are required: [{', '.join(missing)}]", at)
    for number, branch in enumerate(state.get("Branches") or []):
        yield from _machine(branch, f"{at}/Branches[{number}]")
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(state.get(field), dict):
            yield from _machine(state[field], f"{at}/{field}")


def apply(settings: Settings, run_dir: Path) -> None:
    """Check definitions where they are created, updated and validated."""
    del settings, run_dir

    def refusal(data: dict[str, Any]) -> Any:
        found = diagnostics(data.get("definition") or "")
        if not found:
            return None
        reasons = ", ".join(map(str, found))
        return error_response_json("InvalidDefinition", f"Invalid State Machine Definition: '{reasons}'", 400)

    @wrap(stepfunctions, "_create_state_machine", "4bc1231dda69")
    def create_state_machine(create: Any, data: dict[str, Any]) -> Any:
        return refusal(data) or create(data)

    @wrap(stepfunctions, "_update_state_machine", "476e0deee6a3")
    def update_state_machine(update: Any, data: dict[str, Any]) -> Any:
        return (refusal(data) if "definition" in data else None) or update(data)

    @wrap(stepfunctions, "_validate_state_machine_definition", "91730eff8585")
    def validate(_original: Any, data: dict[str, Any]) -> Any:
        found = diagnostics(data.get("definition") or "")
        documents = [diagnostic.document() for diagnostic in found]
        return json_response({"result": "FAIL" if found else "OK", "diagnostics": documents, "truncated": False})
