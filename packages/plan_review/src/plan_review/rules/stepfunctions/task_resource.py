from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.machines import SPECIFICATION, unreadable_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "task-resource",
    title="What a task calls can be read",
    why="A task whose integration or function is not known cannot be checked for permissions.",
    consequence="the execution may fail at this state",
    sources=(SPECIFICATION,),
)
def task_resource(context: Context) -> Iterator[Found]:
    """Every task's resource is a function, an activity or an integration whose action is known."""
    for machine, state, reason in unreadable_tasks(context):
        yield Found(
            item=machine,
            path=("definition",),
            subject="/".join(state.path),
            verdict=Verdict.CANNOT_TELL,
            message=f'what the state "{state.name}" needs cannot be told: {reason}',
            remedy="a resource that is written out, of an integration that is known here",
        )
