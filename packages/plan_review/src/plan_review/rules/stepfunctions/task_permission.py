from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.api_calls import needs_of_call
from plan_review.rules.shared.machines import FOLLOWED, machines
from states_language.definition import State, arguments_of, integration, processor_of, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_EVENTS_RULE = {
    "mediaconvert": "StepFunctionsGetEventsForMediaConvertJobRule",
    "states": "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    "batch": "StepFunctionsGetEventsForBatchJobsRule",
    "codebuild": "StepFunctionsGetEventForCodeBuildStartBuildRule",
    "ecs": "StepFunctionsGetEventsForECSTaskRule",
}


_WATCHING = ("events:PutTargets", "events:PutRule", "events:DescribeRule")


@rule_of_needs(
    "task-permission",
    title="A state machine may do what its tasks do",
    why="Each task acts under the state machine's role; Step Functions checks nothing of it before the task runs.",
    consequence="the execution fails at this state with AccessDenied",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",),
)
def task_permission(context: Context) -> Iterator[Need]:
    """The action of each task is allowed on what the task names."""
    for machine, body in machines(context):
        for state in states_of(body):
            if state.type == "Task":
                yield from _of_task(context, machine, state)
            elif state.type == "Map":
                yield from _of_map(context, machine, state)


def _of_task(context: Context, machine: Item, state: State) -> Iterator[Need]:
    resource = str(state.body.get("Resource", ""))
    if (function := context.view.find(resource, "aws_lambda_function", "aws_lambda_alias")) is not None:
        yield _need(context, machine, state, "lambda:InvokeFunction", resource, owner=function)
        return
    if resource.startswith("arn:") and ":function:" in resource:
        yield _need(context, machine, state, "lambda:InvokeFunction", resource)
        return
    called = integration(resource)
    if called is None:
        return
    yield from _of_call(context, machine, state, called.service, called.operation)
    if called.pattern.startswith("sync"):
        yield from _of_waiting(context, machine, state, called.service, called.operation)


def _of_call(context: Context, machine: Item, state: State, service: str, operation: str) -> Iterator[Need]:
    found = needs_of_call(context, service, operation, arguments_of(state), machine)
    for demand in found or ():
        yield _need(
            context,
            machine,
            state,
            demand.action,
            demand.resource,
            owner=demand.owner,
            any_resource=demand.any_resource,
            certain=demand.certain,
            conditions=demand.conditions,
        )


def _of_waiting(context: Context, machine: Item, state: State, service: str, operation: str) -> Iterator[Need]:
    """A task that waits for a job's end has EventBridge tell it, by a rule that Step Functions manages."""
    for action in FOLLOWED.get((service, operation.lower()), ()):
        anything = context.view.evaluator.opaque("a job or execution")
        yield _need(context, machine, state, action, anything, any_resource=True)
    if service in _EVENTS_RULE:
        arn = f"arn:aws:events:{machine.region}:{machine.account}:rule/{_EVENTS_RULE[service]}"
        for action in _WATCHING:
            yield _need(context, machine, state, action, arn)


def _of_map(context: Context, machine: Item, state: State) -> Iterator[Need]:
    """A distributed map starts executions of its own machine, and may read and write objects."""
    processor = processor_of(state.body)
    if (processor.get("ProcessorConfig") or {}).get("Mode") != "DISTRIBUTED":
        return
    yield _need(context, machine, state, "states:StartExecution", machine.arn)
    executions = (
        f"{machine.arn.replace(':stateMachine:', ':execution:')}:{context.view.evaluator.opaque('an execution')}"
    )
    for action in ("states:DescribeExecution", "states:StopExecution"):
        yield _need(context, machine, state, action, executions, any_resource=True)
    for field in ("ItemReader", "ResultWriter"):
        part = state.body.get(field)
        if not isinstance(part, dict):
            continue
        if (called := integration(part.get("Resource"))) is not None:
            inner = State(state.name, part, state.machine, state.language, state.path)
            yield from _of_call(context, machine, inner, called.service, called.operation)


def _need(context: Context, machine: Item, state: State, action: str, resource: str, **more: Any) -> Need:
    return Need(
        item=machine,
        principal=context.role(machine.get("role_arn")),
        action=action,
        resource=resource,
        purpose=f'in the state "{state.name}"',
        path=("definition",),
        subject="/".join(state.path),
        **more,
    )
