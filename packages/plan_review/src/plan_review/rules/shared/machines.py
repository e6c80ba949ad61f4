"""The state machines of a configuration with their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.rules.shared.api_calls import needs_of_call, prefix_of
from plan_review.state_machines import read_definition
from states_language.definition import State, arguments_of, integration, states_of
from states_language.resources import is_function, is_refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


SPECIFICATION = "https://states-language.net/spec.html"


# Integration → what following a job to its end takes besides, by polling.
FOLLOWED = {
    ("mediaconvert", "createjob"): ("mediaconvert:GetJob", "mediaconvert:CancelJob"),
    ("states", "startexecution"): ("states:DescribeExecution", "states:StopExecution"),
}


def machines(context: Context) -> Iterator[tuple[Item, dict[str, Any]]]:
    """Yield the state machines whose definition is known, each with it."""
    for machine in context.view.items("aws_sfn_state_machine"):
        definition = read_definition(machine)
        if definition.body is not None:
            yield machine, definition.body


def followed_otherwise(machine: Item) -> Iterator[str]:
    """Yield the prefixes of services whose jobs a machine follows to their end, by actions that are not known here."""
    body = read_definition(machine).body
    for state in states_of(body) if body is not None else ():
        called = integration(state.body.get("Resource"))
        waits = called is not None and called.pattern.startswith("sync")
        if called is not None and waits and (called.service, called.operation.lower()) not in FOLLOWED:
            yield prefix_of(called.service)


def unreadable_tasks(context: Context) -> Iterator[tuple[Item, State, str]]:
    """Yield the tasks of which it cannot be told what they need: the machine, the state, and why."""
    for machine, body in machines(context):
        for state in states_of(body):
            # What is refused as it stands is said of the definition.
            if state.type != "Task" or is_refused(state.body.get("Resource")):
                continue
            if reason := _unreadable(context, machine, state):
                yield machine, state, reason


def _unreadable(context: Context, machine: Item, state: State) -> str:
    resource = str(state.body.get("Resource", ""))
    if context.view.find(resource, "aws_lambda_function", "aws_lambda_alias", "aws_sfn_activity") is not None:
        return ""
    if called := integration(resource):
        known = needs_of_call(context, called.service, called.operation, arguments_of(state), machine) is not None
        name = arguments_of(state).get("FunctionName")
        if known and called.service == "lambda" and isinstance(name, str):
            found = context.view.find(_unqualified(name), "aws_lambda_function", "aws_lambda_alias")
            return "" if found else f"the function {context.view.show(name)} is not in this configuration"
        return "" if known else f"which action {called.service}:{called.operation} takes is not known here"
    known_by_its_form = resource.startswith("arn:") and (":activity:" in resource or ":states:::" in resource)
    if is_function(resource) or known_by_its_form:
        return ""
    return f"its resource is {context.view.show(resource) or 'missing'}"


def _unqualified(name: str) -> str:
    return name.removesuffix(":$LATEST")
