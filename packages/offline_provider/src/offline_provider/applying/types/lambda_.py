"""Lambda: functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.errors import ApplyError
from offline_provider.applying.fields import Field, Fields, always, nonzero, prefixed, structure
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_GONE = frozenset({"ResourceNotFoundException"})
_BUSY = frozenset({"ResourceConflictException"})
_INVOCATION_VERSION = "2015-03-31"
_NONE_RESERVED = -1

_CONFIGURATION: dict[str, Field] = {
    "dead_letter_config": structure("DeadLetterConfig", {"target_arn": "TargetArn"}),
    "description": always("Description"),
    "environment": structure("Environment", {"variables": "Variables"}),
    "ephemeral_storage": structure("EphemeralStorage", {"size": "Size"}),
    "handler": Field("Handler"),
    "image_config": structure(
        "ImageConfig",
        {"command": "Command", "entry_point": "EntryPoint", "working_directory": "WorkingDirectory"},
    ),
    "kms_key_arn": Field("KMSKeyArn"),
    "layers": Field("Layers"),
    "logging_config": structure(
        "LoggingConfig",
        {
            "application_log_level": nonzero("ApplicationLogLevel"),
            "log_format": "LogFormat",
            "log_group": nonzero("LogGroup"),
            "system_log_level": nonzero("SystemLogLevel"),
        },
    ),
    "memory_size": Field("MemorySize"),
    "role": Field("Role"),
    "runtime": Field("Runtime"),
    "snap_start": structure("SnapStart", {"apply_on": "ApplyOn"}),
    "timeout": Field("Timeout"),
    "tracing_config": structure("TracingConfig", {"mode": "Mode"}),
    "vpc_config": structure(
        "VpcConfig",
        {
            "ipv6_allowed_for_dual_stack": nonzero("Ipv6AllowedForDualStack"),
            "security_group_ids": "SecurityGroupIds",
            "subnet_ids": "SubnetIds",
        },
    ),
}
_EMPTIED: dict[str, tuple[str, Any]] = {
    "dead_letter_config": ("DeadLetterConfig", {"TargetArn": ""}),
    "environment": ("Environment", {"Variables": {}}),
    "kms_key_arn": ("KMSKeyArn", ""),
    "layers": ("Layers", []),
    "tracing_config": ("TracingConfig", {"Mode": "PassThrough"}),
    "vpc_config": ("VpcConfig", {"SecurityGroupIds": [], "SubnetIds": []}),
}
"""What takes an argument away that a function had."""

_CODE_ARGUMENTS = (
    "architectures", "filename", "image_uri", "s3_bucket", "s3_key", "s3_object_version", "source_code_hash",
)  # fmt: skip
_S3_CODE: Fields = {
    "image_uri": "ImageUri",
    "s3_bucket": "S3Bucket",
    "s3_key": "S3Key",
    "s3_object_version": "S3ObjectVersion",
}

_READ: Fields = {
    **prefixed(_CONFIGURATION, "Configuration"),
    **prefixed(
        {
            "architectures": "Architectures",
            "arn": "FunctionArn",
            "code_sha256": "CodeSha256",
            "function_name": "FunctionName",
            "last_modified": "LastModified",
            "package_type": "PackageType",
            "signing_job_arn": "SigningJobArn",
            "signing_profile_version_arn": "SigningProfileVersionArn",
            "source_code_size": "CodeSize",
            "version": "Version",
            "_state": "State",
            "_last_update": "LastUpdateStatus",
        },
        "Configuration",
    ),
    "image_uri": "Code.ImageUri",
    "reserved_concurrent_executions": "Concurrency.ReservedConcurrentExecutions",
}
_SET_CONCURRENCY = Call(
    "put_function_concurrency",
    {"function_name": "FunctionName", "reserved_concurrent_executions": "ReservedConcurrentExecutions"},
    when=lambda function: function["reserved_concurrent_executions"] not in (None, _NONE_RESERVED),
)


def _code(function: Resource) -> dict[str, Any]:
    if not function["filename"]:
        return function.request(_S3_CODE)
    path = function.file(function["filename"])
    try:
        return {"ZipFile": path.read_bytes()}
    except OSError as error:
        raise ApplyError(f"cannot read the code of {function.name}", f"{path}: {error.strerror}.") from error


def _create(function: Resource) -> dict[str, Any]:
    return function.request(_CONFIGURATION) | {
        "FunctionName": function["function_name"],
        "Code": _code(function),
        **function.request({"architectures": "Architectures", "package_type": "PackageType"}),
        **({"Publish": True} if function["publish"] else {}),
    }


def _update_configuration(function: Resource) -> dict[str, Any]:
    changed = {name: field for name, field in _CONFIGURATION.items() if function.changed(name)}
    emptied = [_EMPTIED[name] for name in changed if name in _EMPTIED and not function[name]]
    return {"FunctionName": function["function_name"], **function.request(changed), **dict(emptied)}


def _update_code(function: Resource) -> dict[str, Any]:
    return {
        "FunctionName": function["function_name"],
        **_code(function),
        **function.request({"architectures": "Architectures"}),
    }


def _is_settled(_function: Resource, found: dict[str, Any]) -> bool:
    return bool(found["_state"] != "Pending" and found["_last_update"] != "InProgress")


def _published(function: Resource) -> tuple[str, str]:
    """Return the newest version of a function that publishes them, and that version's ARN.

    An emulator may list the bare ARN of the function; a version's ends in the version.
    """
    pages = function.pages("list_versions_by_function", FunctionName=function["function_name"])
    newest = [version for page in pages for version in page["Versions"]][-1]
    version, arn = newest["Version"], newest["FunctionArn"]
    return version, arn if arn.endswith(f":{version}") else f"{arn}:{version}"


def _derived(function: Resource, found: dict[str, Any]) -> dict[str, Any]:
    arn = found["arn"]
    invoke = f"arn:{function.partition}:apigateway:{function.region}:lambda:path/{_INVOCATION_VERSION}/functions"
    unpublished = found["version"] or "$LATEST"
    version, qualified = _published(function) if function["publish"] else (unpublished, f"{arn}:{unpublished}")
    reserved = found["reserved_concurrent_executions"]
    return {
        "version": version,
        "invoke_arn": f"{invoke}/{arn}/invocations",
        "qualified_arn": qualified,
        "qualified_invoke_arn": f"{invoke}/{qualified}/invocations",
        "reserved_concurrent_executions": _NONE_RESERVED if reserved is None else reserved,
        "package_type": found["package_type"] or "Zip",
        "snap_start": [each for each in found["snap_start"] or [] if each["apply_on"] not in (None, "None")],
        "vpc_config": [each for each in found["vpc_config"] or [] if each["subnet_ids"]],
        "dead_letter_config": [each for each in found["dead_letter_config"] or [] if each["target_arn"]],
        "environment": [each for each in found["environment"] or [] if each["variables"]],
        "layers": [layer["Arn"] for layer in found["layers"] or []],
        "logging_config": [
            each | {name: each[name] or "" for name in ("application_log_level", "log_group", "system_log_level")}
            for each in found["logging_config"] or []
        ],
        # The service keeps no hash of the caller's making.
        "source_code_hash": function["source_code_hash"],
        "code_signing_config_arn": "",
    }


def _name(function: Resource) -> dict[str, Any]:
    return {"FunctionName": function["function_name"]}


FUNCTION = ResourceType(
    service="lambda",
    what="Lambda function",
    called="function_name",
    identity=lambda function: str(function["function_name"]),
    create=(
        Call(
            "create_function",
            _create,
            heavy=True,
            writes=("function_name", "package_type", "publish", *_CONFIGURATION, *_CODE_ARGUMENTS),
            returns={"arn": "FunctionArn"},
        ),
    ),
    after_create=(_SET_CONCURRENCY,),
    reads=(Read("get_function", _name, _READ),),
    derive=_derived,
    settled=_is_settled,
    update=(
        Call("update_function_configuration", _update_configuration, writes=tuple(_CONFIGURATION)),
        Call("update_function_code", _update_code, heavy=True, writes=_CODE_ARGUMENTS),
        _SET_CONCURRENCY,
        Call(
            "delete_function_concurrency",
            _name,
            writes=("reserved_concurrent_executions",),
            when=lambda function: function["reserved_concurrent_executions"] in (None, _NONE_RESERVED),
        ),
        Call(
            "publish_version",
            _name,
            writes=(*_CONFIGURATION, *_CODE_ARGUMENTS, "publish"),
            when=lambda function: bool(function["publish"]),
        ),
    ),
    delete=(Call("delete_function", _name, when=lambda function: not function["skip_destroy"]),),
    importing=lambda identifier: {"function_name": identifier, "skip_destroy": False},
    kept=frozenset({"skip_destroy", "replace_security_groups_on_destroy", "replacement_security_group_ids"}),
    tags=Tags(key=("Resource", "arn"), read="list_tags", form=None),
    gone=_GONE,
    exists=_BUSY,
    private=frozenset({"environment"}),
)

TYPES = {"aws_lambda_function": FUNCTION}
