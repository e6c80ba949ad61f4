"""The log groups of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item


def log_group_name(function: Item) -> str:
    """Return the name of the log group that a function writes to."""
    block = function.block("logging_config")
    return str((block or {}).get("log_group") or f"/aws/lambda/{function.attribute('function_name')}")
