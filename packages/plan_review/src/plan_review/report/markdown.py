"""Write a review as Markdown for a pull request: the verdict first, then what can do harm, then the rest."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, TypeVar

from plan_review.aws.stored_data import STORED_DATA
from plan_review.findings import Severity, Verdict
from plan_review.folding import fold
from plan_review.report import mermaid
from plan_review.report.budget import COMMENT, Section, fit, size
from plan_review.report.changes import CREATE, DELETE, FORGET, READ, REPLACE, UPDATE
from plan_review.report.text import block, code, prose
from plan_review.report.verdict import counts, harm
from plan_review.report.verdict import verdict as words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from plan_review.findings import Finding
    from plan_review.folding import Folded
    from plan_review.report.changes import Difference, ReportedChange
    from plan_review.report.contents import Review
    from plan_review.report.permissions import PolicyChange

_TOLD_TOGETHER = 40
_MARKS = {Verdict.MISSING: "⛔", Verdict.CANNOT_TELL: "❔"}


_Each = TypeVar("_Each")


def marker(name: str) -> str:
    """Return the line by which a comment is found again."""
    return f"<!-- plan-review: {re.sub(r'[^A-Za-z0-9._/-]', '-', name)} -->"


def render(review: Review, *, budget: int = COMMENT, elsewhere: str = "", drawn: bool = True) -> str:
    """Return the report in at most ``budget`` bytes; ``elsewhere`` says where the whole is.

    ``drawn`` says whether the drawing may take room.
    """
    room = budget
    while True:
        text = review.masker.output(_render(review, room, elsewhere, drawn=drawn))
        if size(text) <= budget or room <= 0:
            return text
        room -= size(text) - budget  # a mask can be longer than what it hides


def _sections(review: Review) -> list[Section]:
    """Return the parts of the report, the weightiest first, which is also the order in which they stand."""
    harm = Section("### Destroyed and replaced", _harm_rows(review.changes), "destroyed or replaced resources", 0.2)
    harm.before = "| resource | what | because |\n|---|---|---|\n"
    found = {each.address for each in review.findings if each.open}
    alike = _grouped(fold(review.findings))
    findings = Section("### Findings", [_findings(group) for group in alike], "findings", 0.35)
    findings.counts = [len(group) for group in alike]
    policies = Section("### Permissions", [_policy(each) for each in review.policies], "changed policies", 0.2)
    policies.before = "Statements before and after.\n\n"
    drift = Section("### Drift", [_changed(each) for each in review.drift], "drifted resources", 0.05)
    drift.before = "Changed outside of Terraform since the last apply; this change did not cause it.\n\n"
    drawing, note = mermaid.draw(review.diagram, found)
    diagram = Section("### Diagram", [block(drawing, "mermaid")] if drawing else [], "the drawing", 0.0, aside=True)
    diagram.before = f"{_diagram_words(review, found)} {note}".strip() + "\n\n"
    accepted = [_accepted(each) for each in review.findings if each.suppressed is not None]
    return [
        harm,
        findings,
        policies,
        _changes(review.changes, {(each.address, each.what) for each in review.policies}),
        drift,
        Section("### Moves and imports", _moves(review.changes), "moves and imports", 0.03),
        diagram,
        Section("### Accepted findings", accepted, "accepted findings", 0.02),
    ]


def _render(review: Review, budget: int, elsewhere: str, *, drawn: bool) -> str:
    """Return everything where that fits, everything but the drawing, or as much of each part as does."""
    sections = _sections(review)
    head = f"{marker(review.name)}\n{_head(review)}"
    foot = _foot(review)
    for with_drawing in dict.fromkeys((drawn, False)):
        for section in sections:
            section.show_all(drawn=with_drawing)
        whole = head + "".join(section.text(elsewhere) for section in sections) + foot
        if size(whole) <= budget:
            return whole
    cut = fit(sections, budget - size(head) - size(foot) - size(_caution(sections, elsewhere)))
    caution = _caution(sections, elsewhere) if cut else ""
    return head + caution + "".join(section.text(elsewhere) for section in sections) + foot


def verdict(review: Review) -> str:
    """Return the verdict in one line."""
    folded = fold(review.findings)
    failing, warnings, unknown = counts(folded)
    mark = "⛔" if failing else "⚠️" if warnings else "❔" if unknown else "✅"
    return f"{mark} {words(review, folded)}"


def _head(review: Review) -> str:
    counts = Counter(each.action for each in review.changes)
    moved = sum(each.moved_from is not None for each in review.changes)
    imported = sum(each.imported is not None for each in review.changes)
    rows = [f"## Plan review of {prose(review.name)}", "", f"**{verdict(review)}.**"]
    if harmed := harm(review):
        rows[-1] += f" {harmed}"
    rows += [line for each in review.limits for line in ("", prose(each))]
    if not review.planned:
        rows += ["", "No plan could be made: see the findings. What would change is not known."]
    else:
        numbers = (
            *(counts[action] for action in (CREATE, UPDATE, REPLACE, DELETE)),
            imported,
            moved,
            len(review.drift),
        )
        rows += [
            "",
            "| create | update | replace | destroy | import | move | drift |",
            "|---|---|---|---|---|---|---|",
            "| " + " | ".join(map(str, numbers)) + " |",
        ]
        rows += ["", review.compared] if review.compared else []
    return "\n".join(rows) + "\n\n"


def _caution(sections: Sequence[Section], elsewhere: str) -> str:
    missing = ", ".join(
        f"{section.left_out + section.clipped} of {section.total} {section.what}"
        for section in sections
        if (section.left_out or section.clipped) and not section.aside
    )
    where = f" {elsewhere}" if elsewhere else ""
    return f"> [!CAUTION]\n> **This report is cut. Do not approve from it.** Not shown in whole: {missing}.{where}\n\n"


def _harm_rows(changes: Sequence[ReportedChange]) -> list[str]:
    harmful = [each for each in changes if each.action in {DELETE, REPLACE, FORGET}]
    harmful.sort(key=lambda each: (each.type not in STORED_DATA, each.address))
    rows = []
    for change in harmful:
        what = change.action
        if change.action == REPLACE:
            what += " (the new one first)" if change.creates_first else " (destroyed first)"
        if change.type in STORED_DATA:
            what = f"**{what}, holds data**"
        forcing = [_difference(each, table=True) for each in change.differences if each.forces]
        because = "; ".join([*forcing, prose(change.reason)] if change.reason else forcing) or "the plan does not say"
        rows.append(f"| {code(change.address, table=True)} | {what} | {because} |\n")
    return rows


def _difference(difference: Difference, *, table: bool = False) -> str:
    path = code(difference.path, table=table)
    if not difference.before and not difference.after:
        return path
    return f"{path}: {code(difference.before, table=table)} → {code(difference.after, table=table)}"


def _grouped(findings: Sequence[Folded]) -> list[list[Folded]]:
    """Return findings that say the same of several resources together, in the place of the first."""
    groups: dict[object, list[Folded]] = {}
    for each in findings:
        one = each.cause
        same = (one.rule_id, each.verdict, each.severity, one.message, one.consequence, one.remedy, each.consequences)
        groups.setdefault(same, []).append(each)
    return [part for group in groups.values() for part in _parts(group)]


def _parts(group: list[_Each]) -> list[list[_Each]]:
    return [group[start : start + _TOLD_TOGETHER] for start in range(0, len(group), _TOLD_TOGETHER)]


def _findings(alike: Sequence[Folded]) -> str:
    folded = alike[0]
    finding = folded.cause
    first, _, rest = finding.message.partition("\n")
    mark = "⚠️" if folded.severity is Severity.WARNING and folded.verdict is Verdict.MISSING else _MARKS[folded.verdict]
    told = {Verdict.CANNOT_TELL: "cannot tell"}.get(folded.verdict, str(folded.severity))
    named = ", ".join(dict.fromkeys(code(each.cause.address) for each in alike))
    lines = [f"- {mark} {named}: {prose(first)} ({told}, {code(finding.rule_id)})"]
    if rest:
        lines += ["", *(f"  {line}" for line in block(rest, "text").splitlines()), ""]
    if finding.consequence:
        lines.append(f"  - consequence: {prose(finding.consequence)}")
    if finding.remedy:
        word = "what would tell" if finding.verdict is Verdict.CANNOT_TELL else "remedy"
        lines.append(f"  - {word}: {prose(finding.remedy)}")
    if folded.consequences:
        lines.append("  - with the same cause:")
    for other in folded.consequences:
        lines.append(f"    - {code(other.address)}: {prose(other.headline)} ({code(other.rule_id)})")
    return "\n".join(lines) + "\n"


def _accepted(finding: Finding) -> str:
    first = prose(finding.headline)
    return f"- {code(finding.address)}: {first} ({code(finding.rule_id)}), because {prose(finding.suppressed or '')}\n"


def _policy(change: PolicyChange) -> str:
    lines = [f"# {change.address}, {change.what}" + (f" ({change.kept} statements stay)" if change.kept else "")]
    lines += [f"- {' '.join(line.split())}" for line in change.removed]
    lines += [f"+ {' '.join(line.split())}" for line in change.added]
    return block("\n".join(lines), "diff")


def _changes(changes: Sequence[ReportedChange], policies: Collection[tuple[str, str]]) -> Section:
    """Return everything that happens, folded by what it is, with the counts of types."""
    titles, items, counts = [], [], []
    for action in (UPDATE, REPLACE, CREATE, DELETE, FORGET, READ):
        those = [each for each in changes if each.action == action]
        types = Counter(each.type for each in those)
        told = ", ".join(
            f"{kind} {count}" for kind, count in sorted(types.items(), key=lambda entry: (-entry[1], entry[0]))
        )
        for group in _alike(those, policies):
            titles.append(f"{action} {len(those)}: {escape(told)}")  # HTML, in which Markdown means nothing
            items.append(_change_group(group, policies))
            counts.append(len(group))
    return Section("### Changes", items, "changes", 0.1, groups=titles, counts=counts)


def _alike(changes: Sequence[ReportedChange], policies: Collection[tuple[str, str]]) -> list[list[ReportedChange]]:
    """Return the changes one by one, or several of which the same arguments change in the same way."""
    groups: dict[object, list[ReportedChange]] = {}
    for number, change in enumerate(changes):
        seen = any((change.address, each.path) in policies for each in change.differences)
        groups.setdefault(number if seen or not change.differences else change.differences, []).append(change)
    return [part for group in groups.values() for part in _parts(group)]


def _change_group(group: Sequence[ReportedChange], policies: Collection[tuple[str, str]]) -> str:
    told = _changed(group[0], policies)
    if len(group) == 1:
        return told
    named = ", ".join(code(each.address) for each in group)
    return f"- {len(group)} alike: {named}\n{told.partition(chr(10))[2]}"


def _changed(change: ReportedChange, policies: Collection[tuple[str, str]] = ()) -> str:
    lines = [f"- {code(change.address)}"]
    for each in change.differences:
        told = f"{code(each.path)}: see Permissions" if (change.address, each.path) in policies else _difference(each)
        lines.append(f"  - {told}{' **forces the replacement**' if each.forces else ''}")
    return "\n".join(lines) + "\n"


def _moves(changes: Sequence[ReportedChange]) -> list[str]:
    moved = [f"- {code(each.moved_from)} → {code(each.address)}\n" for each in changes if each.moved_from]
    imported = [each for each in changes if each.imported is not None]
    return moved + [f"- import {code(each.address)} from {code(each.imported or '')}\n" for each in imported]


def _diagram_words(review: Review, found: Collection[str]) -> str:
    arrow = "an arrow points to what is needed."
    if review.diagram.changed:
        return f"What changes and one hop around it; {arrow}"
    if any(node.address in found for node in review.diagram.nodes):
        return f"What the findings are about and one hop around it; {arrow}"
    return arrow.capitalize()


def _foot(review: Review) -> str:
    lines = [f"- {prose(note)}" for note in review.notes]
    return (
        f"---\n<details><summary>How this was made</summary>\n\n{chr(10).join(lines)}\n\n</details>\n" if lines else ""
    )
