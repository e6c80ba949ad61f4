from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.machines import SPECIFICATION
from plan_review.states_language.checks import problems
from plan_review.states_language.definition import is_open, read_definition
from plan_review.states_language.integrations import misuses
from plan_review.states_language.jsonata import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "state-machine-definition",
    title="A state machine's definition is one that Step Functions accepts",
    why="Terraform checks that a definition is a text; what the text says is read by Step Functions only.",
    consequence="InvalidDefinition: Invalid State Machine Definition",
    sources=(
        SPECIFICATION,
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
        elif is_open(definition.body):
            yield Found(
                item=machine,
                path=("definition",),
                verdict=Verdict.CANNOT_TELL,
                message="its definition cannot be read in full: a state, or what it leads to, is not known",
                remedy="a definition in which the states, their types and their transitions are written out",
            )
        found = (
            ()
            if definition.body is None or is_open(definition.body)
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
