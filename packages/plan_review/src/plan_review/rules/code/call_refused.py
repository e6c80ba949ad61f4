from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.function_code import SDK_PAGE, codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "call-refused",
    title="Every call to AWS is one that the SDK sends",
    why=(
        "boto3 has a method for each operation of the API, and checks the names of arguments before it sends anything. "
        "A name that it does not know ends the function, not the call."
    ),
    consequence="AttributeError, or ParamValidationError: Parameter validation failed, at the first such call",
    sources=("https://boto3.amazonaws.com/v1/documentation/api/latest/guide/error-handling.html", SDK_PAGE),
)
def call_refused(context: Context) -> Iterator[Found]:
    """Operations and arguments are those of the SDK's models; a newer SDK may know more."""
    for code in codes(context):
        for call in code.analysis.calls:
            if call.misuse:
                yield Found(
                    item=code.function,
                    verdict=Verdict.MISSING if call.surely and call.certain else Verdict.CANNOT_TELL,
                    subject=f"{call.file}:{call.line}",
                    message=f"{call.file}:{call.line}: {call.misuse}",
                    remedy="write it as the SDK's reference does",
                )
