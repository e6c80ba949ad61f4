"""Definitions of state machines: valid in themselves, and allowed to do what their tasks do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.findings import Severity, Verdict
from plan_review.rules.api_calls import demands, prefix_of
from plan_review.rules.needs import Need, collects, unmet
from plan_review.rules.rule import Found, rule
from plan_review.states_language.checks import Problem, problems
from plan_review.states_language.definition import (
    State,
    arguments_of,
    inner_machines,
    integration,
    read_definition,
    states_of,
)
from plan_review.states_language.integrations import misuses
from plan_review.states_language.jsonata import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_SPECIFICATION = "https://states-language.net/spec.html"
_EVENTS_RULE = {
    "mediaconvert": "StepFunctionsGetEventsForMediaConvertJobRule",
    "states": "StepFunctionsGetEventsForStepFunctionsExecutionRule",
    "batch": "StepFunctionsGetEventsForBatchJobsRule",
    "codebuild": "StepFunctionsGetEventForCodeBuildStartBuildRule",
    "ecs": "StepFunctionsGetEventsForECSTaskRule",
}
_WATCHING = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
# Integration → what following a job to its end takes besides, by polling.
_FOLLOWED = {
    ("mediaconvert", "createjob"): ("mediaconvert:GetJob", "mediaconvert:CancelJob"),
    ("states", "startexecution"): ("states:DescribeExecution", "states:StopExecution"),
}


def _machines(context: Context) -> Iterator[tuple[Item, dict[str, Any]]]:
    for machine in context.view.items("aws_sfn_state_machine"):
        definition = read_definition(machine)
        if definition.body is not None:
            yield machine, definition.body


@rule(
    "state-machine-definition",
    title="A state machine's definition is one that Step Functions accepts",
    why="Terraform checks that a definition is a text; what the text says is read by Step Functions only.",
    consequence="InvalidDefinition: Invalid State Machine Definition",
    sources=(
        _SPECIFICATION,
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html",
    ),
)
def state_machine_definition(context: Context) -> Iterator[Found]:
    """States, transitions and fields are right, at every level."""
    for machine in context.view.items("aws_sfn_state_machine"):
        definition = read_definition(machine)
        if definition.problem:
            yield Found(item=machine, path=("definition",), message=definition.problem, remedy="write valid JSON")
        elif definition.body is None:
            yield Found(
                item=machine,
                path=("definition",),
                verdict=Verdict.CANNOT_TELL,
                message=f"its definition cannot be read: {definition.unknown}",
                remedy="a definition that is written out, or in a file that can be read here",
            )
        found = (
            ()
            if definition.body is None
            else [*problems(definition.body), *misuses(definition.body, machine), *expressions(definition.body)]
        )
        for problem in found:
            yield Found(
                item=machine,
                path=("definition",),
                subject=problem.place,
                message=f"{problem.place}: {problem.what}" if problem.place else problem.what,
                remedy=problem.remedy,
            )


def _problems(body: dict[str, Any], machine: Item) -> Iterator[Problem]:
    yield from problems(body)
    yield from misuses(body, machine)
    yield from expressions(body)


@rule_of_needs(
    "task-permission",
    title="A state machine may do what its tasks do",
    why="Each task acts under the state machine's role; Step Functions checks nothing of it before the task runs.",
    consequence="the execution fails at this state with AccessDenied",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",),
)
def task_permission(context: Context) -> Iterator[Need]:
    """The action of each task is allowed on what the task names."""
    for machine, body in _machines(context):
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
    found = demands(context, service, operation, arguments_of(state), machine)
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
    for action in _FOLLOWED.get((service, operation.lower()), ()):
        anything = context.view.evaluator.opaque("a job or execution")
        yield _need(context, machine, state, action, anything, any_resource=True)
    if service in _EVENTS_RULE:
        arn = f"arn:aws:events:{machine.region}:{machine.account}:rule/{_EVENTS_RULE[service]}"
        for action in _WATCHING:
            yield _need(context, machine, state, action, arn)


def followed_otherwise(machine: Item) -> Iterator[str]:
    """Yield the prefixes of services whose jobs a machine follows to their end, by actions that are not known here."""
    body = read_definition(machine).body
    for state in states_of(body) if body is not None else ():
        called = integration(state.body.get("Resource"))
        waits = called is not None and called.pattern.startswith("sync")
        if called is not None and waits and (called.service, called.operation.lower()) not in _FOLLOWED:
            yield prefix_of(called.service)


def _of_map(context: Context, machine: Item, state: State) -> Iterator[Need]:
    """A distributed map starts executions of its own machine, and may read and write objects."""
    processor = next(iter(inner_machines(state.body)), {})
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


@rule(
    "task-timeout",
    title="A task waits for a function at least as long as the function may run",
    why="When a task's time is up the function goes on, and a retry or the error path starts beside it.",
    consequence="the work is done twice, or an execution fails whose work is done all the same",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",),
    severity=Severity.WARNING,
)
def task_timeout(context: Context) -> Iterator[Found]:
    """TimeoutSeconds of a task is no shorter than the timeout of its function."""
    for machine, body in _machines(context):
        for state in states_of(body):
            limit = state.body.get("TimeoutSeconds")
            called = integration(state.body.get("Resource"))
            waits = called is None or (called.service == "lambda" and not called.pattern)
            name = state.body.get("Resource") if called is None else arguments_of(state).get("FunctionName")
            function = context.view.find(name, "aws_lambda_function") if waits and state.type == "Task" else None
            runs = function.get("timeout", _DEFAULT_TIMEOUT) if function is not None else None
            if isinstance(limit, int) and isinstance(runs, int) and limit < runs:
                yield Found(
                    item=machine,
                    path=("definition",),
                    subject="/".join(state.path),
                    message=f'the state "{state.name}" waits {limit} s, and its function may run for {runs} s',
                    remedy=f"give it {runs} seconds at least, or the function less",
                )


_DEFAULT_TIMEOUT = 3  # seconds, of a function


@rule(
    "task-resource",
    title="What a task calls can be read",
    why="A task whose integration or function is not known cannot be checked for permissions.",
    consequence="the execution may fail at this state",
    sources=(_SPECIFICATION,),
)
def task_resource(context: Context) -> Iterator[Found]:
    """Every task's resource is a function, an activity or an integration whose action is known."""
    for machine, body in _machines(context):
        for state in states_of(body):
            if state.type == "Task" and (reason := _unreadable(context, machine, state)):
                yield Found(
                    item=machine,
                    path=("definition",),
                    subject="/".join(state.path),
                    verdict=Verdict.CANNOT_TELL,
                    message=f'what the state "{state.name}" needs cannot be told: {reason}',
                    remedy="a resource that is written out, of an integration that is known here",
                )


def _unreadable(context: Context, machine: Item, state: State) -> str:
    resource = str(state.body.get("Resource", ""))
    if context.view.find(resource, "aws_lambda_function", "aws_lambda_alias", "aws_sfn_activity") is not None:
        return ""
    if called := integration(resource):
        known = demands(context, called.service, called.operation, arguments_of(state), machine) is not None
        name = arguments_of(state).get("FunctionName")
        if known and called.service == "lambda" and isinstance(name, str):
            found = context.view.find(_unqualified(name), "aws_lambda_function", "aws_lambda_alias")
            return "" if found else f"the function {context.view.show(name)} is not in this configuration"
        return "" if known else f"which action {called.service}:{called.operation} takes is not known here"
    if resource.startswith("arn:") and (":activity:" in resource or ":states:::" in resource):
        return ""
    return f"its resource is {context.view.show(resource) or 'missing'}"


def _unqualified(name: str) -> str:
    return name.removesuffix(":$LATEST")
