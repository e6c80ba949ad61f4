"""A definition that AWS would refuse is refused, with the service's codes and, where they are recorded, its words.

Gap: MiniStack accepts every definition and fails the executions; ValidateStateMachineDefinition, which Terraform asks
in every plan, always answers OK.
Until: MiniStack validates definitions.

What is refused is what ``states_language`` says of it, as the plan review does. Codes and messages:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import wrap
from states_language.problems import Level
from states_language.validation import STANDARD, validate

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_MOST_DIAGNOSTICS = 100


def diagnostics(text: str, kind: str) -> list[dict[str, str]]:
    """Return why AWS would refuse this definition, in the form of ValidateStateMachineDefinition's answer."""
    return [problem.diagnostic for problem in validate(text, kind=kind) if problem.level is Level.REFUSED]


def _sentence(diagnostic: dict[str, str]) -> str:
    """CreateStateMachine writes "null" where there is no location: https://github.com/floci-io/floci/pull/2786."""
    return f"{diagnostic['code']}: {diagnostic['message']} at {diagnostic.get('location', 'null')}"


def _refusal(text: str, kind: str) -> Any:
    found = diagnostics(text, kind)
    if not found:
        return None
    reasons = ", ".join(map(_sentence, found))
    return error_response_json("InvalidDefinition", f"Invalid State Machine Definition: '{reasons}'", 400)


def apply(settings: Settings, run_dir: Path) -> None:
    """Check definitions where they are created, updated and validated."""
    del settings, run_dir

    @wrap(stepfunctions, "_create_state_machine", "4bc1231dda69")
    def create_state_machine(create: Any, data: dict[str, Any]) -> Any:
        return _refusal(data.get("definition") or "", data.get("type") or STANDARD) or create(data)

    @wrap(stepfunctions, "_update_state_machine", "476e0deee6a3")
    def update_state_machine(update: Any, data: dict[str, Any]) -> Any:
        machine = stepfunctions._state_machines.get(data.get("stateMachineArn")) or {}  # noqa: SLF001
        kind = machine.get("type") or STANDARD
        return (_refusal(data["definition"] or "", kind) if "definition" in data else None) or update(data)

    @wrap(stepfunctions, "_validate_state_machine_definition", "91730eff8585")
    def validate_definition(_original: Any, data: dict[str, Any]) -> Any:
        found = diagnostics(data.get("definition") or "", data.get("type") or STANDARD)
        most = data.get("maxResults") or _MOST_DIAGNOSTICS
        answer = {"result": "FAIL" if found else "OK", "diagnostics": found[:most], "truncated": len(found) > most}
        return json_response(answer)
