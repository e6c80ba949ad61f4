from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.items import blocks_of
from plan_review.rules.events.targets import BY_POLICY, BY_ROLE
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.api_calls import needs_of_call
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_START_PIPELINE = "codepipeline:StartPipelineExecution"
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
_BY_ROLE = {**BY_ROLE, "aws_cloudwatch_event_bus": "events:PutEvents", "aws_codepipeline": _START_PIPELINE}
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
_UNIVERSAL = re.compile(r"arn:aws[\w-]*:scheduler:::aws-sdk:(?P<service>[\w-]+):(?P<operation>\w+)")


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
    owner = context.view.find(arn, *BY_POLICY, *_BY_ROLE)
    wanted: list[tuple[str, str, Item | None]] = []
    if owner is not None:
        action = BY_POLICY.get(owner.type) or _BY_ROLE[owner.type]
        wanted.append((action, arn, owner if owner.type in BY_POLICY else None))
    wanted += _tasks(context, target, arn)
    wanted += _calls(context, schedule, target, arn)
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


def _tasks(context: Context, target: dict[str, Any], arn: str) -> list[tuple[str, str, Item | None]]:
    """Return what starting a task on a cluster takes: the action is on the task definition, in all its revisions."""
    found: list[tuple[str, str, Item | None]] = []
    for block in blocks_of(target.get("ecs_parameters")):
        definition = block.get("task_definition_arn")
        if isinstance(definition, str) and (definition or arn):
            found.append(("ecs:RunTask", definition, None))
            item = context.view.find(definition, "aws_ecs_task_definition")
            roles = [item.get(name) for name in ("task_role_arn", "execution_role_arn")] if item is not None else []
            found += [("iam:PassRole", role, None) for role in roles if isinstance(role, str) and role]
    return found


def _calls(
    context: Context, schedule: Item, target: dict[str, Any], arn: str
) -> Iterator[tuple[str, str, Item | None]]:
    """Yield what a universal target takes: a call of an SDK, with the target's input as its arguments."""
    called = _UNIVERSAL.fullmatch(arn)
    if called is None:
        return
    given = parsed(target.get("input"))
    arguments = given if isinstance(given, dict) else {}
    for need in needs_of_call(context, called["service"], called["operation"], arguments, schedule) or ():
        yield need.action, need.resource, need.owner
