"""What a plan would do to the resources that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.terraform.planned_changes import PlannedChange, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.rules.context import Context


def planned_changes(context: Context) -> list[PlannedChange]:
    """Return what a plan changes among managed resources; nothing where there is no plan."""
    return context.shared("changes", lambda: _of_managed(context.evidence.plan or {}))


def _of_managed(plan: Mapping[str, Any]) -> list[PlannedChange]:
    return [each for each in read(plan.get("resource_changes")) if each.managed and each.happens]


def first_block(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the first nested block of that name; empty where there is none."""
    blocks = values.get(name)
    block = blocks[0] if isinstance(blocks, list) and blocks else None
    return block if isinstance(block, dict) else {}
