"""Write a review as plain text for a terminal: the verdict first, then what can do harm, then what changes.

Colour is used only where a terminal shows it and nobody has said otherwise: https://no-color.org
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from plan_review.aws.stored_data import STORED_DATA
from plan_review.findings import Verdict
from plan_review.folding import fold
from plan_review.report.changes import CREATE, DELETE, FORGET, REPLACE, UPDATE
from plan_review.report.text import visible
from plan_review.report.verdict import harm, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.findings import Finding
    from plan_review.folding import Folded
    from plan_review.report.changes import Difference
    from plan_review.report.contents import Review
    from plan_review.report.places import Place

_MOST_CHANGES = 60
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "cannot tell": "\x1b[1;36m", "ok": "\x1b[1;32m"}
_END = "\x1b[0m"


def shows_colour(stream: TextIO) -> bool:
    """Whether text on this stream is coloured: it is a terminal, and neither NO_COLOR nor TERM=dumb is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def render(review: Review, *, coloured: bool = False) -> str:
    """Return the report as plain text."""
    folded = fold(review.findings)
    lines = [f"Plan review of {review.name}", verdict(review, folded)]
    kinds = {1: _worst(folded)}
    if not review.planned:
        lines.append("No plan could be made: see the findings. What would change is not known.")
    lines += [*review.limits, *_harm(review)]
    for each in folded:
        kinds[len(lines) + 1] = _word(each)
        lines += ["", *_finding(each, review.place(each.cause.address))]
    lines += [*_accepted(review), *_changes(review)]
    lines += ["", *review.notes] if review.notes else []
    # What is written of others can hold what a terminal obeys: it is made visible before any colour is added.
    shown = [visible(line) for line in lines]
    if coloured:
        shown = [_painted(line, kinds[number]) if number in kinds else line for number, line in enumerate(shown)]
    return review.masker.output("\n".join(shown)) + "\n"


def _painted(line: str, kind: str) -> str:
    """Return a line whose first word, or all of it where that is the verdict, is coloured."""
    word, gap, rest = line.partition("  ")
    return f"{_COLOURS[kind]}{word}{_END}{gap}{rest}"


def _worst(folded: list[Folded]) -> str:
    words = [_word(each) for each in folded]
    return next((word for word in ("error", "warning", "cannot tell") if word in words), "ok")


def _word(folded: Folded) -> str:
    return str(folded.verdict) if folded.verdict is Verdict.CANNOT_TELL else str(folded.severity)


def _finding(folded: Folded, place: Place | None) -> Iterator[str]:
    finding = folded.cause
    first, *rest = finding.message.splitlines() or [""]
    yield f"{_word(folded).upper()}  {finding.address}  [{finding.rule_id}]{f'  {place}' if place else ''}"
    yield f"  {first}"
    yield from (f"  {line}" for line in rest)
    if finding.consequence:
        yield f"  consequence: {_line(finding.consequence)}"
    if finding.remedy:
        tell = finding.verdict is Verdict.CANNOT_TELL
        yield f"  {'what would tell' if tell else 'remedy'}: {_line(finding.remedy)}"
    if folded.consequences:
        yield "  with the same cause:"
    for other in folded.consequences:
        yield f"    - {_line(other.address)}: {_line(other.headline)} [{other.rule_id}]"


def _line(text: str) -> str:
    return " ".join(text.split())


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
