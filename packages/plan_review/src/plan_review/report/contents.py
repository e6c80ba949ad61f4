"""What a report is written from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plan_review.report.masking import Masker

if TYPE_CHECKING:
    from plan_review.findings import Finding
    from plan_review.report.changes import ReportedChange
    from plan_review.report.diagram import Diagram
    from plan_review.report.permissions import PolicyChange


@dataclass(frozen=True, kw_only=True)
class Review:
    """Everything that a report is written from.

    ``compared`` says what the plan is held against; ``notes`` say how it was made and what could not be looked at.
    """

    name: str
    findings: tuple[Finding, ...]
    changes: tuple[ReportedChange, ...] = ()
    drift: tuple[ReportedChange, ...] = ()
    policies: tuple[PolicyChange, ...] = ()
    diagram: Diagram
    planned: bool
    compared: str = ""
    notes: tuple[str, ...] = ()
    masker: Masker = field(default_factory=Masker)

    @property
    def clean(self) -> bool:
        """Whether there is nothing that a person should look at."""
        return not any(finding.open for finding in self.findings)
