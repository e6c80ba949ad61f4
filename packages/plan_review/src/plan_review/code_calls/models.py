"""Whether a call to AWS is one that the SDK sends: operation and arguments, by botocore's own models."""

from __future__ import annotations

import difflib
import gzip
import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Methods of every client that are no operations, and arguments of paginators and waiters.
_METHODS = frozenset(
    {
        *("can_paginate", "close", "copy", "download_file", "download_fileobj", "exceptions", "get_paginator"),
        *("generate_presigned_post", "generate_presigned_url", "get_waiter", "meta", "upload_file", "upload_fileobj"),
        *("waiter_names", "batch_writer"),
    }
)
_OF_SDK = frozenset({"PaginationConfig", "WaiterConfig"})


@cache
def _data() -> Path | None:
    """Return the folder of botocore's models; reading them there takes a tenth of importing botocore's sessions."""
    spec = importlib.util.find_spec("botocore")
    return Path(spec.origin).parent / "data" if spec is not None and spec.origin else None


@cache
def _model(service: str) -> Mapping[str, Any] | None:
    """Return the model of a service in its latest version; None where there is none."""
    folder = _data()
    versions = sorted((folder / service).glob("*/service-2.json*")) if folder is not None else []
    if not versions:
        return None
    content = versions[-1].read_bytes()
    model: Mapping[str, Any] = json.loads(gzip.decompress(content) if versions[-1].suffix == ".gz" else content)
    return model


@cache
def _operations(service: str) -> Mapping[str, str] | None:
    """Return a service's operations by the names of the client's methods; None where it is not known."""
    from botocore import xform_name  # noqa: PLC0415 - not where an analysis is remembered

    model = _model(service)
    return None if model is None else {xform_name(name): name for name in model["operations"]}


def misuse(service: str, operation: str, given: Iterable[str], *, whole: bool) -> tuple[str, bool]:
    """Return what is wrong with a call, and whether that is certain; an empty text where nothing is.

    ``whole`` where all of its arguments are known, none comes with a resource, and no other is added.
    """
    operations, model = _operations(service), _model(service)
    if operations is None or model is None:
        folder = _data()
        known = [place.name for place in folder.iterdir()] if folder is not None else []
        near = difflib.get_close_matches(service, known, n=1)
        return f"boto3 has no service {service}" + (f"; did you mean {near[0]}?" if near else ""), False
    name = operations.get(operation)
    if name is None:
        near = difflib.get_close_matches(operation, operations, n=1)
        if not near or operation in _METHODS:
            return "", True
        return f"{service} has no operation {operation}; did you mean {near[0]}?", True
    shape = model["shapes"].get(model["operations"][name].get("input", {}).get("shape"), {})
    members = shape.get("members", {})
    names = [each for each in given if each not in _OF_SDK and each != "*"]
    for each in names:
        if each not in members:
            near = difflib.get_close_matches(each, members, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"{service}.{operation} takes no {each}{hint}", bool(near)
    required = shape.get("required", []) if whole else []
    lacking = [each for each in required if each not in names and not members[each].get("idempotencyToken")]
    return (f"{service}.{operation} is given no {', '.join(lacking)}", True) if lacking else ("", True)
