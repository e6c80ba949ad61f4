from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.stepfunctions.logging import LOGGING_PAGE, logging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule_of_needs(
    "state-machine-log-writes",
    title="A state machine that logs has a role that may put log events",
    why=(
        "AWS's example policy for logging holds `logs:PutLogEvents` beside the eight delivery actions. Public "
        "configurations work without it, so that this is a warning."
    ),
    consequence="nothing fails today; the documented policy is not met in full",
    sources=(LOGGING_PAGE,),
    severity=Severity.WARNING,
)
def state_machine_log_writes(context: Context) -> Iterator[Need]:
    """PutLogEvents is allowed too."""
    for machine, _ in logging_of(context):
        yield Need(
            item=machine,
            principal=context.role(machine.get("role_arn")),
            action="logs:PutLogEvents",
            resource="arn:aws:logs:*:*:log-group:*:log-stream:*",
            any_resource=True,
            purpose="as Step Functions' documentation advises",
            path=("logging_configuration",),
        )
