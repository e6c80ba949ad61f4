from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.findings import Severity
from plan_review.rules.changes.planned_changes import first_block, planned_changes
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.rules.context import Context


_OFF = (None, "", "OFF")


@rule(
    "logging-turned-on",
    title="Logging is not turned on in the same apply that first allows it",
    why=(
        "IAM takes seconds to take effect. The AWS provider waits and tries again when it creates a state machine, and "
        "does not when it updates one."
    ),
    consequence="AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency",
    ),
    severity=Severity.WARNING,
)
def logging_turned_on(context: Context) -> Iterator[Found]:
    """An update that turns logging on comes after the policy, not with it."""
    policies = {
        change.address
        for change in planned_changes(context)
        if change.type in ("aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy")
        and not change.destroys
    }
    for change in planned_changes(context):
        if change.type != "aws_sfn_state_machine" or change.actions != ("update",):
            continue
        if _level(change.before) not in _OFF or _level(change.after) in _OFF:
            continue
        reachable = [address for address in sorted(policies) if context.view.depends(change.address, address)]
        if reachable:
            yield Found(
                item=change.address,
                path=("logging_configuration",),
                message=f"the update turns logging on, and {', '.join(reachable)} planned_changes in the same apply",
                remedy=f"apply the policy first: terraform apply -target={reachable[0]}; then the rest",
            )


def _level(values: Mapping[str, Any]) -> Any:
    return first_block(values, "logging_configuration").get("level")
