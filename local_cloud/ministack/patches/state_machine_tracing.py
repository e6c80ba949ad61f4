"""A state machine's tracing setting can be read back.

Gap: MiniStack forgets tracingConfiguration, so that Terraform wants to change the state machine in every plan.
Until: MiniStack stores tracingConfiguration with the state machine.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

_HTTP_OK = 200


def apply(settings: Settings, run_dir: Path) -> None:
    """Keep the setting in the machine's record, which is what is described."""
    del settings, run_dir

    def keep(arn: str, data: dict[str, Any], default: dict[str, Any] | None) -> None:
        tracing = data.get("tracingConfiguration", default)
        if tracing is not None:
            stepfunctions._state_machines[arn]["tracingConfiguration"] = tracing

    @wrap(stepfunctions, "_create_state_machine", "4bc1231dda69")
    def create_state_machine(create: Any, data: dict[str, Any]) -> Any:
        known = set(stepfunctions._state_machines)
        response = create(data)
        for arn in set(stepfunctions._state_machines) - known:
            keep(arn, data, {"enabled": False})
        return response

    @wrap(stepfunctions, "_update_state_machine", "476e0deee6a3")
    def update_state_machine(update: Any, data: dict[str, Any]) -> Any:
        response = update(data)
        if response[0] == _HTTP_OK:
            keep(data["stateMachineArn"], data, None)
        return response
