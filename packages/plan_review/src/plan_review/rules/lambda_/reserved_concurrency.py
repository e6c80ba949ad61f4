from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.ranges import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_CONCURRENCY = 1000


_KEPT_FREE = 100


@rule(
    "reserved-concurrency",
    title="Functions reserve no more concurrency than the account has",
    why="Accounts begin with 1,000 concurrent executions in a region, or fewer, of which 100 stay unreserved.",
    consequence=(
        "InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100]"
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html",),
)
def reserved_concurrency(context: Context) -> Iterator[Found]:
    """Beyond what accounts begin with, only Service Quotas can tell."""
    reserved: dict[str, float] = {}
    for function in context.view.items("aws_lambda_function"):
        wanted = number_of(function.get("reserved_concurrent_executions"))
        place = f"{function.region}/{function.account}"
        reserved[place] = reserved.get(place, 0) + max(wanted or 0, 0)
        if wanted and wanted > 0 and reserved[place] > _CONCURRENCY - _KEPT_FREE:
            yield Found(
                item=function,
                path=("reserved_concurrent_executions",),
                verdict=Verdict.CANNOT_TELL,
                message=f"with it {reserved[place]:g} executions are reserved; whether there are as many is not known",
                remedy='"Concurrent executions" in Service Quotas, for this account and region',
            )
