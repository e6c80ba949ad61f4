from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.iam.pass_role import PASSED_TO, passed_to, passing_statements
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


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
    for role, statement in passing_statements(context):
        named = statement.actions is not None and any("passrole" in action.lower() for action in statement.actions)
        if named and passed_to(statement) is None:
            yield Found(
                item=statement.holder or role,
                subject=statement.label,
                path=("policy",),
                message=f"{statement.label} lets {role.address} pass roles to any service",
                remedy=f'add the condition {{"StringEquals": {{"{PASSED_TO}": "<service>.amazonaws.com"}}}}',
            )
