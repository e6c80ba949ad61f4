from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.function_code import SDK_PAGE, Code, calls, codes
from plan_review.rules.shared.listeners import triggering_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.code_calls import BotoCall
    from plan_review.rules.context import Context
    from plan_review.rules.shared.api_calls import ApiNeed


@rule_of_needs(
    "code-permission",
    title="A function's role allows every call to AWS that the function's code makes",
    why=(
        "The code is followed from the handler through the package: clients, resources, paginators and waiters, with "
        "the environment variables that name what they act on. What is chosen at run time must be allowed somewhere."
    ),
    consequence="AccessDeniedException: User is not authorized to perform the action, at the first such call",
    sources=(SDK_PAGE,),
)
def code_permission(context: Context) -> Iterator[Need]:
    """Each call of the source finds an allow."""
    for code in codes(context):
        for call, wanted in calls(context, code):
            for demand in wanted or ():
                yield from _of_demand(context, code, call, demand)


def _of_demand(context: Context, code: Code, call: BotoCall, demand: ApiNeed) -> Iterator[Need]:
    resources = [(demand.resource, demand.any_resource, demand.owner, False)]
    at_run_time = demand.any_resource and demand.owner is None
    if at_run_time and demand.action == "s3:GetObject":
        # An object that is read from a bucket known at run time only is one of the bucket that invokes the function.
        anything = context.view.evaluator.opaque("a key")
        started_by = triggering_keys(context, code.function)
        resources += [(f"{bucket.arn}/{prefix}{anything}", True, bucket, True) for bucket, prefix in started_by]
    for resource, any_resource, owner, every in resources:
        yield Need(
            item=code.function,
            principal=context.role(code.function.get("role")),
            action=demand.action,
            resource=resource,
            owner=owner,
            any_resource=any_resource,
            every=every,
            conditions=demand.conditions,
            certain=call.certain and demand.certain,
            purpose=f"as {call.file}:{call.line} does with {call.service}.{call.operation}",
            path=("role",),
            subject=f"{call.file}:{call.line}",
        )
