"""What a set of statements says of one request: IAM's evaluation logic, with a third answer for what is unknown.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html : an explicit deny wins,
else one allow is enough, else the request is denied.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import Kind, both, either, has_symbols, literally
from plan_review.findings import Verdict
from plan_review.policies.conditions import conditions_hold, filled_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plan_review.evaluate.symbols import SymbolTable
    from plan_review.policies.statements import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``action`` on ``resource`` by ``principals``: all names that the caller goes by, none to leave them out.

    ``resource`` is an ARN, or ``*`` for an action that knows no resources. ``conditions`` maps condition keys in lower
    case to what the request carries; see ``conditions_hold``.
    """

    action: str
    resource: str | None
    principals: tuple[str, ...] = ()
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``statements`` are those that decided; ``reason`` says why it is missing or cannot be told.

    ``denied`` where a statement denies it; ``boundary`` is what limits the role where its own policies would allow it.
    """

    verdict: Verdict
    statements: tuple[Statement, ...] = ()
    reason: str = ""
    denied: bool = False
    boundary: str = ""


def decide(statements: Iterable[Statement], request: Request, symbols: SymbolTable) -> Decision:
    """Return whether these statements allow the request."""
    weighed = [(statement, *_applies(statement, request, symbols)) for statement in statements]
    relevant = [entry for entry in weighed if entry[1] is not Verdict.MISSING or entry[2]]
    denials = [entry for entry in relevant if not entry[0].allows and not entry[0].unreadable]
    for statement, verdict, _ in denials:
        if verdict is Verdict.HOLDS:
            reason = f"{statement.label} of {statement.source} denies it"
            return Decision(verdict=Verdict.MISSING, statements=(statement,), reason=reason, denied=True)
    allows = [entry for entry in relevant if entry[0].allows or entry[0].unreadable]
    verdict = either(*(entry[1] for entry in allows))
    doubts = [entry for entry in denials if entry[1] is Verdict.CANNOT_TELL]
    if verdict is Verdict.HOLDS and not doubts:
        granting = tuple(statement for statement, one, _ in allows if one is Verdict.HOLDS)
        return Decision(verdict=verdict, statements=granting)
    if verdict is Verdict.HOLDS:
        verdict = Verdict.CANNOT_TELL
        allows = doubts
    reasons = [reason for _, one, reason in allows if one is verdict and reason]
    return Decision(
        verdict=verdict,
        statements=tuple(statement for statement, one, _ in allows if one is verdict),
        reason="; ".join(dict.fromkeys(reasons)) or "no statement allows it",
    )


def _applies(statement: Statement, request: Request, symbols: SymbolTable) -> tuple[Verdict, str]:
    """Whether a statement is about the request; the reason names what nearly fitted or could not be told."""
    if statement.unreadable:
        return Verdict.CANNOT_TELL, statement.unreadable
    action = covers_action(statement, request.action, symbols)
    principal = _covers_principal(statement, request, symbols)
    if Verdict.MISSING in (action, principal):
        return Verdict.MISSING, ""
    given = _filled(statement, request, symbols) if statement.variables else statement
    resource = covers_resource(given, request.resource, symbols)
    if resource is Verdict.MISSING:
        return resource, _elsewhere(statement, request, symbols)
    met, open_ones = conditions_hold(statement.conditions, request.conditions, symbols)
    verdict = both(action, principal, resource, met)
    if verdict is Verdict.HOLDS:
        return verdict, ""
    return verdict, _doubt(statement, resource, open_ones, symbols)


def _filled(statement: Statement, request: Request, symbols: SymbolTable) -> Statement:
    """Return a statement whose resources have the request's values in the place of policy variables."""
    resources, others = (
        None if given is None else tuple(filled_in(each, request.conditions, symbols) for each in given)
        for given in (statement.resources, statement.not_resources)
    )
    return replace(
        statement,
        resources=None if resources is None else tuple(each for each in resources if each is not None),
        not_resources=None if others is None else tuple(each for each in others if each is not None),
    )


def _elsewhere(statement: Statement, request: Request, symbols: SymbolTable) -> str:
    if not statement.allows or request.resource is None:
        return ""
    shown = ", ".join(map(symbols.show, statement.resources or ()))
    return f"{statement.label} of {statement.source} allows it on {shown or 'other resources'} only"


def _doubt(statement: Statement, resource: Verdict, open_ones: tuple[str, ...], symbols: SymbolTable) -> str:
    if open_ones:
        return f"{statement.label} of {statement.source} has the condition {'; '.join(open_ones)}"
    if resource is Verdict.CANNOT_TELL:
        shown = ", ".join(map(symbols.show, statement.resources or ()))
        return f"{statement.label} of {statement.source} names {shown}"
    return f"{statement.label} of {statement.source} cannot be read in full"


def covers_action(statement: Statement, action: str, symbols: SymbolTable) -> Verdict:
    """Whether the statement's actions include this one; IAM ignores case here."""
    if statement.actions is not None:
        return either(*(symbols.matches(pattern, action, ignore_case=True) for pattern in statement.actions))
    if statement.not_actions is not None:
        excluded = either(*(symbols.matches(pattern, action, ignore_case=True) for pattern in statement.not_actions))
        return _opposite(excluded)
    return Verdict.MISSING


def covers_resource(statement: Statement, resource: str | None, symbols: SymbolTable) -> Verdict:
    """Whether the statement's resources include this one. A statement without resources covers what holds it."""
    if resource is None:
        return Verdict.HOLDS
    if statement.resources is not None:
        return either(*(symbols.matches(pattern, resource) for pattern in statement.resources))
    if statement.not_resources is not None:
        return _opposite(either(*(symbols.matches(pattern, resource) for pattern in statement.not_resources)))
    return Verdict.HOLDS


def _covers_principal(statement: Statement, request: Request, symbols: SymbolTable) -> Verdict:
    if not request.principals:
        return Verdict.HOLDS
    if statement.principals is not None:
        return _names(statement.principals, request.principals, symbols)
    if statement.not_principals is not None:
        return _opposite(_names(statement.not_principals, request.principals, symbols))
    return Verdict.HOLDS


def _names(listed: tuple[str, ...], principals: tuple[str, ...], symbols: SymbolTable) -> Verdict:
    """Whether a list of principals names the caller; wildcards stand only for everyone, never for a part of a name."""
    if "*" in listed:
        return Verdict.HOLDS
    found = [symbols.matches(literally(name), principal) for name in listed for principal in principals]
    return either(*found, *(Verdict.CANNOT_TELL for name in listed if _may_be_everyone(name, symbols)))


def _may_be_everyone(name: str, symbols: SymbolTable) -> bool:
    """Whether an unknown principal may be ``*``: an ARN that a resource makes is none."""
    kind, _, who = name.partition(":")
    symbol = symbols.symbol(who)
    if symbol is not None and kind == "AWS":
        return symbol.kind is Kind.OPAQUE and symbol.attribute != "arn"
    return who == "*" and has_symbols(kind)


def _opposite(verdict: Verdict) -> Verdict:
    if verdict is Verdict.CANNOT_TELL:
        return verdict
    return Verdict.MISSING if verdict is Verdict.HOLDS else Verdict.HOLDS
