"""boto3 as the analysis knows it: where clients and resources come from and what their methods are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from plan_review.code_calls.values import (
    NOTHING,
    UNKNOWN_TEXT,
    Client,
    Environ,
    External,
    Operation,
    Service,
    Session,
    Text,
    Values,
    Variable,
)

if TYPE_CHECKING:
    from plan_review.code_calls.frames import Frame, ValuesOf
    from plan_review.code_calls.values import Value

_STUBS = "mypy_boto3_"
_NO_OPERATIONS = (
    "exceptions",
    "meta",
    "waiter_names",
    "can_paginate",
    "close",
    "load",
    "reload",
    "get_available_subresources",
)

# Resources made from a service resource: kind → names of the arguments, as the API calls them.
KINDS: dict[str, tuple[str, ...]] = {
    "Table": ("TableName",),
    "Bucket": ("Bucket",),
    "Object": ("Bucket", "Key"),
    "Queue": ("QueueUrl",),
    "Topic": ("TopicArn",),
    "PlatformEndpoint": ("TargetArn",),
}
# (service, kind) → method → operation, where the method is not the operation's own name.
METHODS: dict[tuple[str, str], dict[str, str]] = {
    ("dynamodb", "Table"): {"batch_writer": "batch_write_item", "delete": "delete_table", "update": "update_table"},
    ("s3", "Bucket"): {"delete_objects": "delete_objects", "create": "create_bucket", "delete": "delete_bucket"},
    ("s3", "Object"): {
        "get": "get_object",
        "put": "put_object",
        "delete": "delete_object",
        "copy_from": "copy_object",
        "copy": "copy",
    },
    ("sqs", "Queue"): {
        "send_messages": "send_message_batch",
        "receive_messages": "receive_message",
        "delete_messages": "delete_message_batch",
        "purge": "purge_queue",
    },
    ("sns", "Topic"): {},
}
BATCH = "batch"
"""Kind of what collects writes for one operation, such as a table's batch writer."""
# (kind of resource, operation) → names of the arguments that are given by position.
POSITIONAL: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "copy"): ("CopySource", "Bucket", "Key"),
    ("", "download_file"): ("Bucket", "Key", "Filename"),
    ("", "download_fileobj"): ("Bucket", "Key", "Fileobj"),
    ("", "generate_presigned_post"): ("Bucket", "Key"),
    ("", "upload_file"): ("Filename", "Bucket", "Key"),
    ("", "upload_fileobj"): ("Fileobj", "Bucket", "Key"),
    ("Bucket", "download_file"): ("Key", "Filename"),
    ("Bucket", "download_fileobj"): ("Key", "Fileobj"),
    ("Bucket", "upload_file"): ("Filename", "Key"),
    ("Bucket", "upload_fileobj"): ("Fileobj", "Key"),
}
# Collections of a resource: reading them is an operation.
COLLECTIONS: dict[tuple[str, str], dict[str, str]] = {
    ("s3", "Bucket"): {"objects": "list_objects_v2", "object_versions": "list_object_versions"},
    ("s3", ""): {"buckets": "list_buckets"},
    ("dynamodb", ""): {"tables": "list_tables"},
    ("sqs", ""): {"queues": "list_queues"},
    ("sns", ""): {"topics": "list_topics"},
}
# Waiter → the operation that it repeats.
WAITERS: dict[str, str] = {
    "bucket_exists": "head_bucket",
    "bucket_not_exists": "head_bucket",
    "execution_complete": "describe_execution",
    "function_active": "get_function_configuration",
    "function_active_v2": "get_function",
    "function_exists": "get_function",
    "function_updated": "get_function_configuration",
    "function_updated_v2": "get_function",
    "object_exists": "head_object",
    "object_not_exists": "head_object",
    "stream_exists": "describe_stream",
    "table_exists": "describe_table",
    "table_not_exists": "describe_table",
}


def external(name: str) -> Values:
    """Return what a name of a module outside of the package is."""
    if name in ("os.environ", "os.environb"):
        return frozenset({Environ()})
    return frozenset({External(name)})


def annotated(name: str) -> Values:
    """Return what an annotation with a class from outside of the package says."""
    last = name.rsplit(".", 1)[-1]
    if last == "Session" and name.startswith(("boto3.", "botocore.")):
        return frozenset({Session()})
    if name.startswith(_STUBS):
        service = name[len(_STUBS) :].split(".", maxsplit=1)[0].replace("_", "-")
        if last.endswith("Client"):
            return frozenset({Client(service)})
        if last == f"{last.removesuffix('ServiceResource')}ServiceResource" and last.endswith("ServiceResource"):
            return frozenset({Service(service)})
        if last in KINDS:
            return frozenset({Service(service, last)})
    return NOTHING


def attribute(value: Value, name: str) -> Values:
    """Return what an attribute of a session, client or resource is."""
    if isinstance(value, Client):
        return NOTHING if name in _NO_OPERATIONS else frozenset({Operation(value.service, name)})
    if isinstance(value, Service):
        if name == "meta":
            return frozenset({Service(value.service, "meta")})
        if value.kind == "meta":
            return frozenset({Client(value.service)}) if name == "client" else NOTHING
        if name in _NO_OPERATIONS:
            return NOTHING
        return frozenset({Operation(value.service, name, value.kind, value.known)})
    return frozenset({Operation("", name, "Session")}) if isinstance(value, Session) else NOTHING


def called(values_of: ValuesOf, node: ast.Call, frame: Frame) -> Values | None:
    """Return what a call into boto3 or ``os`` gives; None for a call of anything else."""
    callees = values_of(node.func, frame)
    names = {callee.name for callee in callees if isinstance(callee, External)}
    if names & {"os.getenv"}:
        return read_variable(values_of, node, frame)
    if isinstance(node.func, ast.Attribute) and any(
        isinstance(value, Environ) for value in values_of(node.func.value, frame)
    ):
        return read_variable(values_of, node, frame)
    if names & {"boto3.Session", "boto3.session.Session"}:
        return frozenset({Session()})
    made: Values = NOTHING
    for callee in callees:
        if isinstance(callee, External) and callee.name in ("boto3.client", "boto3.resource"):
            made |= _made(values_of, node, frame, callee.name.rsplit(".", 1)[1])
        elif isinstance(callee, Operation) and callee.kind == "Session" and callee.name in ("client", "resource"):
            made |= _made(values_of, node, frame, callee.name)
        elif isinstance(callee, Operation):
            made |= _of_operation(values_of, node, frame, callee)
    if made or any(isinstance(callee, Operation) for callee in callees):
        return made
    return _guessed(values_of, node, frame) if not callees else None


def read_variable(values_of: ValuesOf, node: ast.Call, frame: Frame) -> Values:
    """Return what ``os.environ.get`` or ``os.getenv`` gives: the variable, or its default."""
    found: Values = NOTHING
    if node.args:
        for key in values_of(node.args[0], frame):
            if isinstance(key, Text):
                found |= {Text((Variable(key.literal),)) if key.literal is not None else UNKNOWN_TEXT}
    for default in [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "default")]:
        found |= values_of(default, frame)
    return found


def _made(values_of: ValuesOf, node: ast.Call, frame: Frame, what: str) -> Values:
    given = node.args[:1] or [keyword.value for keyword in node.keywords if keyword.arg == "service_name"]
    names = {value.literal for argument in given for value in values_of(argument, frame) if isinstance(value, Text)}
    services = names or {None}
    return frozenset(Client(service) if what == "client" else Service(service) for service in services)


def _of_operation(values_of: ValuesOf, node: ast.Call, frame: Frame, callee: Operation) -> Values:
    if callee.name in ("get_paginator", "get_waiter"):
        names = (
            [value.literal for value in values_of(node.args[0], frame) if isinstance(value, Text)] if node.args else []
        )
        found = [WAITERS.get(str(name)) if callee.name == "get_waiter" else name for name in names] or [None]
        return frozenset(
            Service(callee.service, "paginator", (("operation", frozenset({Text((name,))})),)) for name in found
        )
    if callee.name in KINDS and callee.kind in ("", "Bucket"):
        arguments = KINDS[callee.name]
        given = [values_of(argument, frame) for argument in node.args]
        known = list(callee.known) + list(zip(arguments[len(callee.known) :], given, strict=False))
        return frozenset({Service(callee.service, callee.name, tuple(known))})
    if callee.name == "batch_writer":
        return frozenset({Service(callee.service, BATCH)})
    if callee.name == "get_queue_by_name":
        return frozenset({Service(callee.service, "Queue")})
    return NOTHING


def _guessed(values_of: ValuesOf, node: ast.Call, frame: Frame) -> Values | None:
    """A method ``client("s3")`` of something unknown is taken for a session's."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in ("client", "resource") or len(node.args) != 1:
        return None
    found = _made(values_of, node, frame, node.func.attr)
    literal = [value for value in found if isinstance(value, (Client, Service)) and value.service]
    return frozenset(literal) or None
