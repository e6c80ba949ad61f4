"""What a check says of one resource: the verdict, why it matters in AWS's own words, and how to fix it."""

from __future__ import annotations

import fnmatch
import tomllib
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path as File

    from plan_review.language.paths import Path

_SUPPRESSION_KEYS = {"rule", "address", "statement", "reason"}
_SHORTEST_REASON = 10  # characters; "ok", "n/a" and "wontfix" explain nothing to the next reader


ARGUMENT = "argument "
"""How the tie of an argument begins."""


class Verdict(StrEnum):
    """Three values: nothing unknown ever passes, and nothing unknown ever fails a synth."""

    HOLDS = "holds"
    MISSING = "missing"
    CANNOT_TELL = "cannot tell"


class Severity(StrEnum):
    """``ERROR``: AWS refuses it or it does not work; ``WARNING``: it works, and will hurt later."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Edit:
    """One step of a remedy that needs no judgement: what stands at ``path`` of a resource is changed.

    ``path`` leads from the resource's arguments, or its lifecycle, on, and through JSON that is held as text too.
    ``change`` is ``set``, ``remove``, or ``append`` (``value`` to the list there, which is made where there is none).
    """

    address: str
    path: Path
    change: str
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One verdict on one resource.

    ``path`` leads to the argument within the resource, where one argument is to blame. For ``CANNOT_TELL``
    ``remedy`` says what would tell. ``subject`` names the part of the resource that is meant (a statement's Sid,
    a state's name), so that two findings on one argument stay apart. ``suppressed`` is the written reason why the
    finding stands as it is; None for an open finding.

    ``ties`` names what would have to change (an argument, a statement, an edge of the graph), and ``after`` what this
    may merely follow from: where that is another finding's tie, this is folded under it (see ``folding``). ``edits`` is
    the remedy for a program, where it needs no judgement.
    """

    rule_id: str
    verdict: Verdict
    address: str
    message: str
    consequence: str = ""
    remedy: str = ""
    path: Path | None = None
    severity: Severity = Severity.ERROR
    subject: str = ""
    suppressed: str | None = None
    ties: frozenset[str] = field(default=frozenset(), compare=False)
    after: frozenset[str] = field(default=frozenset(), compare=False)
    edits: tuple[Edit, ...] = field(default=(), compare=False)

    @property
    def fails(self) -> bool:
        """Whether this alone must stop a synth."""
        return self.verdict is Verdict.MISSING and self.severity is Severity.ERROR and self.suppressed is None

    @property
    def open(self) -> bool:
        """Whether a person should look at it."""
        return self.verdict is not Verdict.HOLDS and self.suppressed is None

    @property
    def headline(self) -> str:
        """The message without the drawing that may stand below it."""
        return self.message.partition("\n")[0].removesuffix(":")

    def sort_key(self) -> tuple[str, ...]:
        """Order that does not depend on how a configuration was written down: worst first, then by place."""
        rank = "0" if self.fails else "1" if self.verdict is Verdict.MISSING else "2"
        return rank, self.address, self.rule_id, "/".join(map(str, self.path or ())), self.subject, self.message

    def __str__(self) -> str:
        lines = [f"{self.address}: {self.message} [{self.rule_id}]"]
        if self.consequence:
            lines.append(f"  consequence: {self.consequence}")
        if self.remedy:
            lines.append(f"  {'what would tell' if self.verdict is Verdict.CANNOT_TELL else 'remedy'}: {self.remedy}")
        return "\n".join(lines)


def argument_tie(address: str, path: Path | None) -> frozenset[str]:
    """Return the tie of what has to change in one argument; none where no argument is to blame.

    Arguments of one block are told apart, the numbers of blocks are not: they are left out by some who name a path.
    """
    steps = _named(path)
    return frozenset({f"{ARGUMENT}{address} {'.'.join(steps)}"}) if steps else frozenset()


def argument_ties(address: str, path: Path | None) -> frozenset[str]:
    """Return the ties of an argument and of the blocks around it: what follows from it may name a whole block."""
    steps = _named(path)
    return frozenset(f"{ARGUMENT}{address} {'.'.join(steps[:count])}" for count in range(1, len(steps) + 1))


def _named(path: Path | None) -> list[str]:
    return [step for step in path or () if isinstance(step, str)]


class SuppressionError(ValueError):
    """A suppression is not usable as written; the message says which and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A finding that people decided to live with.

    ``rule`` and ``address`` may hold ``*`` and ``?``; ``statement`` narrows it to findings on one subject (a policy
    statement's Sid, a state's name), empty meaning all of them. Where ``promotes``, it is the other way round: what it
    covers stops a synth even if the rule only warns.
    """

    rule: str
    address: str
    reason: str
    statement: str = ""
    promotes: bool = False

    def covers(self, finding: Finding) -> bool:
        """Tell whether this is the finding that was meant."""
        return (
            fnmatch.fnmatchcase(finding.rule_id, self.rule)
            and fnmatch.fnmatchcase(finding.address, self.address.replace("[", "[[]"))
            and (not self.statement or self.statement in (finding.subject, finding.subject.partition(":")[0]))
        )


def read_suppressions(file: File) -> tuple[Suppression, ...]:
    """Read ``[[suppress]]`` tables (``rule``, ``address``, ``reason``, optionally ``statement``) from a TOML file.

    ``[[strict]]`` tables (``rule``, ``reason``) make errors of warnings. Raises ``SuppressionError`` where the file is
    no TOML, a key is unknown or missing, or the reason explains nothing.
    """
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SuppressionError(f"{file.name}: not readable as TOML: {error}") from error
    if unknown := sorted(set(document) - {"suppress", "strict"}):
        raise SuppressionError(f"{file.name}: unknown table {unknown[0]!r}; [[suppress]] and [[strict]] are read")
    found: list[Suppression] = []
    for name in ("suppress", "strict"):
        tables = document.get(name, [])
        if not isinstance(tables, list):
            raise SuppressionError(f"{file.name}: write [[{name}]], with two brackets, once for each")
        found += [
            _suppression(file.name, number, {"address": "*", **table} if name == "strict" else table, name)
            for number, table in enumerate(tables, start=1)
        ]
    return tuple(found)


def _suppression(file: str, number: int, table: dict[str, Any], kind: str) -> Suppression:
    place = f"{file}: [[{kind}]] {number}"
    if unknown := sorted(set(table) - _SUPPRESSION_KEYS):
        raise SuppressionError(f"{place}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_SUPPRESSION_KEYS))}")
    for key in ("rule", "address", "reason"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise SuppressionError(f"{place}: {key!r} must be given, as text")
    if len(table["reason"].strip()) < _SHORTEST_REASON:
        raise SuppressionError(f"{place}: the reason {table['reason']!r} does not say why; write a sentence")
    return Suppression(
        rule=table["rule"],
        address=table["address"],
        reason=table["reason"],
        statement=table.get("statement", ""),
        promotes=kind == "strict",
    )


def suppress(
    findings: Iterable[Finding], suppressions: Sequence[Suppression], *, known_rules: Iterable[str]
) -> list[Finding]:
    """Return the findings, those covered marked with their reason, plus one finding per suppression that is idle.

    A suppression that covers nothing hides the next real finding, so it is a warning of its own; but not while
    something is broken, which can be why what it covers is not seen.
    """
    covering = [item for item in suppressions if not item.promotes]
    strict = [item for item in suppressions if item.promotes]
    idle = set(covering)
    known = set(known_rules)
    result = []
    for given in findings:
        promoted = any(item.covers(given) for item in strict)
        finding = replace(given, severity=Severity.ERROR) if promoted else given
        cover = next((item for item in covering if item.covers(finding)), None)
        if cover is not None and finding.verdict is not Verdict.HOLDS:
            idle.discard(cover)
            result.append(replace(finding, suppressed=cover.reason))
        else:
            result.append(finding)
    named = {item: any(fnmatch.fnmatchcase(name, item.rule) for name in known) for item in covering if item in idle}
    broken = any(finding.open and finding.severity is Severity.ERROR for finding in result)
    result += [_idle(item, known=is_known) for item, is_known in named.items() if not (is_known and broken)]
    return result


def _idle(suppression: Suppression, *, known: bool) -> Finding:
    what = "covers no finding" if known else "names a rule that does not exist"
    return Finding(
        rule_id="idle-suppression",
        verdict=Verdict.MISSING,
        severity=Severity.WARNING,
        address=suppression.address,
        subject=suppression.rule,
        message=f'the suppression of "{suppression.rule}" {what}',
        consequence="it would hide the next finding of that kind without anyone having decided so",
        remedy="remove it",
    )
