"""Write a review as SARIF 2.1.0, which code scanning of GitHub and others shows beside the code.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, of which GitHub takes
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
"""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from plan_review.findings import Severity, Verdict
from plan_review.folding import Folded, fold
from plan_review.report.text import visible
from plan_review.report.verdict import title
from plan_review.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plan_review.findings import Finding
    from plan_review.report.contents import Review

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}
_DISTRIBUTION = "plan-review"
# Where this is read a message is shown in a box: what has the same cause is counted beyond that.
_MOST_NAMED = 10


def render(reviews: Sequence[Review]) -> str:
    """Return one log with one run for each review. The same reviews give the same bytes."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(each) for each in reviews]}
    text = json.dumps(log, indent=1, ensure_ascii=False)
    for review in reviews:
        text = review.masker.output(text)
    return text + "\n"


def _run(review: Review) -> dict[str, Any]:
    accepted = [Folded(cause=each) for each in review.findings if each.suppressed is not None]
    folded = [*fold(review.findings), *accepted]
    ids = sorted({each.cause.rule_id for each in folded})
    notes = [*review.limits, *review.notes]
    return {
        "tool": {"driver": {"name": _DISTRIBUTION, "version": _version(), "rules": [_rule(each) for each in ids]}},
        "automationDetails": {"id": f"{_DISTRIBUTION}/{review.name}/"},
        "invocations": [
            {
                "executionSuccessful": review.planned,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": note}} for note in notes],
            }
        ],
        "columnKind": "utf16CodeUnits",
        "properties": {"title": title([review])},
        "results": [_result(review, each, ids.index(each.cause.rule_id)) for each in folded],
    }


def _version() -> str:
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "0"


def _rule(rule_id: str) -> dict[str, Any]:
    known = RULES.get(rule_id)
    if known is None:  # one of the layout's, or what Terraform itself says
        return {"id": rule_id, "shortDescription": {"text": rule_id.replace("-", " ")}}
    return {
        "id": rule_id,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": f"{known.why} Without it: {known.consequence}"},
        "helpUri": known.sources[0],
        "help": {"text": f"{known.why}\n\n{known.consequence}\n\n" + "\n".join(known.sources)},
        "defaultConfiguration": {"level": _LEVELS[known.severity]},
        "properties": {"page": f"rules/{rule_id}.md", "tags": [known.service]},
    }


def _result(review: Review, folded: Folded, index: int) -> dict[str, Any]:
    finding = folded.cause
    result = {
        "ruleId": finding.rule_id,
        "ruleIndex": index,
        "level": "note" if folded.verdict is Verdict.CANNOT_TELL else _LEVELS[folded.severity],
        "message": {"text": visible(_message(folded))},
        "locations": [_location(review, finding)],
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
        "properties": {"verdict": str(folded.verdict), "address": finding.address, "path": list(finding.path or ())},
    }
    if folded.consequences:
        others = [{**_location(review, each), "id": number} for number, each in enumerate(folded.consequences)]
        result["relatedLocations"] = [
            {**where, "message": {"text": visible(each.message)}}
            for where, each in zip(others, folded.consequences, strict=True)
        ]
    if finding.suppressed is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.suppressed}]
    return result


def _message(folded: Folded) -> str:
    finding = folded.cause
    parts = [f"{finding.address}: {finding.message}"]
    if finding.consequence:
        parts.append(f"Consequence: {finding.consequence}")
    if finding.remedy:
        word = "What would tell" if finding.verdict is Verdict.CANNOT_TELL else "Remedy"
        parts.append(f"{word}: {finding.remedy}")
    if folded.consequences:
        shown = [f"- {each.address}: {each.headline}" for each in folded.consequences[:_MOST_NAMED]]
        more = len(folded.consequences) - len(shown)
        parts.append("\n".join(["With the same cause:", *shown, *([f"and {more} more"] if more else [])]))
    return "\n\n".join(parts)


def _location(review: Review, finding: Finding) -> dict[str, Any]:
    """Return where a finding is: in a file where that is known, else the beginning of the folder's first file."""
    place = review.place(finding.address)
    file = place.file if place else review.first_file
    parts = [part for part in (review.folder, file) if part and part != "."]
    physical = {
        "artifactLocation": {"uri": _uri(parts)},
        "region": {"startLine": place.line if place else 1},
    }
    return {
        "physicalLocation": physical,
        "logicalLocations": [{"fullyQualifiedName": finding.address, "kind": "resource"}],
    }


def _uri(parts: Iterable[str]) -> str:
    path = "/".join(parts) or "."
    return f"file://{quote(path)}" if path.startswith("/") else quote(path)


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same of a finding when lines move."""
    parts = (finding.rule_id, finding.address, "/".join(map(str, finding.path or ())), finding.subject)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
