from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.events.targets import BY_POLICY, BY_ROLE, ROLES_PAGE, all_targets
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule_of_needs(
    "event-target-role-permission",
    title="The role of a rule's target may do what the target is for",
    why="With a role, EventBridge delivers under the role's policies: the action on this very target must be allowed.",
    consequence="the event is not delivered: the rule's FailedInvocations metric counts it, and nothing else tells",
    sources=(ROLES_PAGE,),
)
def event_target_role_permission(context: Context) -> Iterator[Need]:
    """The role may start, put or send."""
    for target, arn, owner in all_targets(context):
        role = target.get("role_arn")
        if owner is not None and role is not None:
            yield Need(
                item=target,
                principal=context.role(role),
                action=BY_POLICY.get(owner.type) or BY_ROLE[owner.type],
                resource=arn,
                owner=owner if owner.type in BY_POLICY else None,
                purpose="for this rule",
                path=("role_arn",),
                at_first_use=True,
            )
