from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plan_review.evaluate.attributes import partition
from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.machines import SPECIFICATION
from plan_review.state_machines import read_definition
from states_language.definition import is_open
from states_language.problems import Level
from states_language.validation import causes, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context
    from states_language.problems import Problem

_CONSEQUENCES = {
    Level.FAILS: "the definition is taken, and an execution that comes to this state fails, or does not end",
    Level.DOUBTFUL: "an execution may fail at this state",
}


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
        if definition.problem is not None:
            yield replace(_found(definition.problem, machine), ties=frozenset({f"machine {machine.address}"}))
        elif definition.unrendered:
            shown = ", ".join(definition.unrendered[:5])
            yield Found(
                item=machine,
                path=("definition",),
                message=f"its definition is a template that nothing fills in: it holds {shown}",
                remedy="read it with templatefile(FILE, {NAME = VALUE}) in place of file(FILE)",
                consequence="InvalidDefinition, or tasks that call what has no such name",
            )
        elif definition.body is None:
            yield Found(
                item=machine,
                path=("definition",),
                verdict=Verdict.CANNOT_TELL,
                message=f"its definition cannot be read: {definition.unknown}",
                remedy="a definition that is written out, or in a file that can be read here",
            )
        else:
            if is_open(definition.body):
                yield Found(
                    item=machine,
                    path=("definition",),
                    verdict=Verdict.CANNOT_TELL,
                    message="its definition cannot be read in full: a state, or what it leads to, is not known",
                    remedy="a definition in which the states, their types and their transitions are written out",
                )
            region = machine.region
            own = None if has_symbols(region) else partition(region)
            for problem in causes(problems_of(definition.body, kind=str(machine.get("type")), partition=own)):
                yield _found(problem, machine)


def _found(problem: Problem, machine: Item) -> Found:
    place = "/".join(problem.place.states)
    return Found(
        item=machine,
        path=("definition",),
        subject=place,
        message=f"{place or 'the definition'}: {problem.what}{_where(problem)}",
        remedy=problem.remedy,
        severity=Severity.WARNING if problem.level is Level.DOUBTFUL else None,
        consequence=_CONSEQUENCES.get(problem.level, ""),
    )


def _where(problem: Problem) -> str:
    """Return the part of the state, where the problem does not name it: one of several choices or retries."""
    field = problem.place.field
    return f" ({field})" if ("/" in field or "[" in field) and field not in problem.what else ""
