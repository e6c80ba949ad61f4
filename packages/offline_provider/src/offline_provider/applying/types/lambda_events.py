"""Lambda: what becomes of a function's asynchronous events, and who may invoke it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from offline_provider.applying.fields import Field, nonzero, structure
from offline_provider.applying.generated_names import prefix_of, unique_name
from offline_provider.applying.resource_type import Call, Read, ResourceType

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_GONE = frozenset({"ResourceNotFoundException"})
_BUSY = frozenset({"ResourceConflictException"})

_EVENTS: dict[str, str | Field] = {
    "function_name": "FunctionName",
    "qualifier": "Qualifier",
    "maximum_event_age_in_seconds": nonzero("MaximumEventAgeInSeconds"),
    "maximum_retry_attempts": "MaximumRetryAttempts",
    "destination_config": structure(
        "DestinationConfig",
        {
            "on_failure": structure("OnFailure", {"destination": "Destination"}),
            "on_success": structure("OnSuccess", {"destination": "Destination"}),
        },
    ),
}
_PUT_EVENTS = Call("put_function_event_invoke_config", _EVENTS)
_PERMISSION = {
    "action": "Action",
    "event_source_token": "EventSourceToken",
    "function_name": "FunctionName",
    "function_url_auth_type": "FunctionUrlAuthType",
    "principal": "Principal",
    "principal_org_id": "PrincipalOrgID",
    "qualifier": "Qualifier",
    "source_account": "SourceAccount",
    "source_arn": "SourceArn",
    "statement_id": "StatementId",
}
_CONDITIONS = {
    "aws:sourceaccount": "source_account",
    "aws:sourcearn": "source_arn",
    "aws:principalorgid": "principal_org_id",
    "lambda:eventsourcetoken": "event_source_token",
    "lambda:functionurlauthtype": "function_url_auth_type",
}


def _qualified(config: Resource) -> dict[str, Any]:
    return {"FunctionName": config["function_name"], **config.request({"qualifier": "Qualifier"})}


def _name_and_qualifier(identifier: str) -> dict[str, Any]:
    name, _, qualifier = identifier.partition(":")
    return {"function_name": name, "qualifier": qualifier}


def _destinations(found: Any) -> list[Any]:
    """Return the destinations without those that say nothing; Lambda answers with empty structures."""
    result = []
    for element in found or []:
        kept = {name: [each for each in blocks or [] if each["destination"]] for name, blocks in element.items()}
        if any(kept.values()):
            result.append(kept)
    return result


EVENT_INVOKE_CONFIG = ResourceType(
    service="lambda",
    what="event invoke configuration of Lambda function",
    called="function_name",
    identity=lambda config: ":".join(filter(None, (config["function_name"], config["qualifier"]))),
    create=(_PUT_EVENTS,),
    reads=(
        Read(
            "get_function_event_invoke_config",
            _qualified,
            {name: field for name, field in _EVENTS.items() if name not in ("function_name", "qualifier")},
        ),
    ),
    derive=lambda config, found: {
        "function_name": config["function_name"],
        "qualifier": config["qualifier"] or "",
        "destination_config": _destinations(found["destination_config"]),
    },
    update=(_PUT_EVENTS,),
    delete=(Call("delete_function_event_invoke_config", _qualified),),
    importing=_name_and_qualifier,
    gone=_GONE,
    busy=_BUSY,
)


def _statement(response: Any, permission: Resource) -> Any:
    statements = json.loads(response["Policy"])["Statement"]
    return next((each for each in statements if each.get("Sid") == permission["statement_id"]), None)


def _principal(found: Any) -> str:
    if isinstance(found, str):
        return found
    value = found.get("Service") or found.get("AWS") or found.get("Federated") or ""
    return str(value[0] if isinstance(value, list) else value)


def _read_permission(permission: Resource, found: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for keys in (found.pop("_condition") or {}).values():
        for key, value in keys.items():
            if key.lower() in _CONDITIONS:
                values[_CONDITIONS[key.lower()]] = value
    given = permission["principal"]
    principal = _principal(found["principal"])
    if given and principal.endswith(f":{given}:root"):
        principal = given  # IAM reads an account's id as its root
    return {
        "function_name": permission["function_name"],
        "qualifier": permission["qualifier"] or "",
        "statement_id_prefix": prefix_of(permission["statement_id"]),
        "principal": principal,
        **values,
    }


def _permission_id(identifier: str) -> dict[str, Any]:
    function, _, statement = identifier.partition("/")
    if not function or not statement:
        raise ValueError("must be of the form function[:qualifier]/statement")
    # An ARN of a function has six colons, and one more before a qualifier.
    name, _, qualifier = function.partition(":") if not function.startswith("arn:") else (function, "", "")
    return {"id": statement, "function_name": name, "qualifier": qualifier, "statement_id": statement}


PERMISSION = ResourceType(
    service="lambda",
    what="Lambda permission",
    called="statement_id",
    identity=lambda permission: str(permission["statement_id"]),
    generated=lambda permission: (
        {}
        if permission["statement_id"]
        else {"statement_id": unique_name(permission["statement_id_prefix"] or "terraform-")}
    ),
    create=(Call("add_permission", _PERMISSION),),
    reads=(
        Read(
            "get_policy",
            _qualified,
            {"action": "Action", "principal": "Principal", "statement_id": "Sid", "_condition": "Condition"},
            pick=_statement,
        ),
    ),
    derive=_read_permission,
    delete=(Call("remove_permission", lambda each: _qualified(each) | {"StatementId": each["statement_id"]}),),
    importing=_permission_id,
    kept=frozenset({"statement_id_prefix"}),
    gone=_GONE,
    exists=_BUSY,
)

TYPES = {
    "aws_lambda_function_event_invoke_config": EVENT_INVOKE_CONFIG,
    "aws_lambda_permission": PERMISSION,
}
