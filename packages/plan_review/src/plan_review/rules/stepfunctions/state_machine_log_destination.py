from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import is_symbol
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.stepfunctions.logging import LOGGING_PAGE, logging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "state-machine-log-destination",
    title="The log destination of a state machine ends in `:*`",
    why="Step Functions takes the ARN of a log group with all its streams, and Terraform's `arn` comes without `:*`.",
    consequence=(
        "InvalidLoggingConfiguration: Invalid Logging Configuration: Log Group ARN must be provided with '*' qualifier."
    ),
    sources=(LOGGING_PAGE, "https://github.com/hashicorp/terraform-provider-aws/issues/17682"),
)
def state_machine_log_destination(context: Context) -> Iterator[Found]:
    """The destination is there and ends in ``:*``."""
    path = ("logging_configuration", 0, "log_destination")
    for machine, block in logging_of(context):
        destination = block.get("log_destination")
        if destination in (None, ""):
            yield Found(
                item=machine,
                path=path,
                message="it logs, and names no destination",
                remedy='give log_destination = "${aws_cloudwatch_log_group.<name>.arn}:*"',
            )
        elif not str(destination).endswith(":*"):
            unknown = is_symbol(str(destination)[-1:])
            certain = not unknown or context.view.find(destination, "aws_cloudwatch_log_group") is not None
            shown = context.view.show(destination)
            yield Found(
                item=machine,
                path=path,
                verdict=Verdict.MISSING if certain else Verdict.CANNOT_TELL,
                message=f'the log destination {shown} {"does" if certain else "may"} not end in ":*"',
                remedy=f'write "{shown}:*"' if certain else "an expression that ends in a literal ':*'",
            )
