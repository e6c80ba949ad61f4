"""What the check of a rule yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.findings import Severity, Verdict

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item
    from plan_review.language.paths import Path


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
