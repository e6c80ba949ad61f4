from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_DEFAULT_TIMEOUT = 3  # seconds, of a function


_DEFAULT_VISIBILITY = 30  # seconds, of a queue


@rule(
    "queue-visibility-timeout",
    title="A queue hides messages for as long as the function that takes them may run",
    why="A message that becomes visible while it is being handled is handled twice; Lambda refuses such a mapping.",
    consequence="InvalidParameterValueException: Queue visibility timeout: 30 seconds is less than Function timeout",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",),
)
def queue_visibility_timeout(context: Context) -> Iterator[Found]:
    """Visibility timeout ≥ function timeout."""
    for mapping in context.view.items("aws_lambda_event_source_mapping"):
        queue = context.view.find(mapping.get("event_source_arn"), "aws_sqs_queue")
        function = context.view.find(mapping.get("function_name"), "aws_lambda_function")
        if queue is None or function is None or queue.resource.mode == "data" or function.resource.mode == "data":
            continue
        visible = queue.get("visibility_timeout_seconds", _DEFAULT_VISIBILITY)
        timeout = function.get("timeout", _DEFAULT_TIMEOUT)
        if isinstance(visible, (int, float)) and isinstance(timeout, (int, float)) and visible < timeout:
            yield Found(
                item=queue,
                path=("visibility_timeout_seconds",),
                subject=mapping.address,
                message=f"it hides a message for {visible} s, and {function.address} may run for {timeout} s",
                remedy=f"set visibility_timeout_seconds to {timeout} at least; AWS advises six times: {6 * timeout}",
            )
