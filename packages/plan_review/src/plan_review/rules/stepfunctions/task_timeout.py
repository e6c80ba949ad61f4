from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.machines import machines
from states_language.definition import arguments_of, integration, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context

_DEFAULT_TIMEOUT = 3  # seconds, of a function


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
    for machine, body in machines(context):
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
