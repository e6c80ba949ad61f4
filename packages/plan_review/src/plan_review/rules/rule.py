"""What a rule is, and how it declares itself: one decorator on its check, with its id, its reason and its sources.

There are three kinds: a check that yields what is wrong (``rule``), one that yields what must be allowed
(``rule_of_needs``), and one that yields what must be allowed besides, given all that (``rule_of_implied_needs``).
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, TypeVar, Unpack

from plan_review.findings import Finding, Severity, argument_ties
from plan_review.rules.unmet_needs import unmet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plan_review.rules.context import Context
    from plan_review.rules.found import Found
    from plan_review.rules.need import Need

    Check = Callable[[Context], Iterable[Found]]
    Collect = Callable[[Context], Iterable[Need]]
    Imply = Callable[[Context, list[Need]], Iterable[Need]]

# Arguments in which several things can be wrong that have nothing to do with each other.
_OF_SEVERAL = ("definition",)
_Function = TypeVar("_Function", bound="Callable[..., Any]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that AWS demands. Its page in the documentation is made from this and from its two examples.

    ``service`` is the folder that its ``module`` stands in; ``collect`` and ``imply`` yield what must be allowed.
    """

    id: str
    title: str
    why: str
    consequence: str
    sources: tuple[str, ...]
    severity: Severity
    service: str
    module: str
    check: Check
    collect: Collect | None = None
    imply: Imply | None = None

    @property
    def of_needs(self) -> bool:
        """Whether it says what must be allowed."""
        return self.collect is not None or self.imply is not None

    def findings(self, context: Context) -> Iterator[Finding]:
        """Run the check."""
        for found in self.check(context):
            address = found.item if isinstance(found.item, str) else found.item.address
            yield Finding(
                rule_id=self.id,
                verdict=found.verdict,
                address=address,
                message=found.message,
                consequence=found.consequence or self.consequence,
                remedy=found.remedy,
                path=found.path,
                severity=found.severity or self.severity,
                subject=found.subject,
                ties=found.ties | self._ties(address, found),
                after=found.after | self._alike(address, found),
                edits=found.edits,
            )

    def _ties(self, address: str, found: Found) -> frozenset[str]:
        """Return what is the matter with a resource, as other findings may name it."""
        if self.of_needs:
            return frozenset()
        return argument_ties(address, found.path) | self._alike(address, found)

    def _alike(self, address: str, found: Found) -> frozenset[str]:
        """Return what a rule finds several times where one change mends all."""
        if self.of_needs or not found.path or found.path[0] in _OF_SEVERAL:
            return frozenset()
        return frozenset({f"{self.id} {address} {found.remedy}"})

    @property
    def examples(self) -> dict[str, Any]:
        """The ``passing`` and the minimal ``failing`` configuration, and what else the file beside the rule gives."""
        beside = Path(str(sys.modules[self.module].__file__)).with_name(f"{self.id}.json")
        given = json.loads(beside.read_text(encoding="utf-8"))
        return {**given, "failing": merge_patch(given["passing"], given["failing_change"])}


class _Stated(TypedDict):
    title: str
    why: str
    consequence: str
    sources: Iterable[str]
    severity: NotRequired[Severity]


RULES: dict[str, Rule] = {}
"""Every rule by its id; the modules of this package fill it when they are imported."""


def rule(rule_id: str, **stated: Unpack[_Stated]) -> Callable[[_Function], _Function]:
    """Register the decorated check as a rule."""

    def register(check: _Function) -> _Function:
        _register(rule_id, check.__module__, stated, check)
        return check

    return register


def rule_of_needs(rule_id: str, **stated: Unpack[_Stated]) -> Callable[[_Function], _Function]:
    """Register a rule by what must be allowed, which the decorated function yields."""

    def register(collect: _Function) -> _Function:
        _register(rule_id, collect.__module__, stated, partial(unmet, rule_id=rule_id), collect=collect)
        return collect

    return register


def rule_of_implied_needs(rule_id: str, **stated: Unpack[_Stated]) -> Callable[[_Function], _Function]:
    """Register a rule by what must be allowed because of other needs, all of which the decorated function is given."""

    def register(imply: _Function) -> _Function:
        _register(rule_id, imply.__module__, stated, partial(unmet, rule_id=rule_id), imply=imply)
        return imply

    return register


def _register(
    rule_id: str,
    module: str,
    stated: _Stated,
    check: Check,
    *,
    collect: Collect | None = None,
    imply: Imply | None = None,
) -> None:
    if rule_id in RULES:
        raise ValueError(f"two rules are called {rule_id}")
    RULES[rule_id] = Rule(
        id=rule_id,
        title=stated["title"],
        why=stated["why"],
        consequence=stated["consequence"],
        sources=tuple(stated["sources"]),
        severity=stated.get("severity", Severity.ERROR),
        service=module.split(".")[2],
        module=module,
        check=check,
        collect=collect,
        imply=imply,
    )


def all_needs(context: Context) -> list[Need]:
    """Collect every need of a configuration, by every rule there is."""
    found = [
        replace(need, rule=each.id)
        for each in RULES.values()
        if each.collect is not None
        for need in each.collect(context)
    ]
    implied = [
        replace(need, rule=each.id)
        for each in RULES.values()
        if each.imply is not None
        for need in each.imply(context, found)
    ]
    return found + implied


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
