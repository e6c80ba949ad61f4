from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.attributes import partition
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.iam.trust import ASSUME, role_users, trusts
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


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
    for item, user, value, path in role_users(context):
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
                f'let the trust policy of {role.address} allow {ASSUME} to {{"Service": "{user.service}"}}'
                if missing
                else "a trust policy whose principals and conditions are stated"
            ),
            consequence=user.consequence,
            ties=frozenset({f"trust {role.address}"}),
        )
