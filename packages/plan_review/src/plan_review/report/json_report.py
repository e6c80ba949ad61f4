"""Write a review as JSON for machines. Values of arguments are masked as in the report for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.folding import fold
from plan_review.report.markdown import verdict
from plan_review.report.verdict import title

if TYPE_CHECKING:
    from plan_review.findings import Finding
    from plan_review.report.changes import ReportedChange
    from plan_review.report.contents import Review

FORMAT = 2


def render(review: Review) -> str:
    """Return the review as one JSON object. The same review gives the same bytes."""
    document = {
        "format": FORMAT,
        "name": review.name,
        "clean": review.clean,
        "verdict": verdict(review),
        "planned": review.planned,
        "compared": review.compared,
        "title": title([review]),
        "limits": list(review.limits),
        "findings": [*_folded(review), *(_finding(each) for each in review.findings if not each.open)],
        "changes": [_change(each) for each in review.changes if each.happens or each.moved_from or each.imported],
        "drift": [_change(each) for each in review.drift],
        "permissions": [
            {
                "address": each.address,
                "what": each.what,
                "removed": list(each.removed),
                "added": list(each.added),
                "kept": each.kept,
            }
            for each in review.policies
        ],
        "notes": list(review.notes),
    }
    return review.masker.output(json.dumps(document, indent=1, ensure_ascii=False)) + "\n"


def _folded(review: Review) -> list[dict[str, Any]]:
    """Return the open findings by their cause, with the place of each where it is known."""
    folded = fold(review.findings)
    return [
        {
            **_finding(each.cause, review),
            "consequences": [_finding(other, review) for other in each.consequences],
        }
        for each in folded
    ]


def _finding(finding: Finding, review: Review | None = None) -> dict[str, Any]:
    place = review.place(finding.address) if review is not None else None
    return {
        "rule": finding.rule_id,
        "verdict": str(finding.verdict),
        "severity": str(finding.severity),
        "open": finding.open,
        "address": finding.address,
        "path": list(finding.path or ()),
        "subject": finding.subject,
        "message": finding.message,
        "consequence": finding.consequence,
        "remedy": finding.remedy,
        "edits": [
            {"address": each.address, "path": list(each.path), "change": each.change, "value": each.value}
            for each in finding.edits
        ],
        "file": place.file if place else None,
        "line": place.line if place else None,
        "suppressed": finding.suppressed,
    }


def _change(change: ReportedChange) -> dict[str, Any]:
    return {
        "address": change.address,
        "type": change.type,
        "action": change.action,
        "reason": change.reason,
        "forced_by": list(change.forced_by),
        "moved_from": change.moved_from,
        "imported": change.imported,
        "differences": [
            {"path": each.path, "before": each.before, "after": each.after, "forces": each.forces}
            for each in change.differences
        ],
    }
