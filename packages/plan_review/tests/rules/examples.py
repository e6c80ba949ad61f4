"""Runs rules over configurations that tests write down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.configuration.reading import read
from plan_review.findings import Finding, Verdict
from plan_review.rules import check
from plan_review.rules.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def findings(
    document: Mapping[str, Any], *, code: Path | None = None, events: Any = None, plan: Any = None, origin: Any = None
) -> list[Finding]:
    """Return every finding on a configuration in Terraform's JSON."""
    evidence = Evidence(code=(code,) if code else (), events=events or {}, plan=plan)
    return check(read(document, origin), evidence=evidence)


def of_rule(found: list[Finding], rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    return [finding for finding in found if finding.rule_id == rule]


def missing(found: list[Finding]) -> list[str]:
    """Return what is missing, readable in a failed assertion."""
    return [str(finding) for finding in found if finding.verdict is Verdict.MISSING]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write source files below a folder and return it."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
