"""A Succeed state of a JSONata machine gives the output its ``Output`` field describes.

Gap: MiniStack ignores Output on a Succeed state and passes the state's input on.
Until: MiniStack evaluates Output there as in every other state
(https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html).
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import expect, wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings


def apply(settings: Settings, run_dir: Path) -> None:
    """Evaluate Output where MiniStack applies a Succeed state's output path."""
    del settings, run_dir
    expect(stepfunctions, "_apply_jsonata_output", "687e63886e94")

    @wrap(stepfunctions, "_apply_output_path", "e9cfd0067244")
    def apply_output_path(output_path: Any, state: dict[str, Any], data: Any, context: Any = None) -> Any:
        if state.get("Type") == "Succeed" and stepfunctions._state_query_language(state, context) == "JSONata":
            return stepfunctions._apply_jsonata_output(state, data, context, default=data)
        return output_path(state, data, context)
