"""What Lambda sends under a function's role: dead letters and the records of invocations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.aws.arns import service_of
from plan_review.findings import Verdict
from plan_review.rules.need import Need, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

NO_PERMISSION = "InvalidParameterValueException: The provided execution role does not have permissions to call"
# Type of what a function sends to → the action that Lambda performs under the function's role.
_SENDS = {
    "aws_sqs_queue": "sqs:SendMessage",
    "aws_sns_topic": "sns:Publish",
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_cloudwatch_event_bus": "events:PutEvents",
}
_BY_SERVICE = {kind.split("_")[1]: action for kind, action in _SENDS.items()} | {"events": "events:PutEvents"}


def sending(context: Context, item: Item, function: Item | None, arn: Any, *, path: Any) -> Iterator[Need]:
    """Yield what a function's role must be allowed for Lambda to send to ``arn``, which ``item`` names at ``path``."""
    owner = context.view.find(arn, *_SENDS)
    role = context.role(function.get("role") if function is not None else "of the function")
    if owner is None:
        yield from _sending_elsewhere(context, item, role, arn, path=path)
        return
    action = _SENDS[owner.type]
    yield Need(
        item=item,
        principal=role,
        action=action,
        resource=str(arn),
        owner=owner if owner.type != "aws_cloudwatch_event_bus" else None,
        purpose="under the function's role",
        path=path,
        at_first_use=True,
        consequence=f"{NO_PERMISSION} {action.split(':')[1]} on {action.split(':')[0].upper()}",
    )


def _sending_elsewhere(context: Context, item: Item, role: Item | Unknown, arn: Any, *, path: Any) -> Iterator[Need]:
    """Yield what sending to something that is not in this configuration takes, where a role is known to lack it."""
    if not isinstance(arn, str) or not arn or isinstance(role, Unknown):
        return
    service = service_of(arn)
    actions = [_BY_SERVICE[service]] if service in _BY_SERVICE else list(dict.fromkeys(_SENDS.values()))
    if any(context.access.role_may(role, action, arn).verdict is Verdict.HOLDS for action in actions):
        return
    yield Need(
        item=item,
        principal=role,
        action=actions[0],
        resource=arn,
        purpose="under the function's role",
        path=path,
        certain=service in _BY_SERVICE,
    )
