from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.findings import Severity
from plan_review.rules.found import Found, edits_at
from plan_review.rules.rule import rule
from plan_review.rules.shared.provider_docs import RESOURCE_DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


# Type, argument, the value that switches it off, what that means.
_OFF: tuple[tuple[str, str, Any, str], ...] = (
    ("aws_cloudwatch_event_rule", "state", "DISABLED", "nothing that it matches is delivered"),
    ("aws_cloudwatch_event_rule", "is_enabled", False, "nothing that it matches is delivered"),
    ("aws_cloudwatch_metric_alarm", "actions_enabled", False, "it tells nobody"),
    ("aws_lambda_event_source_mapping", "enabled", False, "nothing is read from its source"),
    ("aws_lambda_function", "reserved_concurrent_executions", 0, "every invocation is throttled"),
    ("aws_media_convert_queue", "status", "PAUSED", "its jobs wait until it is set going again"),
)


@rule(
    "switched-off",
    title="Nothing is switched off for good",
    why="It is done while looking for a fault, and forgotten. A variable with a value per stage says that it is meant.",
    consequence="everything is deployed and in order, and nothing happens",
    sources=(f"{RESOURCE_DOCS}/cloudwatch_event_rule", f"{RESOURCE_DOCS}/lambda_function"),
    severity=Severity.WARNING,
)
def switched_off(context: Context) -> Iterator[Found]:
    """The argument that switches it off is written out; an expression is somebody's decision."""
    for kind, argument, off, consequence in _OFF:
        for item in context.view.items(kind):
            written = item.resource.arguments.get(argument)
            if written is not None and written == off and type(written) is type(off):
                yield Found(
                    item=item,
                    path=(argument,),
                    edits=edits_at(item, (argument,), "remove"),
                    message=f"{argument} is {json.dumps(off)}",
                    remedy=f"take {argument} out, or make it a setting",
                    consequence=consequence,
                )
