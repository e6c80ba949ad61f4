"""What the check of a rule yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.findings import Edit, Severity, Verdict

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item
    from plan_review.language.paths import Path
    from plan_review.policies.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule's check yields: a finding without what the rule itself states."""

    item: Item | str
    message: str
    remedy: str
    verdict: Verdict = Verdict.MISSING
    path: Path | None = None
    subject: str = ""
    consequence: str = ""
    severity: Severity | None = None
    ties: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    edits: tuple[Edit, ...] = ()


def edits_at(item: Item, path: Path, change: str, value: object = None) -> tuple[Edit, ...]:
    """Return the one edit at a place of a resource; none where one edit would change several instances."""
    if item.key is not None or item.resource.mode != "managed":
        return ()
    return (Edit(item.resource.address, path, change, value),)


def statement_ties(*statements: Statement) -> frozenset[str]:
    """Return the ties of statements of policies."""
    return frozenset(f"statement {each.source} {each.label}" for each in statements)
