from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import VARIABLES_PAGE, codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Read by the runtime, by extensions and by libraries, never by a function's own code.
_NOT_FOR_CODE = ("AWS_", "POWERTOOLS_", "LAMBDA_", "OTEL_", "DD_", "PYTHON", "NEW_RELIC_", "SENTRY_", "TZ", "LD_")


@rule(
    "variable-not-read",
    title="Every environment variable that is set is read",
    why="A variable that nothing reads is a misspelt one, or left over from code that is gone.",
    consequence="the setting has no effect",
    sources=(VARIABLES_PAGE,),
    severity=Severity.WARNING,
)
def variable_not_read(context: Context) -> Iterator[Found]:
    """What is set is read by the code, a library or the runtime."""
    for code in codes(context):
        analysis = code.analysis
        if not analysis.found or analysis.problem or analysis.dynamic_environment:
            continue
        read = {each.name for each in analysis.reads}
        for name in sorted(code.variables or {}):
            if name not in read and not name.startswith(_NOT_FOR_CODE):
                yield Found(
                    item=code.function,
                    path=("environment", 0, "variables", name),
                    subject=name,
                    message=f"no code reads its variable {name}",
                    remedy="take it out, or spell it as the code does",
                    ties=frozenset({f"unread {code.function.address}"}),
                    after=frozenset(
                        {
                            f"unread {code.function.address}",
                            f"variable {code.function.address} {name}",
                            f"unset {code.function.address}",
                        }
                    ),
                )
