from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.events.targets import BY_ROLE, EVENTS, ROLES_PAGE, all_targets
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Services whose targets EventBridge refuses without a role, by the service in the ARN.
_NEED_ROLE = ("states", "kinesis", "firehose", "codebuild", "codepipeline", "ecs")


@rule(
    "event-target-role",
    title="A target that EventBridge reaches by a role has one",
    why="State machines, streams, builds, pipelines and tasks have no policy that could let EventBridge in.",
    consequence="ValidationException: RoleArn is required for target",
    sources=(ROLES_PAGE, "https://github.com/hashicorp/terraform-provider-aws/pull/19913"),
)
def event_target_role(context: Context) -> Iterator[Found]:
    """``role_arn`` is given where the kind of target demands it."""
    for target, arn, owner in all_targets(context):
        service = arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") > 2 else ""  # noqa: PLR2004 - arn:p:s:
        kind = owner.type if owner is not None else ""
        if target.get("role_arn") is None and (kind in BY_ROLE or service in _NEED_ROLE):
            yield Found(
                item=target,
                path=("role_arn",),
                message=f"its target {context.view.show(arn)} is reached by a role, and none is given",
                remedy=f"give role_arn: a role that trusts {EVENTS} and allows {BY_ROLE.get(kind, 'the action')}",
            )
