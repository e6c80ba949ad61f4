from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.events.targets import EVENTS, PERMISSIONS_PAGE, rule_arn
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "event-log-target",
    title="A rule may write to the log group that is its target",
    why="EventBridge writes to a log group under a resource policy of CloudWatch Logs, which Terraform must state.",
    consequence="the event is not delivered: the rule's FailedInvocations metric counts it, and nothing else tells",
    sources=(
        PERMISSIONS_PAGE,
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target",
    ),
)
def event_log_target(context: Context) -> Iterator[Found]:
    """A resource policy of CloudWatch Logs lets EventBridge write."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        arn = str(target.get("arn", "")).removesuffix(":*")
        group = context.view.find(arn, "aws_cloudwatch_log_group")
        if group is None:
            continue
        resource = f"{group.arn}:log-stream:*"
        writers = (EVENTS, "delivery.logs.amazonaws.com")
        conditions = {"aws:sourceaccount": (target.account,), "aws:sourcearn": (rule_arn(context, target),)}
        decision = context.access.logs_let(writers, "logs:PutLogEvents", resource, conditions)
        if decision.verdict is Verdict.HOLDS:
            continue
        yield Found(
            item=target,
            verdict=decision.verdict,
            path=("arn",),
            message=(
                f"no resource policy of CloudWatch Logs lets EventBridge write to {group.address}"
                if decision.verdict is Verdict.MISSING
                else f"whether EventBridge may write to {group.address} cannot be told: {decision.reason}"
            ),
            remedy=(
                "add an aws_cloudwatch_log_resource_policy that allows logs:CreateLogStream and logs:PutLogEvents "
                f"to {EVENTS} and delivery.logs.amazonaws.com on the group's ARN with :*"
            ),
        )
