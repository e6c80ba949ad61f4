from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import HANDLER_PAGE, codes, elsewhere_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "function-code",
    title="A function's code is at hand",
    why="Without the source neither its calls nor its variables can be checked.",
    consequence="what its role must allow is not known",
    sources=(HANDLER_PAGE,),
)
def function_code(context: Context) -> Iterator[Found]:
    """The package of the handler is found, for functions in Python."""
    for code in codes(context):
        if not code.analysis.found and not elsewhere_found(context, code):
            yield Found(
                item=code.function,
                path=("handler",),
                verdict=Verdict.CANNOT_TELL,
                message=f"the code of its handler {code.function.get('handler')} is not here",
                remedy="the folder in which the handler's package stands, given with --project",
            )
