from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import is_symbol
from plan_review.rules.need import EVERY_RESOURCE, Need
from plan_review.rules.rule import rule_of_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule_of_needs(
    "function-tracing-permission",
    title="A function that traces may send traces",
    why="Lambda sends segments to X-Ray under the function's role; the actions know no resources.",
    consequence="the function runs, and X-Ray shows no trace of it",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",),
)
def function_tracing_permission(context: Context) -> Iterator[Need]:
    """Segments and telemetry may be sent."""
    for function in context.view.items("aws_lambda_function"):
        mode = (function.block("tracing_config") or {}).get("mode")
        unknown = function.is_dynamic("tracing_config") or is_symbol(mode)
        if mode != "Active" and not unknown:
            continue
        for action in ("xray:PutTraceSegments", "xray:PutTelemetryRecords"):
            yield Need(
                item=function,
                principal=context.role(function.get("role")),
                action=action,
                resource=EVERY_RESOURCE,
                purpose="to send traces",
                certain=not unknown,
                path=("tracing_config",),
            )
