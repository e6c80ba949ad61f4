from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.lambda_.function_environment import RESERVED_VARIABLES
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import VARIABLES_PAGE, codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "variable-not-set",
    title="Every environment variable that the code needs is set",
    why="The code is followed from the handler; a variable that is read without a default must be among those set.",
    consequence="the function fails at its first event, with a KeyError or its own message",
    sources=(VARIABLES_PAGE,),
)
def variable_not_set(context: Context) -> Iterator[Found]:
    """What is read is set, unless there is a default."""
    for code in codes(context):
        seen: set[str] = set()
        for read in code.analysis.reads:
            given = code.variables is not None and read.name in code.variables
            elsewhere = read.name in RESERVED_VARIABLES or read.name in code.analysis.writes
            if given or elsewhere or read.required is False or read.name in seen:
                continue
            if read.required is None and any(
                other.required for other in code.analysis.reads if other.name == read.name
            ):
                continue
            seen.add(read.name)
            sure = read.required and code.variables is not None
            yield Found(
                item=code.function,
                path=("environment",),
                subject=read.name,
                ties=frozenset({f"unset {code.function.address}"}),
                verdict=Verdict.MISSING if sure else Verdict.CANNOT_TELL,
                message=(
                    f"{read.file}:{read.line} needs the variable {read.name}, which is not set"
                    if sure
                    else f"{read.file}:{read.line} reads the variable {read.name}, which is not known to be set"
                ),
                remedy=f"set {read.name}" if sure else "a default at the place where it is read",
            )
