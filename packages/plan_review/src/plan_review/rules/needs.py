"""What a resource needs to be allowed: found by one rule after the other, decided in one place.

A need says who must be allowed to do what on what, and why. The rules on permissions each collect their own; rules on
keys, on order and on permissions that nobody uses look at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from plan_review.findings import Severity, Verdict
from plan_review.policies.decide import Decision, covers_resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.model import Path
    from plan_review.rules.rule import Context, Found

EVERY_RESOURCE = "*"
"""As the resource of a need: the action knows no resources, so that only a statement on ``*`` allows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A principal that is not in the configuration; ``text`` is how it is given there."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Need:
    """``principal`` (a role, or a service's name) must be allowed ``action`` on ``resource``, or ``item`` fails.

    ``owner`` is the resource whose own policy has a say. ``any_resource`` where the resource is chosen at run time:
    then it is enough to be allowed on some, or it must be on each where ``every``. ``at_creation`` where AWS checks
    this when ``item`` is made, so that the policy has to be there before; ``repeats`` where the provider tries again
    for a while when AWS refuses a creation. ``at_first_use`` where what comes too early is lost. ``certain`` is false
    where it may never be used.
    """

    rule: str
    item: Item
    principal: Item | str | Unknown
    action: str
    resource: str
    owner: Item | None = None
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    purpose: str = ""
    path: Path | None = None
    subject: str = ""
    any_resource: bool = False
    every: bool = False
    at_creation: bool = False
    repeats: bool = False
    at_first_use: bool = False
    certain: bool = True
    severity: Severity | None = None
    consequence: str = ""


COLLECTORS: dict[str, list[Callable[[Context], Iterable[Need]]]] = {}
"""What collects the needs of a rule, by the rule's id."""


def collects(
    *rule_ids: str,
) -> Callable[[Callable[[Context], Iterable[Need]]], Callable[[Context], Iterable[Need]]]:
    """Register the decorated function as a source of needs for these rules."""

    def register(collect: Callable[[Context], Iterable[Need]]) -> Callable[[Context], Iterable[Need]]:
        for rule_id in rule_ids:
            COLLECTORS.setdefault(rule_id, []).append(collect)
        return collect

    return register


IMPLIERS: dict[str, Callable[[Context, list[Need]], Iterable[Need]]] = {}
"""What finds needs that others bring with them, by the rule's id."""


def implies(
    rule_id: str,
) -> Callable[[Callable[[Context, list[Need]], Iterable[Need]]], Callable[[Context, list[Need]], Iterable[Need]]]:
    """Register the decorated function as a source of needs that follow from other needs."""

    def register(imply: Callable[[Context, list[Need]], Iterable[Need]]) -> Callable[..., Iterable[Need]]:
        IMPLIERS[rule_id] = imply
        return imply

    return register


def all_needs(context: Context) -> list[Need]:
    """Collect every need of a configuration."""
    found: list[Need] = []
    for collect in dict.fromkeys(collect for collects_ in COLLECTORS.values() for collect in collects_):
        found += collect(context)
    return found + [need for imply in IMPLIERS.values() for need in imply(context, found)]


def decide_need(context: Context, need: Need) -> Decision:
    """Return whether a need is met, by the policies of all concerned."""
    if isinstance(need.principal, Unknown):
        return Decision(
            verdict=Verdict.CANNOT_TELL, reason=f"the role {need.principal.text} is not in this configuration"
        )
    if isinstance(need.principal, str):
        if need.owner is None:
            return Decision(verdict=Verdict.CANNOT_TELL, reason="what it acts on is not in this configuration")
        return context.access.service_may(
            need.principal, need.action, need.owner, need.resource, conditions=need.conditions
        )
    if need.any_resource:
        found = context.access.role_may_somewhere(
            need.principal, need.action, need.resource, need.conditions, owner=need.owner
        )
        return _everywhere(context, need, found) if need.every else found
    return context.access.role_may(
        need.principal, need.action, need.resource, owner=need.owner, conditions=need.conditions
    )


def _everywhere(context: Context, need: Need, found: Decision) -> Decision:
    """Doubt a decision that holds for a part of what is chosen at run time."""
    symbols = context.view.symbols
    whole = any(covers_resource(each, need.resource, symbols) is Verdict.HOLDS for each in found.statements)
    if found.verdict is not Verdict.HOLDS or whole:
        return found
    shown = ", ".join(symbols.show(text) for each in found.statements for text in each.resources or ())
    return replace(found, verdict=Verdict.CANNOT_TELL, reason=f"it is allowed on {shown} only")


def unmet(context: Context, rule_id: str) -> Iterator[Found]:
    """Yield what a rule's needs lack, one finding for each group of actions by the same principal on the same thing."""
    groups: dict[tuple[Any, ...], list[tuple[Need, Decision]]] = {}
    for need in context.needs:
        if need.rule != rule_id:
            continue
        decision = context.decision(need)
        verdict = decision.verdict
        if verdict is Verdict.MISSING and not need.certain:
            verdict = Verdict.CANNOT_TELL
        if verdict is not Verdict.HOLDS:
            key = (need.item.address, _name(need), need.resource, verdict, need.path, need.subject, need.purpose)
            groups.setdefault(key, []).append((need, decision))
    for (_, _, _, verdict, *_), entries in groups.items():
        yield _found(context, verdict, entries)


def _name(need: Need) -> str:
    if isinstance(need.principal, str):
        return need.principal
    return need.principal.text if isinstance(need.principal, Unknown) else need.principal.address


def _found(context: Context, verdict: Verdict, entries: list[tuple[Need, Decision]]) -> Found:
    from plan_review.rules.rule import Found  # noqa: PLC0415 - the two modules describe each other

    need = entries[0][0]
    actions = ", ".join(dict.fromkeys(entry.action for entry, _ in entries))
    on = _on(context, need)
    reasons = "; ".join(dict.fromkeys(decision.reason for _, decision in entries if decision.reason))
    who = _name(need)
    if verdict is Verdict.MISSING:
        message = f"{who} may not {actions} on {on}{_purpose(need)}: {reasons}"
        remedy = _remedy(need, actions, on)
    else:
        message = f"whether {who} may {actions} on {on}{_purpose(need)} cannot be told: {reasons}"
        remedy = "the statements that are not readable here, or a plain reference in their place"
        if isinstance(need.principal, str) and need.owner is None:
            remedy = f"the policy of {on}, or its resource in this configuration"
    return Found(
        item=need.item,
        verdict=verdict,
        message=message,
        remedy=remedy,
        path=need.path,
        subject=need.subject,
        severity=need.severity,
        consequence=need.consequence,
    )


def _purpose(need: Need) -> str:
    return f" {need.purpose}" if need.purpose else ""


def _on(context: Context, need: Need) -> str:
    if need.resource == EVERY_RESOURCE:
        return '"*"'
    if need.owner is not None and need.resource == need.owner.arn:
        return need.owner.address
    return context.view.show(need.resource)


def _remedy(need: Need, actions: str, on: str) -> str:
    if not isinstance(need.principal, str):
        return f"allow {actions} on {on} in a policy of {_name(need)}"
    owner = need.owner.address if need.owner is not None else on
    source = need.conditions.get("aws:sourcearn")
    narrowed = " with the condition aws:SourceArn" if source else ""
    if need.owner is not None and need.owner.type.startswith("aws_lambda"):
        return f"add an aws_lambda_permission on {owner} for the principal {need.principal}, with source_arn"
    return f"let the policy of {owner} allow {actions} to {need.principal}{narrowed}"
