"""Fold findings that have one cause: a person mends that, and is told what follows from it beneath.

Nothing is left out by it. Only what is open is folded: what people accepted has been looked at one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.findings import ARGUMENT, Finding, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A finding, with those that are gone once it is mended. Its weight is that of the worst of them."""

    cause: Finding
    consequences: tuple[Finding, ...] = ()

    @property
    def all(self) -> tuple[Finding, ...]:
        """The cause, and what follows from it."""
        return (self.cause, *self.consequences)

    @property
    def verdict(self) -> Verdict:
        """Whether anything of it is wrong for certain."""
        certain = any(each.verdict is Verdict.MISSING for each in self.all)
        return Verdict.MISSING if certain else self.cause.verdict

    @property
    def severity(self) -> Severity:
        """``ERROR`` where any of it stops a synth."""
        wrong = [each.severity for each in self.all if each.verdict is self.verdict]
        return Severity.ERROR if Severity.ERROR in wrong else Severity.WARNING

    def sort_key(self) -> tuple[str, ...]:
        """Worst first, then by the place of the cause."""
        return min(each.sort_key()[0] for each in self.all), *self.cause.sort_key()[1:]


def fold(findings: Iterable[Finding]) -> list[Folded]:
    """Return the open findings by what they come from, worst first."""
    ordered = sorted((each for each in findings if each.open), key=Finding.sort_key)
    tied: dict[str, list[int]] = {}
    for number, finding in enumerate(ordered):
        for tie in sorted(finding.ties):
            tied.setdefault(tie, []).append(number)
    parents: dict[int, int] = {}
    for number in range(len(ordered)):
        for candidate in _candidates(tied, ordered, number):
            if _root(parents, candidate) != number:  # else that follows from this one
                parents[number] = candidate
                break
    following: dict[int, list[Finding]] = {}
    for number, finding in enumerate(ordered):
        if number in parents:
            following.setdefault(_root(parents, number), []).append(finding)
    folded = [
        Folded(cause=finding, consequences=tuple(following.get(number, ())))
        for number, finding in enumerate(ordered)
        if number not in parents
    ]
    return sorted(folded, key=Folded.sort_key)


def _candidates(tied: Mapping[str, list[int]], ordered: Sequence[Finding], number: int) -> Iterator[int]:
    """Yield what a finding may follow from; of those that would follow from each other the first is the cause."""
    finding = ordered[number]
    for name in sorted(finding.after):
        for candidate in tied.get(name, ()):
            # One rule can find several things wrong with one argument.
            apart = name.startswith(ARGUMENT) and ordered[candidate].rule_id == finding.rule_id
            if not apart and (candidate < number or name not in finding.ties):
                yield candidate


def _root(parents: Mapping[int, int], number: int) -> int:
    while number in parents:
        number = parents[number]
    return number
