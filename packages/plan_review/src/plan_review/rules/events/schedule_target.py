from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.rules.events.targets import BY_POLICY, BY_ROLE
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


@rule_of_needs(
    "schedule-target",
    title="The role of a schedule may invoke its target and its dead-letter queue",
    why="EventBridge Scheduler does everything under the role of the schedule, writing dead letters included.",
    consequence="the invocation fails when it is due, and is retried until it is dropped",
    sources=("https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role",),
)
def schedule_target(context: Context) -> Iterator[Need]:
    """The schedule's role is allowed what the schedule does."""
    for schedule in context.view.items("aws_scheduler_schedule"):
        for target in schedule.blocks("target"):
            yield from _scheduled(context, schedule, target)


def _scheduled(context: Context, schedule: Item, target: dict[str, Any]) -> Iterator[Need]:
    arn = str(target.get("arn", ""))
    role = context.role(target.get("role_arn"))
    owner = context.view.find(arn, *BY_POLICY, *BY_ROLE)
    wanted: list[tuple[str, str, Item | None]] = []
    if owner is not None:
        action = BY_POLICY.get(owner.type) or BY_ROLE[owner.type]
        wanted.append((action, arn, owner if owner.type in BY_POLICY else None))
    for block in blocks_of(target.get("dead_letter_config")):
        queue = str(block.get("arn", ""))
        wanted.append(("sqs:SendMessage", queue, context.view.find(queue, "aws_sqs_queue")))
    for action, resource, behind in wanted:
        yield Need(
            item=schedule,
            principal=role,
            action=action,
            resource=resource,
            owner=behind,
            purpose="for this schedule",
            path=("target", 0, "role_arn"),
        )
