from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import SDK_PAGE, Code, calls, codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "unresolved-call",
    title="Every call to AWS in a function's code can be read",
    why="A call whose service, operation or receiver is computed cannot be held against the policy.",
    consequence="it may end in AccessDenied, and nothing here would tell",
    sources=(SDK_PAGE,),
)
def unresolved_call(context: Context) -> Iterator[Found]:
    """Services and operations are written out; which action each takes is known."""
    for code in codes(context):
        for each in code.analysis.unresolved:
            yield _open(code, f"{each.file}:{each.line}", each.what, "a client made with a literal service name")
        for call, wanted in calls(context, code):
            if wanted is None:
                what = f"which action {call.service}.{call.operation} takes is not known here"
                yield _open(code, f"{call.file}:{call.line}", what, "the service authorization reference")


def _open(code: Code, place: str, what: str, remedy: str) -> Found:
    return Found(
        item=code.function,
        verdict=Verdict.CANNOT_TELL,
        subject=place,
        message=f"{place}: {what}",
        remedy=remedy,
        ties=(alike := frozenset({f"unresolved {what}"})),
        after=alike,
    )
