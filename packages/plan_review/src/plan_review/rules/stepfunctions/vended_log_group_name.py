from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.stepfunctions.logging import logging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_VENDED = "/aws/vendedlogs/"


@rule(
    "vended-log-group-name",
    title="The log group of a state machine is named under /aws/vendedlogs/",
    why=(
        "Log delivery writes each log group's name into one resource policy per account and region, limited to 5,120 "
        "characters. Names under `/aws/vendedlogs/` are covered by a single entry."
    ),
    consequence=(
        "sooner or later: Invalid Logging Configuration: The CloudWatch Logs Resource Policy size was exceeded. "
        "We suggest prefixing your CloudWatch log group name with /aws/vendedlogs/states/."
    ),
    sources=(
        "https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html",
        "https://github.com/aws/aws-cdk/issues/28900",
    ),
    severity=Severity.WARNING,
)
def vended_log_group_name(context: Context) -> Iterator[Found]:
    """Log groups that state machines write to have the prefix."""
    for machine, block in logging_of(context):
        destination = str(block.get("log_destination", "")).removesuffix(":*")
        group = context.view.find(destination, "aws_cloudwatch_log_group")
        if group is None or group.resource.mode == "data":
            continue
        name = str(group.get("name") or group.get("name_prefix") or "")
        if name.startswith(_VENDED) or (name and has_symbols(name[: len(_VENDED)])):
            continue
        yield Found(
            item=group,
            path=("name",),
            subject=machine.address,
            message=f"{machine.address} logs to it, and its name does not begin with {_VENDED}",
            remedy=f'name it "{_VENDED}states/{context.view.show(name).strip("/") or "<state machine>"}"',
        )
