"""A state machine sees a throttled function as Lambda.TooManyRequestsException, so that a Retry can name it.

Gap: MiniStack reports a throttled function to a state machine as Lambda.Unknown.
Until: MiniStack gives throttling its own error name in Step Functions.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import wrap

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings


def apply(settings: Settings, run_dir: Path) -> None:
    """Rename that one error."""
    del settings, run_dir

    @wrap(stepfunctions, "_call_lambda", "25830369b126")
    def call_lambda(call: Any, func_ref: str, event: object) -> Any:
        try:
            return call(func_ref, event)
        except stepfunctions._ExecutionError as error:
            if error.error == "Lambda.Unknown" and "TooManyRequestsException" in error.cause:
                message = json.loads(error.cause)["message"]
                raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", message) from None
            raise
