from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.need import EVERY_RESOURCE, Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.stepfunctions.logging import LOGGING_PAGE, logging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)


@rule_of_needs(
    "state-machine-log-delivery",
    title="A state machine that logs has a role that may deliver logs",
    why=(
        "Step Functions sets up the delivery to CloudWatch Logs under the state machine's own role. The eight actions "
        "that this takes know no resources, so that only a statement on `*` allows them."
    ),
    consequence="AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination",
    sources=(LOGGING_PAGE, "https://github.com/aws/aws-cdk/issues/26432"),
)
def state_machine_log_delivery(context: Context) -> Iterator[Need]:
    """The eight actions of log delivery are allowed."""
    unknown = [each for each in context.view.items("aws_sfn_state_machine") if each.is_dynamic("logging_configuration")]
    for machine, certain in [
        *((machine, True) for machine, _ in logging_of(context)),
        *((each, False) for each in unknown),
    ]:
        for action in _DELIVERY:
            yield Need(
                certain=certain,
                item=machine,
                principal=context.role(machine.get("role_arn")),
                action=action,
                resource=EVERY_RESOURCE,
                purpose="to deliver the state machine's logs",
                path=("logging_configuration",),
                at_creation=True,
                repeats=True,
            )
