from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.arns import service_of
from plan_review.evaluate.symbols import is_symbol
from plan_review.rules.events.targets import BY_POLICY, EVENTS, PERMISSIONS_PAGE, all_targets, rule_arn
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.receivers import opened_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def _elsewhere(context: Context, target: Item, arn: str) -> Iterator[Need]:
    """Yield what a target that is not in this configuration must allow; its policy is not known here."""
    source = rule_arn(context, target)
    service = service_of(arn)
    if target.get("role_arn") is None and (service in _ACTIONS or is_symbol(arn)) and not opened_for(context, source):
        yield Need(
            item=target,
            principal=EVENTS,
            action=_ACTIONS.get(service, "lambda:InvokeFunction, sqs:SendMessage or sns:Publish"),
            resource=arn,
            conditions={"aws:sourcearn": (source,)},
            purpose="for this rule",
            path=("arn",),
        )


@rule_of_needs(
    "event-target-permission",
    title="A rule may invoke each of its targets",
    why=(
        "EventBridge delivers to functions, queues and topics under their own policies. Terraform adds no permission "
        "by itself, as the console does; and a topic's or queue's default policy does not let EventBridge in."
    ),
    consequence="the event is not delivered: the rule's FailedInvocations metric counts it, and nothing else tells",
    sources=(PERMISSIONS_PAGE, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html"),
)
def event_target_permission(context: Context) -> Iterator[Need]:
    """Functions, queues and topics let EventBridge in for this rule."""
    for target, arn, owner in all_targets(context):
        if owner is None:
            yield from _elsewhere(context, target, arn)
        elif target.get("role_arn") is None and owner.type in BY_POLICY:
            yield Need(
                item=target,
                principal=EVENTS,
                action=BY_POLICY[owner.type],
                resource=arn,
                owner=owner,
                conditions={"aws:sourcearn": (rule_arn(context, target),)},
                purpose="for this rule",
                path=("arn",),
                at_first_use=True,
            )
