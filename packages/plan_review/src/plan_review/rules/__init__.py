"""The rules: what AWS demands of each resource, one file per family."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from plan_review.findings import (
    Finding,
    Suppression,
    Verdict,
    suppress,
)
from plan_review.rules.rule import RULES, Context, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plan_review.configuration.model import Configuration
    from plan_review.rules.evidence import Evidence

__all__ = ["RULES", "Rule", "run"]

FAMILIES = (
    "state_machines",
    "event_targets",
    "deliveries",
    "functions",
    "roles",
    "documents",
    "breadth",
    "definitions",
    "order",
    "storage",
    "event_rules",
    "loops",
    "quotas",
    "sizes",
    "naming",
    "function_settings",
    "encryption",
    "keys",
    "grants",
    "code",
    "media",
    "forms",
    "tables",
    "choices",
    "settings",
    "usage",
    "wiring",
    "names",
    "alarms",
    "change",
)
"""The modules that declare rules; importing them registers what they declare."""

for _family in FAMILIES:
    importlib.import_module(f"plan_review.rules.{_family}")


def run(
    configuration: Configuration, *, suppressions: Sequence[Suppression] = (), evidence: Evidence | None = None
) -> list[Finding]:
    """Run every rule; see ``plan_review.findings.check``."""
    context = Context(configuration, evidence)
    found = [
        finding for rule in RULES.values() for finding in rule.findings(context) if finding.verdict is not Verdict.HOLDS
    ]
    unique = list(dict.fromkeys(found))
    return sorted(suppress(unique, suppressions, known_rules=RULES), key=Finding.sort_key)
