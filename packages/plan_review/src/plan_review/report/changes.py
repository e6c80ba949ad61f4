"""What a plan would change: each resource with its action, what forces it, and the arguments that differ."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.configuration.addresses import without_keys
from plan_review.terraform import planned_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.language.paths import Path
    from plan_review.report.masking import Masker
    from plan_review.terraform.planned_changes import PlannedChange

CREATE, UPDATE, REPLACE, DELETE, READ, FORGET, NOTHING = (
    "create", "update", "replace", "destroy", "read", "forget", "no change",
)  # fmt: skip
_ACTIONS = {
    ("no-op",): NOTHING,
    ("create",): CREATE,
    ("read",): READ,
    ("update",): UPDATE,
    ("delete",): DELETE,
    ("delete", "create"): REPLACE,
    ("create", "delete"): REPLACE,
    ("forget",): FORGET,
    ("create", "forget"): REPLACE,
}
# https://developer.hashicorp.com/terraform/internals/json-format#change-representation
_REASONS = {
    "replace_because_tainted": "it is marked as damaged (tainted)",
    "replace_because_cannot_update": "",  # the arguments say it
    "replace_by_request": "asked for on the command line",
    "replace_by_triggers": "replace_triggered_by",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_no_module": "its module is no longer in the configuration",
    "delete_because_wrong_repetition": "count or for_each was added or removed",
    "delete_because_count_index": "count no longer reaches it",
    "delete_because_each_key": "for_each no longer holds its key",
    "delete_because_no_move_target": "it was moved to where nothing is declared",
}
UNKNOWN = "(known after apply)"
_LONGEST_VALUE = 120
_SHOWN_OF_A_HASH = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """One argument before and after, as text with secrets masked; ``forces`` says that it forces the replacement."""

    path: str
    before: str
    after: str
    forces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedChange:
    """What happens to one resource, for people to read. ``reason`` is why, where an argument does not say it."""

    address: str
    type: str
    action: str
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    creates_first: bool = False
    moved_from: str | None = None
    imported: str | None = None

    @property
    def declaration(self) -> str:
        """The address of the declaration that this instance comes from."""
        return without_keys(self.address)

    @property
    def forced_by(self) -> tuple[str, ...]:
        """The arguments that force the replacement."""
        return tuple(each.path for each in self.differences if each.forces)

    @property
    def happens(self) -> bool:
        """Whether anything is done to what is deployed."""
        return self.action not in {NOTHING, READ}


def read(entries: Any, masker: Masker) -> list[ReportedChange]:
    """Read ``resource_changes`` or ``resource_drift`` of a plan, in the order of addresses."""
    planned = planned_changes.read(entries)
    for each in planned:
        masker.learn(each.change)
    return sorted((_change(each, masker) for each in planned), key=lambda change: change.address)


def _change(planned: PlannedChange, masker: Masker) -> ReportedChange:
    action = _ACTIONS.get(planned.actions, " and ".join(planned.actions))
    forcing = {_path_text(path) for path in planned.forced_by}
    importing = planned.change.get("importing")
    return ReportedChange(
        address=planned.address,
        type=planned.type,
        action=action,
        reason=_REASONS.get(planned.reason, planned.reason),
        differences=_differences(planned.change, forcing, masker) if action in {UPDATE, REPLACE} else (),
        creates_first=planned.actions[:1] == ("create",),
        moved_from=planned.moved_from,
        imported=str(importing.get("id") or importing.get("identity") or "") if importing else None,
    )


def _path_text(path: Any) -> str:
    text = ""
    for step in path if isinstance(path, list | tuple) else [path]:
        text += f".{step}" if isinstance(step, str) and text else str(step) if isinstance(step, str) else f"[{step}]"
    return text


def _differences(change: Mapping[str, Any], forcing: set[str], masker: Masker) -> tuple[Difference, ...]:
    before = masker.value(change.get("before"), change.get("before_sensitive"))
    after = masker.value(change.get("after"), change.get("after_sensitive"))
    raw = (change.get("before"), change.get("after"))
    told = list(_compare(before, after, raw, change.get("after_unknown")))
    if any(not _is_computed(each, change) for each in told):
        told = [each for each in told if not _is_computed(each, change) or _path_text(each[0]) in forcing]
    found = [
        Difference(path=_path_text(path), before=one, after=other, forces=_path_text(path) in forcing)
        for path, one, other in told
    ]
    for path in sorted(forcing - {each.path for each in found}):
        # A block or list whose items differ: the plan names the whole of it.
        inner = any(each.path.startswith((f"{path}.", f"{path}[")) for each in found)
        text = "(see its parts)" if inner else ""
        found.append(Difference(path=path, before=text, after=text, forces=True))
    return tuple(found)


def _is_computed(told: tuple[Path, str, str], change: Mapping[str, Any]) -> bool:
    """Return whether a difference is AWS's doing: an argument that was never set, or anything that a new one has."""
    path, _, after = told
    if after != UNKNOWN or len(path) > 1:
        return False
    was = (change.get("before") or {}).get(str(path[0]))
    return was in (None, [], {}) or len(change.get("actions", [])) > 1


def _compare(
    before: Any, after: Any, raw: tuple[Any, Any], unknown: Any, path: Path = ()
) -> Iterator[tuple[Path, str, str]]:
    """Yield what differs; ``raw`` are both values unmasked, so that a change between two masked ones is seen."""
    if unknown is True:
        yield path, _shown(before, path), UNKNOWN
        return
    if raw[0] == raw[1] and not _has_unknown(unknown):
        return
    if isinstance(raw[0], dict) and isinstance(raw[1], dict) and isinstance(before, dict) and isinstance(after, dict):
        marks = unknown if isinstance(unknown, dict) else {}
        for key in sorted({*raw[0], *raw[1], *(key for key, mark in marks.items() if mark)}):
            inner = (raw[0].get(key), raw[1].get(key))
            yield from _compare(before.get(key), after.get(key), inner, marks.get(key), (*path, key))
        return
    if _are_blocks(*raw) and isinstance(before, list) and isinstance(after, list):
        marks_of = unknown if isinstance(unknown, list) else []
        for index, inner in enumerate(zip(*raw, strict=True)):
            mark = marks_of[index] if index < len(marks_of) else None
            yield from _compare(before[index], after[index], inner, mark, (*path, index))
        return
    documents = [_document(value) for value in (before, after, *raw)]
    if None not in documents:
        one, other, *raw_documents = documents
        yield from _compare(one, other, (raw_documents[0], raw_documents[1]), None, path)
        return
    yield path, *_both(_text(before, path), _text(after, path))


def _document(value: Any) -> Any:
    """Return what a JSON text holds, so that a change in a large document shows where it is; None for other values."""
    if not isinstance(value, str) or value[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _both(before: str, after: str) -> tuple[str, str]:
    """Return two texts cut to what differs in them where they are long."""
    if max(len(before), len(after)) <= _LONGEST_VALUE or before[:_LONGEST_VALUE] != after[:_LONGEST_VALUE]:
        return _cut(before), _cut(after)
    pairs = zip(before, after, strict=False)
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
    start = max(same - _LONGEST_VALUE // 4, 0)
    return f"…{_cut(before[start:])}", f"…{_cut(after[start:])}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}… ({len(text)} characters)"


def _are_blocks(one: Any, other: Any) -> bool:
    """Return whether both are lists of as many blocks, so that one can be held against the other."""
    if not isinstance(one, list) or not isinstance(other, list) or len(one) != len(other):
        return False
    return all(isinstance(item, dict) for item in (*one, *other))


def _has_unknown(marks: Any) -> bool:
    if isinstance(marks, dict):
        return any(map(_has_unknown, marks.values()))
    if isinstance(marks, list):
        return any(map(_has_unknown, marks))
    return marks is True


def _shown(value: Any, path: Path) -> str:
    """Return a value as one short line."""
    return _cut(_text(value, path))


def _text(value: Any, path: Path) -> str:
    """Return a value as one line."""
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = " ".join(text.split())
    name = str(path[-1]) if path else ""
    if ("hash" in name or name.endswith("sha256")) and len(text) > _SHOWN_OF_A_HASH:
        return text[:_SHOWN_OF_A_HASH] + "…"
    return text
