"""MediaConvert's own service model, as botocore ships it: operations, routes and shapes.

Nothing about the API is typed by hand: which URL belongs to which operation, which member travels in the
URL, the query or the body, and what its shape allows, all come from the model's rest-json traits.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from local_mediaconvert.exceptions import BadRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]
"""A JSON object under the names it has on the wire (``outputGroups``, not ``OutputGroups``)."""

_IGNORED_QUERY = frozenset({"x-id"})
"""Added by some SDKs to every URL; it carries nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, routed: the operation and all its members under their wire names.

    ``url`` is where it was sent to, ``region`` the one that it was signed for, ``None`` where it was not signed.
    """

    operation: OperationModel
    params: Json
    url: str = ""
    region: str | None = None


@functools.cache
def service_model() -> ServiceModel:
    """MediaConvert's model from the installed botocore."""
    return ServiceModel(Loader().load_service_model("mediaconvert", "service-2"), "mediaconvert")


def wire_name(member: str, shape: Shape) -> str:
    """The JSON name of ``member``, for example ``outputGroups`` for ``OutputGroups``."""
    return str(shape.serialization.get("name", member))


def wire_members(shape: StructureShape) -> Mapping[str, Shape]:
    """The members of ``shape`` under their JSON names."""
    return {wire_name(name, member): member for name, member in shape.members.items()}


def input_shape(operation: OperationModel) -> StructureShape | None:
    """The shape of the operation's request; ``None`` where it takes nothing."""
    shape = operation.input_shape
    return shape if isinstance(shape, StructureShape) else None


@functools.cache
def _routes() -> tuple[tuple[str, re.Pattern[str], OperationModel], ...]:
    model = service_model()
    routes = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(operation.http["requestUri"]))
        routes.append((operation.http["method"], re.compile(pattern), operation))
    return tuple(routes)


def route(method: str, target: str, body: bytes) -> Call:
    """Find the operation that ``method`` and ``target`` (raw path and query) name, and gather its members.

    Raises:
        NotFoundError: no operation has this method and path.
        BadRequestError: the body is not a JSON object, or a member comes in the wrong place.

    """
    path, _, query = target.partition("?")
    path = path.rstrip("/") or "/"
    for route_method, pattern, operation in _routes():
        match = pattern.fullmatch(path)
        if match and route_method == method:
            uri = {name: unquote(value) for name, value in match.groupdict().items()}
            return Call(operation, _gather(operation, uri, query, body))
    raise NotFoundError(f"MediaConvert has no operation at {method} {path}")


def _gather(operation: OperationModel, uri: Json, query: str, body: bytes) -> Json:
    shape = input_shape(operation)
    members = wire_members(shape) if shape else {}
    elsewhere = {name for name, member in members.items() if member.serialization.get("location")}
    params = _body(body)
    if misplaced := elsewhere & params.keys():
        raise BadRequestError(f"/{min(misplaced)}: belongs in the URL, not in the body")
    params.update(uri)
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name in _IGNORED_QUERY:
            continue
        member = members.get(name)
        if member is None or member.serialization.get("location") != "querystring":
            raise BadRequestError(f"{operation.name} takes no query parameter {name!r}")
        params[name] = _from_text(text, member)
    return params


def _body(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        parsed = json.loads(body, parse_constant=_no_json)
        json.dumps(parsed, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise BadRequestError(f"the request body holds {half}, which is half of a character") from error
    except ValueError as error:
        raise BadRequestError(f"the request body is not valid JSON: {error}") from error
    except RecursionError:
        raise BadRequestError("the request body is nested too deeply") from None
    if not isinstance(parsed, dict):
        raise BadRequestError("the request body must be a JSON object")
    return parsed


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _from_text(text: str, shape: Shape) -> str | int:
    """A query parameter as its shape's type; what does not fit stays text, for the validator to name."""
    if shape.type_name == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text
