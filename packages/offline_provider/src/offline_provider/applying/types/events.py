"""EventBridge: rules and their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.fields import Fields, nonzero, structure, structures
from offline_provider.applying.generated_names import name_of, named, unique_name
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_DEFAULT_BUS = "default"

_RULE_KEY = {"name": "Name", "event_bus_name": "EventBusName"}
_RULE = {
    **_RULE_KEY,
    "description": "Description",
    "event_pattern": "EventPattern",
    "role_arn": "RoleArn",
    "schedule_expression": "ScheduleExpression",
}
_TARGET: Fields = {
    "target_id": "Id",
    "arn": "Arn",
    "role_arn": "RoleArn",
    "input": "Input",
    "input_path": "InputPath",
    "input_transformer": structure(
        "InputTransformer", {"input_paths": "InputPathsMap", "input_template": "InputTemplate"}
    ),
    "kinesis_target": structure("KinesisParameters", {"partition_key_path": "PartitionKeyPath"}),
    "sqs_target": structure("SqsParameters", {"message_group_id": "MessageGroupId"}),
    "http_target": structure(
        "HttpParameters",
        {
            "header_parameters": "HeaderParameters",
            "path_parameter_values": "PathParameterValues",
            "query_string_parameters": "QueryStringParameters",
        },
    ),
    "run_command_targets": structures("RunCommandParameters.RunCommandTargets", {"key": "Key", "values": "Values"}),
    "dead_letter_config": structure("DeadLetterConfig", {"arn": "Arn"}),
    "retry_policy": structure(
        "RetryPolicy",
        {
            "maximum_event_age_in_seconds": nonzero("MaximumEventAgeInSeconds"),
            "maximum_retry_attempts": "MaximumRetryAttempts",
        },
    ),
}
_TARGET_KEY = {"rule": "Rule", "event_bus_name": "EventBusName"}


def _bus_and(names: tuple[str, ...]) -> Any:
    """Return a reader of import ids: the names, separated by slashes, after the bus where that is not the default."""

    def read(identifier: str) -> dict[str, Any]:
        parts = identifier.split("/")
        if len(parts) < len(names) or not all(parts):
            raise ValueError(f"must be of the form [bus/]{'/'.join(names)}")
        own = parts[-len(names) :]
        # The name of a partner's bus holds slashes.
        bus = "/".join(parts[: -len(names)]) or _DEFAULT_BUS
        return {"event_bus_name": bus, "force_destroy": False} | dict(zip(names, own, strict=True))

    return read


def _rule_state(rule: Resource) -> str:
    if rule["state"] and (rule.prior is None or rule.changed("state") or not rule.changed("is_enabled")):
        return str(rule["state"])
    return "DISABLED" if rule["is_enabled"] is False else "ENABLED"


_PUT_RULE = Call(
    "put_rule",
    lambda rule: rule.request(_RULE) | {"State": _rule_state(rule)},
    writes=(*_RULE, "state", "is_enabled"),
    returns={"arn": "RuleArn"},
)

EVENT_RULE = ResourceType(
    service="events",
    what="event rule",
    called="name",
    identity=lambda rule: (
        str(rule["name"])
        if rule["event_bus_name"] in (None, "", _DEFAULT_BUS)
        else f"{rule['event_bus_name']}/{rule['name']}"
    ),
    generated=named("name"),
    create=(_PUT_RULE,),
    reads=(Read("describe_rule", _RULE_KEY, {**_RULE, "arn": "Arn", "state": "State"}),),
    derive=lambda _rule, found: {
        "is_enabled": found["state"] != "DISABLED",
        "event_bus_name": found["event_bus_name"] or _DEFAULT_BUS,
        **name_of("name")(_rule, found),
    },
    update=(_PUT_RULE,),
    delete=(
        Call(
            "delete_rule",
            lambda rule: rule.request(_RULE_KEY) | ({"Force": True} if rule["force_destroy"] else {}),
        ),
    ),
    importing=_bus_and(("name",)),
    kept=frozenset({"name_prefix", "force_destroy"}),
    nullable=frozenset({"event_pattern"}),
    tags=Tags(key=("ResourceARN", "arn")),
    gone=frozenset({"ResourceNotFoundException"}),
)


def _failed_entry(response: Any) -> str | None:
    entries = response.get("FailedEntries") or []
    return "; ".join(f"{entry.get('ErrorCode')}: {entry.get('ErrorMessage')}" for entry in entries) or None


_PUT_TARGET = Call(
    "put_targets",
    lambda target: target.request(_TARGET_KEY) | {"Targets": [target.request(_TARGET)]},
    writes=(*_TARGET_KEY, *_TARGET),
    check=_failed_entry,
)

EVENT_TARGET = ResourceType(
    service="events",
    what="event target",
    called="target_id",
    identity=lambda target: "-".join(
        part
        for part in (target["event_bus_name"], target["rule"], target["target_id"])
        if part not in (None, "", _DEFAULT_BUS)
    ),
    generated=lambda target: {} if target["target_id"] else {"target_id": unique_name()},
    create=(_PUT_TARGET,),
    reads=(
        Read(
            "list_targets_by_rule",
            _TARGET_KEY,
            _TARGET,
            pick=lambda response, target: next(
                (each for each in response["Targets"] if each["Id"] == target["target_id"]), None
            ),
        ),
    ),
    update=(_PUT_TARGET,),
    delete=(
        Call(
            "remove_targets",
            lambda target: (
                target.request(_TARGET_KEY)
                | {"Ids": [target["target_id"]]}
                | ({"Force": True} if target["force_destroy"] else {})
            ),
            check=_failed_entry,
        ),
    ),
    importing=_bus_and(("rule", "target_id")),
    kept=frozenset({"force_destroy"}),
    gone=frozenset({"ResourceNotFoundException"}),
)

TYPES = {"aws_cloudwatch_event_rule": EVENT_RULE, "aws_cloudwatch_event_target": EVENT_TARGET}
