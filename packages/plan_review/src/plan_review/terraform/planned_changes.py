"""What a plan does to each resource, as ``terraform show -json`` tells it.

https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING = (("no-op",), ("read",))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """One entry of ``resource_changes`` or ``resource_drift``.

    ``before`` and ``after`` are empty where there is no such thing. ``forced_by`` are the paths of the arguments that
    force a replacement. ``change`` is the entry's own ``change``, with its marks of what is unknown and sensitive.
    """

    address: str
    type: str
    managed: bool
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    forced_by: tuple[tuple[str | int, ...], ...]
    reason: str
    moved_from: str | None
    change: Mapping[str, Any]

    @property
    def happens(self) -> bool:
        """Whether anything is done to what is deployed."""
        return self.actions not in _NOTHING

    @property
    def destroys(self) -> bool:
        """Whether what is there goes away."""
        return "delete" in self.actions

    @property
    def replaces(self) -> bool:
        """Whether another one takes its place."""
        return self.destroys and "create" in self.actions


def read(entries: Any) -> list[PlannedChange]:
    """Return the changes that a plan lists, in its order; none where it lists none."""
    return [_read(entry) for entry in (entries if isinstance(entries, list) else [])]


def _read(entry: Mapping[str, Any]) -> PlannedChange:
    change = entry.get("change", {})
    paths = (path if isinstance(path, list) else [path] for path in change.get("replace_paths") or ())
    return PlannedChange(
        address=str(entry["address"]),
        type=str(entry.get("type", "")),
        managed=entry.get("mode") == "managed",
        actions=tuple(change.get("actions", ())),
        before=change.get("before") or {},
        after=change.get("after") or {},
        forced_by=tuple(tuple(path) for path in paths),
        reason=str(entry.get("action_reason", "")),
        moved_from=entry.get("previous_address"),
        change=change,
    )
