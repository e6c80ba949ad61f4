"""Creating, reading, changing, removing and importing a resource of any type, by its table of calls."""

from __future__ import annotations

import re
import threading
import time
import traceback
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offline_provider.applying import tagging
from offline_provider.applying.errors import (
    CALL_FAILURES,
    ApplyError,
    UnsupportedError,
    code_of,
    described,
    secrets_of,
)
from offline_provider.applying.fields import at, from_response, is_zero
from offline_provider.applying.kept_state import planned_or_found, settle, shaped, with_documents
from offline_provider.applying.resource import Context, Resource
from offline_provider.applying.resource_type import Call, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from offline_provider.applying.resource_type import ResourceType
    from offline_provider.wire.values import Value

SETTLE_SECONDS = 60.0
"""How long a change may take until the service shows it whole; the emulator needs moments."""

_REGION_SUFFIX = re.compile(r"^(.+)@([a-z]{2}(?:-[a-z]+)+-\d{1,2})$")
_one_at_a_time = threading.Lock()


def create(kind: ResourceType, planned: Value, config: Value, context: Context) -> Value:
    """Make the resource and return its state."""
    resource = Resource(kind, context, planned | _as_written(config, context))
    resource.values |= {name: value for name, value in kind.generated(resource).items() if is_zero(resource[name])}
    exists = False
    try:
        with _explained("create", kind, resource):
            _refuse_unsupported(kind, resource)
            kind.before(resource)
            for index, call in enumerate(kind.create):
                if call.when(resource):
                    _make(kind, _with_tags(kind, call) if index == 0 else call, resource)
                if index == 0:
                    resource.values["id"] = kind.identity(resource)
                    exists = True
            if kind.tags is not None and kind.tags.on_create is None:
                tagging.write_tags(kind.tags, resource, {})
            found = _settled(kind, resource)
            for call in kind.after_create:
                if call.when(resource):
                    _make(kind, call, resource)
            if kind.after_create:
                found = _settled(kind, resource)
    except ApplyError as failure:
        if exists:
            failure.state = _partial(resource)
        raise
    return _state(kind, resource, found, planned, applied=True)


def read(kind: ResourceType, state: Value, context: Context) -> Value:
    """Return the state as the service has it now; ``None`` where the resource is gone."""
    resource = Resource(kind, context, state)
    with _explained("read", kind, resource):
        found = observe(kind, resource)
    return None if found is None else _state(kind, resource, found, state, applied=False)


def update(kind: ResourceType, prior: Value, planned: Value, config: Value, context: Context) -> Value:
    """Change the resource in place and return its state."""
    resource = Resource(kind, context, planned, prior)
    resource.values = {
        name: prior.get(name) if planned[name] is not None and value is None else value
        for name, value in resource.values.items()
    }
    resource.values["id"] = prior["id"]
    changed = {name: text for name, text in _as_written(config, context).items() if resource.changed(name)}
    resource.values |= changed
    try:
        with _explained("change", kind, resource):
            _refuse_unsupported(kind, resource)
            for call in kind.update:
                if resource.changed(*call.arguments) and call.when(resource):
                    _make(kind, call, resource)
                    if call is not kind.update[-1]:
                        _settled(kind, resource)
            tagging.write_tags(kind.tags, resource, dict(prior.get("tags_all") or {}))
            found = _settled(kind, resource)
    except ApplyError as failure:
        failure.state = _after_failed_update(kind, prior, context)
        raise
    return _state(kind, resource, found, planned, applied=True)


def delete(kind: ResourceType, state: Value, context: Context) -> None:
    """Remove the resource; one that is gone already is no error."""
    resource = Resource(kind, context, state)
    with _explained("remove", kind, resource):
        for call in kind.delete:
            if call.when(resource):
                try:
                    _make(kind, call, resource)
                except CALL_FAILURES as error:
                    if code_of(error) not in kind.gone:
                        raise
        if kind.vanished is not None:
            vanished = kind.vanished
            _wait(lambda: vanished(resource), resource, lambda: "it is still there")


def import_state(kind: ResourceType, identifier: str, context: Context) -> Value:
    """Return the state of the resource with this import id, with at least what ``read`` needs to find it."""
    region = None
    if (match := _REGION_SUFFIX.match(identifier)) and "region" in context.schema.block.attributes:
        identifier, region = match.groups()
    try:
        told = kind.importing(identifier)
    except ValueError as error:
        raise ApplyError(f"cannot import {kind.what} {identifier}", f"The import id {error}.") from error
    values = {"id": identifier, "region": region or context.settings.region, **told}
    values["id"] = kind.identity(Resource(kind, context, values))
    return shaped(context.schema.block, values)


def observe(kind: ResourceType, resource: Resource) -> dict[str, Any] | None:
    """Return all attributes that the service tells; ``None`` where it knows no such resource."""
    found: dict[str, Any] = {}
    for index, call in enumerate(kind.reads):
        if not call.when(resource):
            continue
        try:
            response = resource.send(call.operation, resource.request(call.request))
        except CALL_FAILURES as error:
            code = code_of(error)
            if index == 0 and code in kind.gone | call.absent:
                return None
            if code not in call.absent:
                raise
            response = None
        picked = _picked(call.pick, response, resource)
        if picked is None and index == 0:
            return None
        found |= from_response(call.fields, picked or {})
    found |= kind.derive(resource, found)
    if kind.tags is not None:
        identifies = kind.tags.key[1]
        resource.values[identifies] = found.get(identifies) or resource[identifies]
        found |= tagging.read_tags(kind.tags, resource, resource.values)
    return found


def _picked(pick: str | Callable[[Any, Resource], Any], response: Any, resource: Resource) -> Any:
    """Return the part of a response that holds the resource; ``None`` where it holds none."""
    if response is None:
        return None
    return pick(response, resource) if callable(pick) else at(response, pick)


def _state(
    kind: ResourceType, resource: Resource, found: dict[str, Any], reference: dict[str, Any], *, applied: bool
) -> dict[str, Any]:
    """Return the state after what was found: what was read where it was, the rest as it was planned or known."""
    block = resource.context.schema.block
    whole = {**resource.values, **found}
    whole["id"] = resource["id"] or kind.identity(resource)
    whole["region"] = whole.get("region") or resource.context.settings.region
    whole = with_documents(resource.context.behaviour, whole, reference, kind.verbatim)
    if not resource.context.behaviour.legacy:
        made = shaped(block, whole, zeros=False)
        return planned_or_found(reference, made) if applied else made
    read_here = found.keys() - kind.nullable
    return settle(block, shaped(block, whole, read_here), reference, applied=applied)


def _as_written(config: Value, context: Context) -> dict[str, Any]:
    """Return the documents as the configuration has them: they are planned in a form of their own, but sent as is."""
    return {path: config[path] for path in context.behaviour.documents if isinstance((config or {}).get(path), str)}


def _partial(resource: Resource) -> dict[str, Any]:
    """Return what is known of a resource whose creation failed half-way; Terraform marks it as tainted."""
    return shaped(resource.context.schema.block, resource.values)


def _after_failed_update(kind: ResourceType, prior: Value, context: Context) -> Value:
    """Return the state as the service has it after some of a change's calls; where it does not tell, as it was."""
    try:
        found = read(kind, prior, context)
    except ApplyError:
        return prior
    return prior if found is None else found


def _settled(kind: ResourceType, resource: Resource) -> dict[str, Any]:
    """Return what is read once the service shows the change whole."""
    last: list[dict[str, Any]] = []

    def there() -> bool:
        found = observe(kind, resource)
        last[:] = [] if found is None else [found]
        return found is not None and kind.settled(resource, found)

    _wait(there, resource, lambda: "it is still changing" if last else "it did not appear")
    return last[0]


def _wait(done: Callable[[], bool], resource: Resource, otherwise: Callable[[], str]) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise ApplyError(f"waited too long for {resource.name}", f"After {SETTLE_SECONDS:.0f} s {otherwise()}.")
        resource.context.pause()


def _make(kind: ResourceType, call: Call | Step, resource: Resource) -> None:
    """Make a call, and take over what later calls need of its response."""
    if isinstance(call, Step):
        call.run(resource)
        return
    try:
        with _one_at_a_time if call.heavy else nullcontext():
            response = resource.send(call.operation, resource.request(call.request))
    except CALL_FAILURES as error:
        if call.gone_is_fine and code_of(error) in kind.gone:
            return
        raise
    if problem := call.check(response):
        raise ApplyError(f"cannot change {resource.name}", problem)
    for name, member in call.returns.items():
        value: Any = response
        for step in member.split("."):
            value = value[step]
        resource.values[name] = value


def _with_tags(kind: ResourceType, call: Call | Step) -> Call | Step:
    """Return the creating call with tags, where the service takes them with it."""
    if isinstance(call, Step):
        return call
    return replace(call, request=lambda each: each.request(call.request) | tagging.on_create(kind.tags, each))


def _refuse_unsupported(kind: ResourceType, resource: Resource) -> None:
    """Refuse arguments that no call writes: leaving them out without a word would be a wrong result."""
    block = resource.context.schema.block
    known = kind.written
    defaults = resource.context.behaviour.defaults
    settable = [item.name for item in block.attributes.values() if item.settable] + list(block.blocks)
    for name in settable:
        value = resource[name]
        before = None if resource.prior is None else resource.prior.get(name)
        if name not in known and not is_zero(value) and value not in (before, defaults.get(name)):
            raise UnsupportedError(name)


@contextmanager
def _explained(doing: str, kind: ResourceType, resource: Resource) -> Iterator[None]:
    """Turn what goes wrong in the block into an ``ApplyError`` that names the resource and holds no secret."""
    try:
        yield
    except ApplyError:
        raise
    except UnsupportedError as problem:
        raise ApplyError(
            f"does not apply {problem.path} of {resource.context.type_name}",
            f"It plans this argument of the {resource.name}, but knows no call that writes it. Leave it out, or use "
            "HashiCorp's provider.",
        ) from problem
    except CALL_FAILURES as error:
        secrets = secrets_of(resource.context.schema.block, [resource.values, resource.prior], kind.private)
        said = described(error, secrets)
        if doing == "create" and not resource["id"] and code_of(error) in kind.exists:
            raise ApplyError(
                f"{resource.name} exists already",
                f"{said}. It is not in this state: import it (terraform import), or remove it.",
            ) from error
        raise ApplyError(f"cannot {doing} {resource.name}", said) from error
    except Exception as defect:
        # What exists by now must not be lost with it; the message could quote values, so it is left out.
        place = traceback.extract_tb(defect.__traceback__)[-1]
        raise ApplyError(
            f"cannot {doing} {resource.name}",
            f"This is a defect of the offline provider: {type(defect).__name__} in {Path(place.filename).name}, "
            f"line {place.lineno}.",
        ) from defect
