"""With ``--auth`` a state machine can do what its role allows, and no more.

Gap: MiniStack runs every task of a state machine with the emulator's own power, and lets a state machine with logging
be created whose role may not deliver logs; AWS then says "The state machine IAM Role is not authorized to access the
Log Destination".
Until: MiniStack enforces the execution role of state machines.

Checked are tasks that name a function, and the optimized integrations of Lambda, SNS, SQS, DynamoDB, EventBridge and
Step Functions. Log delivery: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import stepfunctions

from local_cloud.ministack.patches.base import wrap
from local_cloud.ministack.patches.permissions import role_allows

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

LOG_DELIVERY_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
_PREFIX = "arn:aws:states:::"
# Integration → the action it needs, the parameter that names its resource, the error AWS reports.
_INTEGRATIONS = {
    "lambda:invoke": ("lambda:InvokeFunction", "FunctionName", "Lambda.AWSLambdaException"),
    "sns:publish": ("sns:Publish", "TopicArn", "SNS.AuthorizationErrorException"),
    "sqs:sendMessage": ("sqs:SendMessage", "QueueUrl", "SQS.SqsException"),
    "dynamodb:getItem": ("dynamodb:GetItem", "TableName", "DynamoDB.AmazonDynamoDBException"),
    "dynamodb:putItem": ("dynamodb:PutItem", "TableName", "DynamoDB.AmazonDynamoDBException"),
    "dynamodb:updateItem": ("dynamodb:UpdateItem", "TableName", "DynamoDB.AmazonDynamoDBException"),
    "dynamodb:deleteItem": ("dynamodb:DeleteItem", "TableName", "DynamoDB.AmazonDynamoDBException"),
    "events:putEvents": ("events:PutEvents", "EventBusName", "EventBridge.AmazonEventBridgeException"),
    "states:startExecution": ("states:StartExecution", "StateMachineArn", "StepFunctions.AWSStepFunctionsException"),
}
_RESOURCE_KINDS = {
    "FunctionName": "lambda:{scope}:function:{name}",
    "QueueUrl": "sqs:{scope}:{name}",
    "TableName": "dynamodb:{scope}:table/{name}",
    "EventBusName": "events:{scope}:event-bus/{name}",
}

_role: contextvars.ContextVar[str] = contextvars.ContextVar("state_machine_role", default="")


def required(resource: str, parameters: object) -> tuple[str, str, str] | None:
    """Return the action, the resource's ARN and the error of a task; None for one that is not checked."""
    if ":function:" in resource:
        return "lambda:InvokeFunction", resource, "Lambda.AWSLambdaException"
    integration = resource.removeprefix(_PREFIX).partition(".")[0]
    found = _INTEGRATIONS.get(integration)
    if found is None or not resource.startswith(_PREFIX) or not isinstance(parameters, dict):
        return None
    action, parameter, error = found
    given = str(parameters.get(parameter) or "default")
    if given.startswith("arn:"):
        return action, given, error
    kind = _RESOURCE_KINDS.get(parameter, "*")
    scope = f"{get_region()}:{get_account_id()}"
    return action, "arn:aws:" + kind.format(scope=scope, name=given.rsplit("/", 1)[-1]), error


def _missing_log_actions(data: dict[str, Any], role: str) -> list[str]:
    level = (data.get("loggingConfiguration") or {}).get("level", "OFF")
    return [] if level == "OFF" else [one for one in LOG_DELIVERY_ACTIONS if not role_allows(role, one, "*")]


def _log_refusal(data: dict[str, Any], role: str) -> Any:
    missing = _missing_log_actions(data, role)
    if not missing:
        return None
    message = "The state machine IAM Role is not authorized to access the Log Destination"
    return error_response_json("AccessDeniedException", f"{message} (missing: {', '.join(missing)})", 400)


def apply(settings: Settings, run_dir: Path) -> None:
    """Ask for permission before every task, and before a machine with logging is created or changed."""
    del run_dir
    if not settings.auth:
        return

    @wrap(stepfunctions, "_create_state_machine", "4bc1231dda69")
    def create_state_machine(create: Any, data: dict[str, Any]) -> Any:
        return _log_refusal(data, data.get("roleArn", "")) or create(data)

    @wrap(stepfunctions, "_update_state_machine", "476e0deee6a3")
    def update_state_machine(update: Any, data: dict[str, Any]) -> Any:
        machine = stepfunctions._state_machines.get(data.get("stateMachineArn")) or {}
        role = data.get("roleArn") or machine.get("roleArn")
        return (_log_refusal(data, role) if role else None) or update(data)

    @wrap(stepfunctions, "_execute_task", "53c818d247db")
    def execute_task(execute: Any, state: Any, raw_input: Any, execution: dict[str, Any], context: Any) -> Any:
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}
        token = _role.set(machine.get("roleArn", ""))
        try:
            return execute(state, raw_input, execution, context)
        finally:
            _role.reset(token)

    def check(resource: str, parameters: object) -> None:
        needed, role = required(resource, parameters), _role.get()
        if needed and role and not role_allows(role, needed[0], needed[1]):
            action, arn, error = needed
            raise stepfunctions._ExecutionError(
                error, f"{role} is not authorized to perform: {action} on resource: {arn}"
            )

    @wrap(stepfunctions, "_invoke_resource", "a85d2be9a858")
    def invoke_resource(invoke: Any, resource: str, parameters: object) -> Any:
        check(resource, parameters)
        return invoke(resource, parameters)

    @wrap(stepfunctions, "_invoke_with_callback", "bbb38423156a")
    def invoke_with_callback(callback: Any, resource: str, parameters: object, *rest: Any) -> Any:
        check(resource, parameters)
        return callback(resource, parameters, *rest)
