from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.policies.decide import Decision, covers_resource
from plan_review.rules.found import Found, statement_ties
from plan_review.rules.iam.pass_role import PASS_ROLE, PASSED_TO, passed_to, passing_statements
from plan_review.rules.iam.trust import ASSUME, role_users, trusts
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


@rule(
    "pass-role-trust",
    title="A role that may be passed to a service trusts that service, and no other",
    why="PassRole lets the call through; the service then assumes the role, which its trust policy must allow.",
    consequence="the call is accepted and what it started fails when the service tries to assume the role",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://docs.aws.amazon.com/mediaconvert/latest/ug/iam-role.html",
    ),
)
def pass_role_trust(context: Context) -> Iterator[Found]:
    """The trust policies of passed roles fit the services that PassRole names."""
    symbols = context.view.symbols
    queues = tuple(queue.arn for queue in context.view.items("aws_media_convert_queue"))
    distrusted: set[str] = set()
    for holder, statement in passing_statements(context):
        services = passed_to(statement) or ()
        for role in context.view.items("aws_iam_role"):
            named = covers_resource(statement, role.arn, symbols) is Verdict.HOLDS
            if not named or statement.resources is None or "*" in statement.resources:
                continue
            for service in services:
                if has_symbols(service) or "*" in service:
                    continue
                sources = queues if service == "mediaconvert.amazonaws.com" else ()
                decision = trusts(context, role, service, sources)
                if decision.verdict is not Verdict.HOLDS:
                    distrusted.add(role.address)
                    yield _distrust(
                        context, holder=holder, statement=statement, role=role, service=service, decision=decision
                    )
            if role.address not in distrusted:
                yield from _others(context, role, services)


def _distrust(
    context: Context, *, holder: Item, statement: Statement, role: Item, service: str, decision: Decision
) -> Found:
    missing = decision.verdict is Verdict.MISSING
    trust = f'let the trust policy of {role.address} allow {ASSUME} to {{"Service": "{service}"}}'
    meant = _meant(context, holder, statement, role, service) if missing else ""
    return Found(
        item=role,
        verdict=decision.verdict,
        path=("assume_role_policy",),
        ties=statement_ties(statement),
        subject=f"{holder.address}: {statement.label}",
        message=(
            f"{holder.address} may pass it to {service}, which it does not trust: {decision.reason}"
            if missing
            else f"{holder.address} may pass it to {service}; whether it trusts that cannot be told: {decision.reason}"
        ),
        remedy=f"{meant}; or {trust}" if meant else trust,
    )


def _meant(context: Context, holder: Item, statement: Statement, role: Item, service: str) -> str:
    """Return what of the statement is the likelier mistake than the trust; empty where nothing speaks for that.

    A role is made for the services that it trusts. Where another role trusts the service, that one was meant; where
    the role is passed to one that it trusts, that service was.
    """
    if not context.access.roles.trust(role) or any(each.unreadable for each in context.access.roles.trust(role)):
        return ""
    passed = [need for need in context.needs if need.action == PASS_ROLE and need.principal is holder]
    wanted = {
        name for need in passed if need.resource == role.arn for name in need.conditions.get(PASSED_TO.lower(), ())
    }
    if wanted and service not in wanted:
        return f"write {', '.join(sorted(wanted))} for {PASSED_TO} in {statement.label} of {statement.source}"
    if wanted:
        return ""
    others = [
        other.address
        for other in context.view.items("aws_iam_role")
        if other is not role and trusts(context, other, service).verdict is Verdict.HOLDS
    ]
    if len(others) != 1:
        return ""
    return f"name {others[0]} in {statement.label} of {statement.source}, which trusts {service}"


def _others(context: Context, role: Item, services: tuple[str, ...]) -> Iterator[Found]:
    """Yield the other services that a passed role trusts, unless it is handed to them by an argument."""
    if not services or any(has_symbols(service) or "*" in service for service in services):
        return
    used = {user.service for _, user, value, _ in role_users(context) if context.access.roles.find(value) is role}
    for statement in context.access.roles.trust(role):
        for name in statement.principals or ():
            service = name.removeprefix("Service:")
            if has_symbols(service):
                continue
            if statement.allows and name.startswith("Service:") and service not in services and service not in used:
                yield Found(
                    item=role,
                    path=("assume_role_policy",),
                    subject=service,
                    severity=Severity.WARNING,
                    message=f"it is passed to {', '.join(services)}, and trusts {service} as well",
                    consequence="a service that has no use for the role can act under it",
                    remedy=f"take {service} out of its trust policy",
                )
