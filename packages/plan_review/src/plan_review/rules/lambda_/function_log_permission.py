from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.log_groups import log_group_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_ROLE_PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"


@rule_of_needs(
    "function-log-permission",
    title="A function may write its logs",
    why="Lambda writes a function's logs under the function's role, to streams within its log group.",
    consequence="the function runs and CloudWatch holds no line of what it said, errors included",
    sources=(_ROLE_PAGE, "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html"),
)
def function_log_permission(context: Context) -> Iterator[Need]:
    """Streams can be created and written in the function's log group."""
    for function in context.view.items("aws_lambda_function"):
        name = log_group_name(function)
        streams = f"arn:aws:logs:{function.region}:{function.account}:log-group:{name}:log-stream:"
        stream = streams + context.view.evaluator.opaque("a stream's name")
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            yield Need(
                item=function,
                principal=context.role(function.get("role")),
                action=action,
                resource=stream,
                purpose="to write its logs",
                path=("role",),
            )
