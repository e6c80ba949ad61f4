"""What a plan would do to the resources that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.rules.context import Context


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a plan's ``resource_changes``."""

    address: str
    type: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    forced_by: tuple[tuple[str | int, ...], ...]

    @property
    def destroys(self) -> bool:
        """Whether what is there goes away."""
        return "delete" in self.actions

    @property
    def replaces(self) -> bool:
        """Whether another one takes its place."""
        return self.destroys and "create" in self.actions


def planned_changes(context: Context) -> list[Change]:
    """Return what a plan planned_changes among managed resources; nothing where there is no plan."""
    return context.shared("planned_changes", lambda: [_change(entry) for entry in _entries(context)])


def _entries(context: Context) -> list[Mapping[str, Any]]:
    plan = context.evidence.plan or {}
    entries = plan.get("resource_changes") or []
    return [
        entry
        for entry in entries
        if entry.get("mode") == "managed" and entry.get("change", {}).get("actions") not in (["no-op"], ["read"])
    ]


def _change(entry: Mapping[str, Any]) -> Change:
    change = entry["change"]
    return Change(
        address=str(entry["address"]),
        type=str(entry["type"]),
        actions=tuple(change["actions"]),
        before=change.get("before") or {},
        after=change.get("after") or {},
        forced_by=tuple(tuple(path) for path in change.get("replace_paths") or ()),
    )


def first_block(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the first nested block of that name; empty where there is none."""
    blocks = values.get(name)
    block = blocks[0] if isinstance(blocks, list) and blocks else None
    return block if isinstance(block, dict) else {}
