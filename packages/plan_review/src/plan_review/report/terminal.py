"""Write a review as plain text for a terminal: the verdict first, then what can do harm, then what changes.

Colour is used only where a terminal shows it and nobody has said otherwise: https://no-color.org
"""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from plan_review.aws.stored_data import STORED_DATA
from plan_review.findings import Severity, Verdict
from plan_review.folding import fold
from plan_review.report.changes import CREATE, DELETE, FORGET, REPLACE, UPDATE
from plan_review.report.text import visible
from plan_review.report.verdict import harm, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.findings import Finding
    from plan_review.folding import Folded
    from plan_review.report.changes import Difference, ReportedChange
    from plan_review.report.contents import Review

_WIDTH = 100
_MOST_CHANGES = 60
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "cannot tell": "\x1b[1;36m", "ok": "\x1b[1;32m"}
_BOLD, _END = "\x1b[1m", "\x1b[0m"


def shows_colour(stream: TextIO) -> bool:
    """Whether text on this stream is coloured: it is a terminal, and neither NO_COLOR nor TERM=dumb is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def render(review: Review, *, coloured: bool = False) -> str:
    """Return the report as plain text."""
    paint = _Paint(coloured=coloured)
    folded = fold(review.findings)
    lines = [
        f"Plan review of {review.name}",
        paint(verdict(review, folded), "error" if any(each.cause.fails for each in folded) else _worst(folded)),
    ]
    if not review.planned:
        lines.append("No plan could be made: see the findings. What would change is not known.")
    lines += [f"Note: {each}" for each in review.limits]
    lines += _harm(review)
    for each in folded:
        lines += ["", *_finding(each, paint)]
    lines += _accepted(review)
    lines += _changes(review)
    lines += ["", *(f"{note}" for note in review.notes)] if review.notes else []
    return review.masker.output("\n".join(map(visible, lines)) if not coloured else "\n".join(lines)) + "\n"


class _Paint:
    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, text: str, kind: str) -> str:
        return f"{_COLOURS[kind]}{text}{_END}" if self._coloured else text


def _worst(folded: list[Folded]) -> str:
    words = [_word(each) for each in folded]
    return next((word for word in ("error", "warning", "cannot tell") if word in words), "ok")


def _word(folded: Folded) -> str:
    return str(folded.verdict) if folded.verdict is Verdict.CANNOT_TELL else str(folded.severity)


def _finding(folded: Folded, paint: _Paint) -> Iterator[str]:
    finding = folded.cause
    first, *rest = finding.message.splitlines()
    word = _word(folded)
    place = f"  {finding.place}" if finding.place else ""
    yield f"{paint(word.upper(), word)}  {finding.address}  [{finding.rule_id}]{place}"
    yield from _wrapped(first, "  ")
    yield from (f"  {line}" for line in rest)
    if finding.consequence:
        yield from _wrapped(f"consequence: {finding.consequence}", "  ")
    if finding.remedy:
        tell = finding.verdict is Verdict.CANNOT_TELL
        yield from _wrapped(f"{'what would tell' if tell else 'remedy'}: {finding.remedy}", "  ")
    if folded.consequences:
        yield "  with the same cause:"
    for other in folded.consequences:
        yield from _wrapped(f"- {other.address}: {other.message.splitlines()[0]} [{other.rule_id}]", "    ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _harm(review: Review) -> list[str]:
    harmful = [each for each in review.changes if each.action in {DELETE, REPLACE, FORGET}]
    if not harmful:
        return []
    harmful.sort(key=lambda each: (each.type not in STORED_DATA, each.address))
    lines = ["", harm(review) or "Destroyed, replaced or forgotten:"]
    for change in harmful:
        data = ", holds data" if change.type in STORED_DATA else ""
        forcing = "; ".join([*(_difference(each) for each in change.differences if each.forces), change.reason or ""])
        lines.append(f"  {change.action}{data}: {change.address}" + (f" ({forcing.strip('; ')})" if forcing else ""))
    return lines


def _difference(difference: Difference) -> str:
    if not difference.before and not difference.after:
        return difference.path
    return f"{difference.path}: {difference.before} → {difference.after}"


def _accepted(review: Review) -> list[str]:
    accepted = [each for each in review.findings if each.suppressed is not None]
    return ["", f"Accepted findings: {len(accepted)}", *(_reason(each) for each in accepted)] if accepted else []


def _reason(finding: Finding) -> str:
    return f"  {finding.address} [{finding.rule_id}]: {' '.join((finding.suppressed or '').split())}"


def _changes(review: Review) -> list[str]:
    if not review.planned:
        return []
    counts = Counter(each.action for each in review.changes)
    told = ", ".join(f"{counts[action]} to {action}" for action in (CREATE, UPDATE, REPLACE, DELETE) if counts[action])
    lines = ["", f"Plan: {told or 'no changes'}.{f' {review.compared}' if review.compared else ''}"]
    updated = [each for each in review.changes if each.action in {UPDATE, REPLACE}]
    for change in updated[:_MOST_CHANGES]:
        lines += [f"  {change.action} {change.address}", *(f"    {_difference(each)}" for each in change.differences)]
    if len(updated) > _MOST_CHANGES:
        lines.append(f"  and {len(updated) - _MOST_CHANGES} more changes; --json and --out give all")
    if review.drift:
        lines += ["Changed outside of Terraform:", *(f"  {each.address}" for each in review.drift)]
    return lines
