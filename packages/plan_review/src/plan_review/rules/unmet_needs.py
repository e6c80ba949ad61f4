"""What is found where a need is not met: one finding for all actions by one principal on one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.findings import Edit, Verdict, argument_tie
from plan_review.rules.found import Found, statement_ties
from plan_review.rules.need import EVERY_RESOURCE, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.policies.decide import Decision
    from plan_review.rules.context import Context
    from plan_review.rules.need import Need

_KEYS = ("aws_kms_key", "aws_kms_replica_key")
# Arguments for which a resource needs several things that have nothing to do with each other.
_OF_SEVERAL = ("role", "role_arn", "definition", "environment", "policy")


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
    need = entries[0][0]
    actions = ", ".join(dict.fromkeys(entry.action for entry, _ in entries))
    on = _on(context, need)
    reasons = "; ".join(dict.fromkeys(decision.reason for _, decision in entries if decision.reason))
    who = _name(need)
    if verdict is Verdict.MISSING:
        message = f"{who} may not {actions} on {on}{_purpose(need)}: {reasons}"
        remedy = _lifted(entries, actions, on) or _remedy(need, actions, on)
    else:
        message = f"whether {who} may {actions} on {on}{_purpose(need)} cannot be told: {reasons}"
        remedy = "the statements that are not readable here, or a plain reference in their place"
        if isinstance(need.principal, str) and need.owner is None:
            remedy = f"the policy of {on}, or its resource in this configuration"
    ties, after = _ties(entries, on)
    return Found(
        item=need.item,
        verdict=verdict,
        message=message,
        remedy=remedy,
        ties=ties,
        after=after,
        edits=_edits(context, entries) if verdict is Verdict.MISSING else (),
        path=need.path,
        subject=need.subject,
        severity=need.severity,
        consequence=need.consequence,
    )


def _lifted(entries: list[tuple[Need, Decision]], actions: str, on: str) -> str:
    """Return how to lift a denial, or the boundary that limits a role; empty where nothing forbids it."""
    for _, decision in entries:
        if decision.denied:
            labels = ", ".join(f"{each.label} of {each.source}" for each in decision.statements)
            return f"leave {actions} on {on} out of what {labels} denies"
        if decision.boundary:
            return f"allow {actions} on {on} in the permissions boundary {decision.boundary} as well"
    return ""


def _ties(entries: list[tuple[Need, Decision]], on: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what would have to change so that the need is met, and what else it may follow from."""
    need = entries[0][0]
    decisions = [decision for _, decision in entries]
    deciding = statement_ties(*(statement for each in decisions for statement in each.statements))
    denying = statement_ties(*(statement for each in decisions if each.denied for statement in each.statements))
    limits = frozenset(f"boundary {each.boundary}" for each in decisions if each.boundary)
    ties = denying | limits or _grants(need, on)
    near = frozenset(f"near {statement.source}" for each in decisions for statement in each.statements)
    trust = (
        frozenset()
        if isinstance(need.principal, (str, Unknown))
        else frozenset({f"trust {need.principal.address}", f"malformed {need.principal.address}"})
    )
    misspelt = {f"action {each.action.lower()}" for each, _ in entries}
    return ties | near, ties | deciding | trust | misspelt | argument_tie(need.item.address, need.path)


def _grants(need: Need, on: str) -> frozenset[str]:
    """Return what one statement would settle: all that somebody lacks on one thing, or for one setting, or of a key."""
    who = _name(need)
    found = {f"grant {who} on {on}"}
    if need.path and need.path[0] not in _OF_SEVERAL:
        found.add(f"grant {who} for {need.item.address} {need.path[0]}")
    if need.owner is not None and need.owner.type in _KEYS:
        found.add(f"key {need.owner.address}")
    return frozenset(found)


def _edits(context: Context, entries: list[tuple[Need, Decision]]) -> tuple[Edit, ...]:
    """Return the statement to add, where a policy of the role is written out and the resource can be referred to."""
    need = entries[0][0]
    owner, role = need.owner, need.principal
    if owner is None or owner.key is not None or isinstance(role, (str, Unknown)) or need.resource != owner.arn:
        return ()
    # A statement that nearly allows it is to be changed, and how takes thought; so does what denies it.
    if owner.type in _KEYS or any(each.statements or each.denied or each.boundary for _, each in entries):
        return ()
    early = any(each.at_creation or each.at_first_use for each, _ in entries)
    for policy in context.view.items("aws_iam_role_policy"):
        written = str(policy.resource.arguments.get("policy", "")).startswith("{") and policy.key is None
        late = early and not context.view.depends(need.item.resource.address, policy.resource.address)
        if written and not late and context.access.roles.find(policy.get("role")) is role:
            actions = list(dict.fromkeys(each.action for each, _ in entries))
            statement = {"Effect": "Allow", "Action": actions, "Resource": f"${{{owner.resource.address}.arn}}"}
            return (Edit(policy.resource.address, ("policy", "Statement"), "append", statement),)
    return ()


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
