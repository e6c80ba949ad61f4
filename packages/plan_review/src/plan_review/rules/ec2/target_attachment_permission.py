from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_FUNCTIONS = ("aws_lambda_function", "aws_lambda_alias")


@rule_of_needs(
    "target-attachment-permission",
    title="A load balancer may invoke the function that is its target, before it becomes one",
    why=(
        "A target group invokes a function under the function's own policy, and registering it is refused while that "
        "policy does not let `elasticloadbalancing.amazonaws.com` in."
    ),
    consequence=(
        "AccessDenied: elasticloadbalancing principal does not have permission to invoke the function from the target "
        "group"
    ),
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html",
        "https://repost.aws/knowledge-center/cloudformation-lambda-dependency",
    ),
)
def target_attachment_permission(context: Context) -> Iterator[Need]:
    """Functions that are targets let the load balancer in for their target group."""
    for attachment in context.view.items("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
        target = attachment.get("target_id")
        owner = context.view.find(target, *_FUNCTIONS)
        group = attachment.get("target_group_arn")
        if owner is not None:
            yield Need(
                item=attachment,
                principal="elasticloadbalancing.amazonaws.com",
                action="lambda:InvokeFunction",
                resource=str(target),
                owner=owner,
                conditions={"aws:sourcearn": (str(group),)},
                purpose="from this target group",
                path=("target_id",),
                at_creation=True,
            )
