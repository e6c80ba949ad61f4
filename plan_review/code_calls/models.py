"""Whether a call to AWS is one that the SDK sends: operation and arguments, by botocore's own models."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# Methods of every client that are no operations, and arguments of paginators and waiters.
_METHODS = frozenset(
    [
        "can_paginate",
        "close",
        "copy",
        "download_file",
        "download_fileobj",
        "exceptions",
        "generate_presigned_post",
        "generate_presigned_url",
        "get_paginator",
        "get_waiter",
        "meta",
        "upload_file",
        "upload_fileobj",
        "waiter_names",
        "batch_writer",
    ]
)
_OF_SDK = frozenset({"PaginationConfig", "WaiterConfig"})


@cache
def _session() -> Any:
    from botocore.session import get_session  # noqa: PLC0415 - a third of what a review takes to start

    return get_session()


@cache
def _operations(service: str) -> dict[str, Any] | None:
    """Return the operations of a service by the names of the client's methods; None where it is not known."""
    from botocore import xform_name  # noqa: PLC0415
    from botocore.exceptions import UnknownServiceError  # noqa: PLC0415

    try:
        model = _session().get_service_model(service)
    except UnknownServiceError:
        return None
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def misuse(service: str, operation: str, given: Iterable[str], *, whole: bool) -> tuple[str, bool]:
    """Return what is wrong with a call, and whether that is certain; an empty text where nothing is.

    ``whole`` where all of its arguments are known, none comes with a resource, and no other is added.
    """
    operations = _operations(service)
    if operations is None:
        near = difflib.get_close_matches(service, _session().get_available_services(), n=1)
        return f"boto3 has no service {service}" + (f"; did you mean {near[0]}?" if near else ""), False
    model = operations.get(operation)
    if model is None:
        near = difflib.get_close_matches(operation, operations, n=1)
        if not near or operation in _METHODS:
            return "", True
        return f"{service} has no operation {operation}; did you mean {near[0]}?", True
    members = model.input_shape.members if model.input_shape is not None else {}
    names = [name for name in given if name not in _OF_SDK and name != "*"]
    for name in names:
        if name not in members:
            near = difflib.get_close_matches(name, members, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"{service}.{operation} takes no {name}{hint}", bool(near)
    required = model.input_shape.required_members if whole and model.input_shape is not None else []
    lacking = [name for name in required if name not in names and not members[name].metadata.get("idempotencyToken")]
    return (f"{service}.{operation} is given no {', '.join(lacking)}", True) if lacking else ("", True)
