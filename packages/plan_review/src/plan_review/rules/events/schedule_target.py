from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from plan_review.evaluate.items import blocks_of
from plan_review.rules.events.targets import BY_POLICY, BY_ROLE
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.api_calls import needs_of_call
from plan_review.rules.shared.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


class _Wanted(NamedTuple):
    action: str
    resource: str
    owner: Item | None = None
    conditions: Mapping[str, tuple[str, ...]] = {}


def _scheduled(context: Context, schedule: Item, target: dict[str, Any]) -> Iterator[Need]:
    arn = str(target.get("arn", ""))
    role = context.role(target.get("role_arn"))
    owner = context.view.find(arn, *BY_POLICY, *_BY_ROLE)
    wanted: list[_Wanted] = []
    if owner is not None:
        action = BY_POLICY.get(owner.type) or _BY_ROLE[owner.type]
        wanted.append(_Wanted(action, arn, owner if owner.type in BY_POLICY else None))
    wanted += [*_tasks(context, target, arn), *_calls(context, schedule, target, arn)]
    for block in blocks_of(target.get("dead_letter_config")):
        queue = str(block.get("arn", ""))
        wanted.append(_Wanted("sqs:SendMessage", queue, context.view.find(queue, "aws_sqs_queue")))
    for each in wanted:
        yield Need(
            item=schedule,
            principal=role,
            action=each.action,
            resource=each.resource,
            owner=each.owner,
            conditions=each.conditions,
            purpose="for this schedule",
            path=("target", 0, "role_arn"),
        )


def _tasks(context: Context, target: dict[str, Any], cluster: str) -> Iterator[_Wanted]:
    """Yield what starting a task on a cluster takes: the action on a revision of the task definition, and its roles.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """
    for block in blocks_of(target.get("ecs_parameters")):
        definition = block.get("task_definition_arn")
        if not isinstance(definition, str):
            continue
        item = context.view.find(definition, "aws_ecs_task_definition")
        arn = item.arn if item is not None else definition
        yield _Wanted("ecs:RunTask", arn, conditions={"ecs:cluster": (cluster,)})
        for name in ("task_role_arn", "execution_role_arn"):
            role = item.get(name) if item is not None else None
            if isinstance(role, str):
                passed = {"iam:passedtoservice": ("ecs-tasks.amazonaws.com",)}
                yield _Wanted("iam:PassRole", role, conditions=passed)


def _calls(context: Context, schedule: Item, target: dict[str, Any], arn: str) -> Iterator[_Wanted]:
    """Yield what a universal target takes: a call of an SDK, with the target's input as its arguments."""
    called = _UNIVERSAL.fullmatch(arn)
    if called is None:
        return
    given = parsed(target.get("input"))
    arguments = given if isinstance(given, dict) else {}
    for need in needs_of_call(context, called["service"], called["operation"], arguments, schedule) or ():
        yield _Wanted(need.action, need.resource, need.owner)
