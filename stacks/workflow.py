"""The state machine: the way in for one object on demand."""

from __future__ import annotations

import json

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineLoggingConfiguration,
    SfnStateMachineTracingConfiguration,
)
from constructs import Construct

from stacks.naming import Names, fixed
from stacks.policy import Statement, document, trust
from stacks.workflow_definition import WorkflowParts, definition

LOG_DELIVERY_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutLogEvents",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
TRACE_ACTIONS = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


class Workflow(Construct):
    """TranscodingStateMachine, logged and traced, under StepFunctionsRole.

    The machine waits for the role's policy: without the log delivery actions AWS refuses to create it ("The state
    machine IAM Role is not authorized to access the Log Destination"), and the references alone would let it come
    before the policy.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        parts: WorkflowParts,
        grants: tuple[Statement, ...],
        log_execution_data: bool,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        name = names.of("transcoding")
        # Under /aws/vendedlogs/ log delivery needs no entry of its own in the account's resource policy, which is
        # limited to 5,120 characters (Step Functions Developer Guide, "Logging using CloudWatch Logs").
        self.log_group = fixed(
            CloudwatchLogGroup(
                self,
                "TranscodingStateMachineLogGroup",
                name=f"/aws/vendedlogs/states/{name}",
                retention_in_days=log_retention_days,
            )
        )
        # The account and not the machine's own ARN: the machine needs the role, so naming it would make a cycle.
        self.role = fixed(
            IamRole(
                self,
                "StepFunctionsRole",
                name=names.of("state-machine"),
                description="Runs the state machine that transcodes one object",
                assume_role_policy=trust(
                    "states.amazonaws.com", {"StringEquals": {"aws:SourceAccount": names.account_id}}
                ),
            )
        )
        policy = fixed(
            IamRolePolicy(
                self,
                "StepFunctionsRolePolicy",
                name="access",
                role=self.role.name,
                policy=document(*grants, *_own_needs()),
            )
        )
        self.state_machine = fixed(
            SfnStateMachine(
                self,
                "TranscodingStateMachine",
                name=name,
                role_arn=self.role.arn,
                definition=json.dumps(definition(parts)),
                logging_configuration=SfnStateMachineLoggingConfiguration(
                    level="ALL",
                    include_execution_data=log_execution_data,
                    log_destination=f"{self.log_group.arn}:*",
                ),
                tracing_configuration=SfnStateMachineTracingConfiguration(enabled=True),
                depends_on=[policy],
            )
        )


def _own_needs() -> tuple[Statement, ...]:
    return (
        Statement(
            sid="DeliverLogs",
            actions=LOG_DELIVERY_ACTIONS,
            resources=("*",),
            wildcard_reason="AWS offers no narrower resource for log delivery than all of them",
        ),
        Statement(
            sid="SendTraces",
            actions=TRACE_ACTIONS,
            resources=("*",),
            wildcard_reason="X-Ray has no resource types for sending traces and reading sampling rules",
        ),
    )
