"""What a rule is, how it declares itself, and what it is given to look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, TypeVar, cast

from plan_review.evaluate.view import View
from plan_review.findings import Finding, Severity, Verdict
from plan_review.policies.access import Access
from plan_review.rules.evidence import Evidence
from plan_review.rules.needs import Need, Unknown, all_needs, decide_need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plan_review.evaluate.items import Item
    from plan_review.model import Configuration, Path
    from plan_review.policies.decide import Decision

_T = TypeVar("_T")
_EXAMPLES = File(__file__).parent / "examples"


class Context:
    """One configuration under review, with what the rules share."""

    def __init__(self, configuration: Configuration, evidence: Evidence | None = None) -> None:
        self.configuration = configuration
        self.evidence = evidence or Evidence()
        self.view = View(configuration)
        self.access = Access(self.view)
        self._decisions: dict[Need, Decision] = {}
        self._shared: dict[str, object] = {}

    @cached_property
    def needs(self) -> list[Need]:
        """Everything that anything here needs to be allowed."""
        return all_needs(self)

    def shared(self, name: str, make: Callable[[], _T]) -> _T:
        """Return what several rules need, made once."""
        if name not in self._shared:
            self._shared[name] = make()
        return cast("_T", self._shared[name])

    def decision(self, need: Need) -> Decision:
        """Return whether a need is met."""
        if need not in self._decisions:
            self._decisions[need] = decide_need(self, need)
        return self._decisions[need]

    def role(self, text: object) -> Item | Unknown:
        """Return the role that an argument names, or what is known of it where it is not in the configuration."""
        return self.access.roles.find(text) or Unknown(text=self.view.show(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule's check yields: a finding without what the rule itself states."""

    item: Item | str
    message: str
    remedy: str
    verdict: Verdict = Verdict.MISSING
    path: Path | None = None
    subject: str = ""
    consequence: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that AWS demands. Its page in the documentation is made from this and from its two examples."""

    id: str
    title: str
    why: str
    consequence: str
    sources: tuple[str, ...]
    severity: Severity
    family: str
    check: Callable[[Context], Iterable[Found]]

    def findings(self, context: Context) -> Iterator[Finding]:
        """Run the check."""
        for found in self.check(context):
            item = found.item
            yield Finding(
                rule_id=self.id,
                verdict=found.verdict,
                address=item if isinstance(item, str) else item.address,
                message=found.message,
                consequence=found.consequence or self.consequence,
                remedy=found.remedy,
                path=found.path,
                severity=found.severity or self.severity,
                subject=found.subject,
            )

    @property
    def examples(self) -> dict[str, Any]:
        """The ``passing`` and the minimal ``failing`` configuration, and what else the file gives."""
        given = json.loads((_EXAMPLES / f"{self.id}.json").read_text(encoding="utf-8"))
        return {**given, "failing": merge_patch(given["passing"], given["failing_change"])}


RULES: dict[str, Rule] = {}
"""Every rule by its id; the modules of this package fill it when they are imported."""


def rule(
    rule_id: str,
    *,
    title: str,
    why: str,
    consequence: str,
    sources: Iterable[str],
    severity: Severity = Severity.ERROR,
) -> Callable[[Callable[[Context], Iterable[Found]]], Callable[[Context], Iterable[Found]]]:
    """Register the decorated check as a rule."""

    def register(check: Callable[[Context], Iterable[Found]]) -> Callable[[Context], Iterable[Found]]:
        if rule_id in RULES:
            raise ValueError(f"two rules are called {rule_id}")
        RULES[rule_id] = Rule(
            id=rule_id,
            title=title,
            why=why,
            consequence=consequence,
            sources=tuple(sources),
            severity=severity,
            family=check.__module__.rsplit(".", 1)[-1],
            check=check,
        )
        return check

    return register


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result
