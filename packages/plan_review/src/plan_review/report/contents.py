"""What a report is written from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plan_review.report.masking import Masker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.findings import Finding
    from plan_review.report.changes import ReportedChange
    from plan_review.report.diagram import Diagram
    from plan_review.report.permissions import PolicyChange
    from plan_review.report.places import Place

_INSTANCE = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, kw_only=True)
class Review:
    """Everything that a report is written from.

    ``compared`` says what the plan is held against; ``limits`` what was not looked at, and how to have it looked at;
    ``notes`` how it was made. ``places`` says where resources are written, by address, in
    ``folder``, which is relative to where the review was started; ``first_file`` is one that the folder has.
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
    limits: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    folder: str = ""
    first_file: str = ""
    masker: Masker = field(default_factory=Masker)

    def place(self, address: str) -> Place | None:
        """Return where the resource of an address is written, one of ``count`` or ``for_each`` included."""
        return self.places.get(address) or self.places.get(_INSTANCE.sub("", address))

    @property
    def clean(self) -> bool:
        """Whether there is nothing that a person should look at."""
        return not any(finding.open for finding in self.findings)
