"""Read Terraform's JSON, as ``cdktf synth`` or a person writes it, into a ``Configuration``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.argument_kinds import is_map
from plan_review.model import Configuration, Resource, Scope
from plan_review.references import find_references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SECTIONS = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}
_META = ("//", "depends_on", "lifecycle", "dynamic")


class ConfigurationError(ValueError):
    """What was given is not a Terraform configuration; the message says where and what is wrong."""


def labelled(value: Any, labels: int, where: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield the labels and body of every block under ``value``; Terraform takes an object or a list at each level."""
    if isinstance(value, list):
        for item in value:
            yield from labelled(item, labels, where)
        return
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where} is {type(value).__name__}, not an object")
    if labels == 0:
        yield (), value
        return
    for label, inner in value.items():
        if label == "//":
            continue
        for rest, body in labelled(inner, labels - 1, f"{where}.{label}"):
            yield (label, *rest), body


def normalise(value: Any, resource_type: str) -> Any:
    """Return a block body with every nested block as a list of bodies and without comments."""
    if isinstance(value, list):
        return [normalise(item, resource_type) for item in value]
    if not isinstance(value, dict):
        return value
    body: dict[str, Any] = {}
    for name, inner in value.items():
        if name == "//":
            continue
        if name in {"dynamic", "lifecycle"}:
            body[name] = inner
        elif isinstance(inner, dict):
            body[name] = inner if is_map(resource_type, name, inner) else [normalise(inner, resource_type)]
        else:
            body[name] = normalise(inner, resource_type)
    return body


def _traversals(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [value]
    return tuple(str(entry).strip().removeprefix("${").removesuffix("}").strip() for entry in entries)


def _resource(mode: str, labels: tuple[str, ...], body: Mapping[str, Any], module: str) -> Resource:
    kind, name = labels
    prefix = "" if mode == "managed" else f"{mode}."
    local = f"{prefix}{kind}.{name}"
    comment = body.get("//")
    metadata = comment.get("metadata") if isinstance(comment, dict) else None
    lifecycle = body.get("lifecycle", {})
    if isinstance(lifecycle, list):
        lifecycle = lifecycle[0] if lifecycle else {}
    dynamic = {labels[0] for labels, _ in labelled(body.get("dynamic", {}), 1, f"{local}.dynamic")}
    return Resource(
        address=f"{module}.{local}" if module else local,
        mode=mode,
        type=kind,
        name=name,
        arguments=normalise({key: value for key, value in body.items() if key not in _META}, f"{prefix}{kind}"),
        construct_path=metadata.get("path") if isinstance(metadata, dict) else None,
        depends_on=_traversals(body.get("depends_on", [])),
        lifecycle=lifecycle,
        repeated="count" in body or "for_each" in body,
        module=module or None,
        dynamic=frozenset(dynamic),
    )


def _named(document: Mapping[str, Any], section: str) -> dict[str, Mapping[str, Any]]:
    return {labels[0]: body for labels, body in labelled(document.get(section, {}), 1, section)}


def _providers(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for (name,), body in labelled(document.get("provider", {}), 1, "provider"):
        found[f"{name}.{body['alias']}" if "alias" in body else name] = body
    return found


def read(document: Mapping[str, Any], origin: Path | None = None) -> Configuration:
    """Read one Terraform JSON document. ``origin`` is the folder that it stands in.

    Raises ``ConfigurationError`` where the document is no Terraform configuration.
    """
    if not isinstance(document, dict):
        raise ConfigurationError(f"the document is {type(document).__name__}, not an object")
    resources: dict[str, Resource] = {}
    for section, mode in _SECTIONS.items():
        for labels, body in labelled(document.get(section, {}), 2, section):
            resource = _resource(mode, labels, body, "")
            resources[resource.address] = resource
    scope = Scope(
        locals={
            name: value for _, body in labelled(document.get("locals", {}), 0, "locals") for name, value in body.items()
        },
        variables=_named(document, "variable"),
        outputs=_named(document, "output"),
        modules=_named(document, "module"),
        providers=_providers(document),
    )
    incomplete = tuple(f"module.{name} is not read" for name in sorted(scope.modules))
    references = find_references(resources, {"": scope})
    return Configuration(
        resources=resources, references=references, scopes={"": scope}, origin=origin, incomplete=incomplete
    )
