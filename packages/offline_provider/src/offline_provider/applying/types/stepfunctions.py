"""Step Functions: state machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.errors import CALL_FAILURES, code_of
from offline_provider.applying.fields import Field, Fields, nonzero, structure
from offline_provider.applying.generated_names import name_of, named
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_GONE = frozenset({"StateMachineDoesNotExist"})

_KEY = {"arn": "stateMachineArn"}


def _destinations(arn: str | None) -> list[dict[str, Any]]:
    return [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}] if arn else []


def _destination(found: Any) -> str:
    return str(found[0]["cloudWatchLogsLogGroup"]["logGroupArn"]) if found else ""


_SETTINGS: Fields = {
    "definition": "definition",
    "role_arn": "roleArn",
    "encryption_configuration": structure(
        "encryptionConfiguration",
        {
            "kms_data_key_reuse_period_seconds": nonzero("kmsDataKeyReusePeriodSeconds"),
            "kms_key_id": nonzero("kmsKeyId"),
            "type": "type",
        },
    ),
    "logging_configuration": structure(
        "loggingConfiguration",
        {
            "include_execution_data": "includeExecutionData",
            "level": "level",
            "log_destination": Field("destinations", _destinations, _destination),
        },
    ),
    "tracing_configuration": structure("tracingConfiguration", {"enabled": "enabled"}),
    "publish": nonzero("publish"),
}


def _machine(machine: Resource) -> dict[str, Any]:
    return {"stateMachineArn": machine["arn"] or machine["id"]}


def _is_gone(machine: Resource) -> bool:
    try:
        machine.send("describe_state_machine", _machine(machine))
    except CALL_FAILURES as error:
        if code_of(error) in _GONE:
            return True
        raise
    return False


def _derived(machine: Resource, found: dict[str, Any]) -> dict[str, Any]:
    encryption = found["encryption_configuration"] or [{"type": "AWS_OWNED_KEY"}]
    filled = {"kms_data_key_reuse_period_seconds": 0, "kms_key_id": ""}
    logging = found["logging_configuration"] or [{"include_execution_data": False, "level": "OFF"}]
    tracing = found["tracing_configuration"] or [{"enabled": False}]
    return {
        "encryption_configuration": [
            filled | {name: value for name, value in encryption[0].items() if value is not None}
        ],
        "logging_configuration": [logging[0] | {"log_destination": logging[0].get("log_destination") or ""}],
        "tracing_configuration": tracing,
        "publish": machine["publish"],
        "state_machine_version_arn": machine["state_machine_version_arn"] or "",
        **name_of("name")(machine, found),
    }


STATE_MACHINE = ResourceType(
    service="stepfunctions",
    what="state machine",
    called="name",
    identity=lambda machine: str(machine["arn"]),
    generated=named("name"),
    create=(
        Call(
            "create_state_machine",
            {"name": "name", "type": "type", **_SETTINGS},
            returns={"arn": "stateMachineArn"},
        ),
    ),
    reads=(
        Read(
            "describe_state_machine",
            _machine,
            {
                "name": "name",
                "type": "type",
                **{name: field for name, field in _SETTINGS.items() if name != "publish"},
                "arn": "stateMachineArn",
                "creation_date": Field("creationDate", read=lambda found: f"{found:%Y-%m-%dT%H:%M:%SZ}"),
                "description": "description",
                "revision_id": "revisionId",
                "status": "status",
            },
        ),
    ),
    derive=_derived,
    update=(
        Call(
            "update_state_machine",
            {**_KEY, **_SETTINGS},
        ),
    ),
    delete=(Call("delete_state_machine", _machine),),
    vanished=_is_gone,
    importing=lambda identifier: {"arn": identifier},
    kept=frozenset({"name_prefix", "publish"}),
    tags=Tags(
        key=("resourceArn", "arn"),
        member="tags",
        keys="tagKeys",
        found="tags",
        form=("key", "value"),
        on_create="tags",
    ),
    gone=_GONE,
    exists=frozenset({"StateMachineAlreadyExists"}),
    busy=frozenset({"ConflictException", "StateMachineDeleting"}),
)

TYPES = {"aws_sfn_state_machine": STATE_MACHINE}
