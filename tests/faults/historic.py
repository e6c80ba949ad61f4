"""The two mistakes that this project began with, and their nearest relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

FUNCTION = "aws_lambda_function.TranscodingOrchestratorFunction"
MACHINE = "aws_sfn_state_machine.TranscodingStateMachine"
MACHINE_POLICY = "aws_iam_role_policy.StepFunctionsRolePolicy"
FUNCTION_POLICY = "aws_iam_role_policy.TranscodingLambdaRolePolicy"
DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)


def add_statement(subject: Subject, address: str, sid: str, action: str, resource: str) -> None:
    statement = {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}
    subject.policy(address, lambda statements: statements.append(statement))


@mutation("The function starts the state machine that invokes it: a cycle", Defect.DEPENDENCY)
def cycle_through_policy_and_variable(subject: Subject) -> None:
    add_statement(subject, FUNCTION_POLICY, "StartWorkflow", "states:StartExecution", f"${{{MACHINE}.arn}}")
    subject.resource(FUNCTION)["environment"]["variables"]["STATE_MACHINE_ARN"] = f"${{{MACHINE}.arn}}"


@mutation("The state machine logs, and its role may not deliver logs", Defect.SERVICE)
def log_delivery_not_allowed(subject: Subject) -> None:
    subject.without(MACHINE_POLICY, "DeliverLogs")


@mutation("A cycle through the environment variable alone", Defect.DEPENDENCY)
def cycle_through_variable(subject: Subject) -> None:
    subject.resource(FUNCTION)["environment"]["variables"]["STATE_MACHINE_ARN"] = f"${{{MACHINE}.arn}}"


@mutation("The function may start the state machine, named by pattern: no cycle, and still forbidden", Defect.SECURITY)
def function_may_start_machine_by_pattern(subject: Subject) -> None:
    add_statement(
        subject, FUNCTION_POLICY, "StartWorkflow", "states:StartExecution", "arn:aws:states:*:*:stateMachine:*"
    )


@mutation("One of the eight log delivery actions is forgotten", Defect.SERVICE)
def one_delivery_action_forgotten(subject: Subject) -> None:
    kept = [*DELIVERY, "logs:PutLogEvents"]
    kept.remove("logs:UpdateLogDelivery")
    subject.statement(MACHINE_POLICY, "DeliverLogs", Action=kept)


@mutation("Log delivery is allowed on the log group instead of on everything", Defect.SERVICE)
def delivery_allowed_on_log_group(subject: Subject) -> None:
    arn = "${aws_cloudwatch_log_group.TranscodingStateMachineLogGroup.arn}:*"
    subject.statement(MACHINE_POLICY, "DeliverLogs", Resource=arn)


@mutation("The state machine does not wait for its role's policy", Defect.DEPENDENCY)
def machine_before_policy(subject: Subject) -> None:
    del subject.resource(MACHINE)["depends_on"]


@mutation("The log destination is the log group's ARN without :*", Defect.CONFIGURATION_DATA)
def log_destination_without_star(subject: Subject) -> None:
    group = "${aws_cloudwatch_log_group.TranscodingStateMachineLogGroup.arn}"
    subject.resource(MACHINE)["logging_configuration"]["log_destination"] = group


@mutation("The state machine's log group is not under /aws/vendedlogs/", Defect.CONFIGURATION_DATA)
def log_group_not_vended(subject: Subject) -> None:
    group = subject.resource("aws_cloudwatch_log_group.TranscodingStateMachineLogGroup")
    group["name"] = group["name"].replace("/aws/vendedlogs/states/", "/states/")
