"""One configuration under review, with what the rules share: its items, its policies, and everything that is needed."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from plan_review.evaluate.view import View
from plan_review.findings import Verdict
from plan_review.policies.access import Access
from plan_review.policies.decide import Decision, covers_resource
from plan_review.rules.evidence import Evidence
from plan_review.rules.need import Need, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from plan_review.configuration.model import Configuration
    from plan_review.evaluate.items import Item

_T = TypeVar("_T")


def _nothing(_context: Context) -> list[Need]:
    return []


class Context:
    """What the rules look at; ``collect`` gathers what anything in the configuration needs to be allowed."""

    def __init__(
        self,
        configuration: Configuration,
        evidence: Evidence | None = None,
        collect: Callable[[Context], list[Need]] = _nothing,
    ) -> None:
        self.configuration = configuration
        self.evidence = evidence or Evidence()
        self.view = View(configuration, self.evidence.plan, made_up=self.evidence.made_up)
        self.access = Access(self.view)
        self._collect = collect
        self._decisions: dict[Need, Decision] = {}
        self._shared: dict[str, object] = {}

    @cached_property
    def needs(self) -> list[Need]:
        """Everything that anything here needs to be allowed."""
        return self._collect(self)

    def shared(self, name: str, make: Callable[[], _T]) -> _T:
        """Return what several rules need, made once."""
        if name not in self._shared:
            self._shared[name] = make()
        return cast("_T", self._shared[name])

    def decision(self, need: Need) -> Decision:
        """Return whether a need is met, by the policies of all concerned."""
        if need not in self._decisions:
            self._decisions[need] = self._decide(need)
        return self._decisions[need]

    def role(self, text: object) -> Item | Unknown:
        """Return the role that an argument names, or what is known of it where it is not in the configuration."""
        return self.access.roles.find(text) or Unknown(text=self.view.show(text))

    def _decide(self, need: Need) -> Decision:
        if isinstance(need.principal, Unknown):
            return Decision(
                verdict=Verdict.CANNOT_TELL, reason=f"the role {need.principal.text} is not in this configuration"
            )
        if isinstance(need.principal, str):
            if need.owner is None:
                return Decision(verdict=Verdict.CANNOT_TELL, reason="what it acts on is not in this configuration")
            return self.access.service_may(
                need.principal, need.action, need.owner, need.resource, conditions=need.conditions
            )
        if need.any_resource:
            found = self.access.role_may_somewhere(
                need.principal, need.action, need.resource, need.conditions, owner=need.owner
            )
            return self._everywhere(need, found) if need.every else found
        return self.access.role_may(
            need.principal, need.action, need.resource, owner=need.owner, conditions=need.conditions
        )

    def _everywhere(self, need: Need, found: Decision) -> Decision:
        """Doubt a decision that holds for a part of what is chosen at run time."""
        symbols = self.view.symbols
        whole = any(covers_resource(each, need.resource, symbols) is Verdict.HOLDS for each in found.statements)
        if found.verdict is not Verdict.HOLDS or whole:
            return found
        shown = ", ".join(symbols.show(text) for each in found.statements for text in each.resources or ())
        return replace(found, verdict=Verdict.CANNOT_TELL, reason=f"it is allowed on {shown} only")
