from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.need import Unknown
from plan_review.rules.rule import rule
from plan_review.rules.shared.log_groups import log_group_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "function-log-group",
    title="A function's log group exists, or the function may create it",
    why="Lambda writes to an existing log group; where there is none, the role needs logs:CreateLogGroup.",
    consequence="the function runs and CloudWatch holds no line of what it said, errors included",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",),
)
def function_log_group(context: Context) -> Iterator[Found]:
    """There is a log group, or a right to make one."""
    for function in context.view.items("aws_lambda_function"):
        name = log_group_name(function)
        role = context.role(function.get("role"))
        if context.view.find(name, "aws_cloudwatch_log_group") is not None or isinstance(role, Unknown):
            continue
        group = f"arn:aws:logs:{function.region}:{function.account}:log-group:{name}"
        # CloudWatch Logs checks actions on groups against the ARN with and without what stands for all streams.
        decisions = [
            context.access.role_may(role, "logs:CreateLogGroup", arn) for arn in (group, f"{group}:log-stream:")
        ]
        if all(decision.verdict is Verdict.MISSING for decision in decisions):
            yield Found(
                item=function,
                verdict=Verdict.CANNOT_TELL,
                path=("function_name",),
                message=f"its log group {context.view.show(name)} is not in this configuration; it may not create it",
                remedy=f"an aws_cloudwatch_log_group of that name, or logs:CreateLogGroup for {role.address}",
            )
