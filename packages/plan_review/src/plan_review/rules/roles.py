"""Roles: who assumes them, and who may be handed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.aws.service_roles import ROLE_USERS, RoleUser
from plan_review.evaluate.attributes import partition
from plan_review.evaluate.symbols import both, either, has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.policies.decide import Decision, Request, covers_action, covers_resource, decide
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.rule import Context

_PASS = "iam:PassRole"  # noqa: S105 - an action's name
_PASSED_TO = "iam:PassedToService"
_ASSUME = "sts:AssumeRole"
# Services that also go by a principal of the region, such as logs.eu-west-1.amazonaws.com.
_ALSO_REGIONAL = ("codedeploy.amazonaws.com", "logs.amazonaws.com", "states.amazonaws.com")


def users(context: Context) -> Iterator[tuple[Item, RoleUser, Any, tuple[str | int, ...]]]:
    """Yield every argument that hands a role to a service: the item, what is known of the use, the value, its path."""
    for user in ROLE_USERS:
        for item in context.view.items(user.type):
            for path, value in item.values_at(user.path):
                if isinstance(value, str) and value:
                    yield item, user, value, path


def trusts(context: Context, role: Item, service: str, sources: tuple[str, ...] = ()) -> Decision:
    """Return whether a role's trust policy lets a service assume it, for one of the source ARNs if any are given."""
    names = [service]
    if service in _ALSO_REGIONAL:
        names.append(service.replace(".", f".{role.region}.", 1))
    conditions: dict[str, tuple[str, ...]] = {"aws:sourceaccount": (role.account,)}
    if sources:
        conditions["aws:sourcearn"] = sources
    request = Request(
        action=_ASSUME,
        resource=None,
        principals=tuple(f"Service:{name}" for name in names),
        conditions=conditions,
    )
    return decide(context.access.roles.trust(role), request, context.view.symbols)


# Service → the service in the ARNs for which it acts, as a condition on aws:SourceArn has them.
_IN_ARNS = {
    "ecs-tasks.amazonaws.com": "ecs",
    "events.amazonaws.com": "events",
    "firehose.amazonaws.com": "firehose",
    "lambda.amazonaws.com": "lambda",
    "logs.amazonaws.com": "logs",
    "pipes.amazonaws.com": "pipes",
    "scheduler.amazonaws.com": "scheduler",
}


def _sources(context: Context, service: str, role: Item) -> tuple[str, ...]:
    """Return what a service acts for, as far as that can be told: something of its own, in the role's account."""
    name = _IN_ARNS.get(service)
    anything = context.view.evaluator.opaque(f"what {service} acts for")
    return (f"arn:{partition(role.region)}:{name}:{role.region}:{role.account}:{anything}",) if name else ()


@rule(
    "role-trust",
    title="A role trusts the service that uses it",
    why="A service works under a role only if the role's trust policy names the service's own principal.",
    consequence="InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-service.html",),
)
def role_trust(context: Context) -> Iterator[Found]:
    """Every role handed to a service by an argument can be assumed by it."""
    for item, user, value, path in users(context):
        role = context.access.roles.find(value)
        if role is None or role.resource.mode == "data":
            continue
        sources = (item.arn,) if user.own_arn_is_source else _sources(context, user.service, role)
        decision = trusts(context, role, user.service, sources)
        if decision.verdict is Verdict.HOLDS:
            continue
        missing = decision.verdict is Verdict.MISSING
        yield Found(
            item=item,
            path=path,
            verdict=decision.verdict,
            message=(
                f"{role.address} does not trust {user.service}: {decision.reason}"
                if missing
                else f"whether {role.address} trusts {user.service} here cannot be told: {decision.reason}"
            ),
            remedy=(
                f'let the trust policy of {role.address} allow {_ASSUME} to {{"Service": "{user.service}"}}'
                if missing
                else "a trust policy whose principals and conditions are stated"
            ),
            consequence=user.consequence,
        )


def _passing(context: Context) -> Iterator[tuple[Item, Statement]]:
    """Yield the statements that let a role of this configuration hand over roles."""
    for role in context.view.items("aws_iam_role"):
        for statement in context.access.roles.statements(role):
            if statement.allows and covers_action(statement, _PASS, context.view.symbols) is Verdict.HOLDS:
                yield role, statement


def _passed_to(statement: Statement) -> tuple[str, ...] | None:
    """Return the services that roles may be passed to; None where the statement does not say."""
    for test, keys in statement.conditions.items():
        for key, values in keys.items():
            if key.lower() == _PASSED_TO.lower() and "Not" not in test and "Null" not in test:
                return values
    return None


@rule(
    "pass-role-service",
    title="PassRole says to which service the role may be passed",
    why="Without `iam:PassedToService` the role can be handed to any service that its trust policy allows.",
    consequence="whoever has the role can have other services act under the passed one",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",),
    severity=Severity.WARNING,
)
def pass_role_service(context: Context) -> Iterator[Found]:
    """Statements on PassRole have the condition."""
    for role, statement in _passing(context):
        named = statement.actions is not None and any("passrole" in action.lower() for action in statement.actions)
        if named and _passed_to(statement) is None:
            yield Found(
                item=statement.holder or role,
                subject=statement.label,
                path=("policy",),
                message=f"{statement.label} lets {role.address} pass roles to any service",
                remedy=f'add the condition {{"StringEquals": {{"{_PASSED_TO}": "<service>.amazonaws.com"}}}}',
            )


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
    for holder, statement in _passing(context):
        services = _passed_to(statement) or ()
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
                    yield _distrust(holder, statement, role, service, decision)
            yield from _others(context, role, services)


def _distrust(holder: Item, statement: Statement, role: Item, service: str, decision: Decision) -> Found:
    missing = decision.verdict is Verdict.MISSING
    return Found(
        item=role,
        verdict=decision.verdict,
        path=("assume_role_policy",),
        subject=f"{holder.address}: {statement.label}",
        message=(
            f"{holder.address} may pass it to {service}, which it does not trust: {decision.reason}"
            if missing
            else f"{holder.address} may pass it to {service}; whether it trusts that cannot be told: {decision.reason}"
        ),
        remedy=f'let its trust policy allow {_ASSUME} to {{"Service": "{service}"}}',
    )


def _others(context: Context, role: Item, services: tuple[str, ...]) -> Iterator[Found]:
    """Yield the other services that a passed role trusts, unless it is handed to them by an argument."""
    if not services:
        return
    used = {user.service for _, user, value, _ in users(context) if context.access.roles.find(value) is role}
    for statement in context.access.roles.trust(role):
        for name in statement.principals or ():
            service = name.removeprefix("Service:")
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


@rule(
    "open-to-everyone",
    title="No policy lets everyone in without a condition",
    why=(
        "`Principal: *` means every AWS account and, for buckets, queues and topics, the whole Internet. A condition "
        "on the source, the account or the organisation is what narrows it."
    ),
    consequence="anyone can use the resource; with S3's public access block the policy is refused with AccessDenied",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",),
)
def open_to_everyone(context: Context) -> Iterator[Found]:
    """Resource and trust policies name principals, or conditions."""
    kinds = ("aws_sqs_queue", "aws_sns_topic", "aws_s3_bucket", "aws_kms_key", "aws_lambda_function")
    for item in context.view.items(*kinds):
        policy = context.access.resources.of(item)
        for statement in () if policy.default else policy.statements:
            if _is_open(context, statement):
                yield _opened(item, statement, statement.source)
    for url in context.view.items("aws_lambda_function_url"):
        if url.get("authorization_type") == "NONE":
            yield Found(
                item=url,
                path=("authorization_type",),
                severity=Severity.WARNING,
                message="whoever knows the URL can invoke the function",
                remedy='use "AWS_IAM", or suppress this finding with what keeps others out',
            )
    for role in context.view.items("aws_iam_role"):
        for statement in context.access.roles.trust(role):
            if _is_open(context, statement):
                yield _opened(role, statement, role.address)


def _is_open(context: Context, statement: Statement) -> bool:
    everyone = "*" in (statement.principals or ()) or statement.not_principals is not None
    conditioned = any(keys for keys in statement.conditions.values())
    if not statement.allows or not everyone or conditioned or statement.unreadable:
        return False
    # Reading objects of a bucket that serves a website is what people mean to open.
    public_read = both(either(covers_action(statement, "s3:GetObject", context.view.symbols)))
    only_read = (
        public_read is Verdict.HOLDS
        and covers_action(statement, "s3:PutObject", context.view.symbols) is Verdict.MISSING
    )
    return not only_read


def _opened(item: Item, statement: Statement, source: str) -> Found:
    return Found(
        item=source,
        path=("policy",),
        subject=statement.label,
        message=f"{statement.label} opens {item.address} to everyone",
        remedy="name the principal, or add a condition on aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID",
    )
