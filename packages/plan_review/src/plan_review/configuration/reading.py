"""Read a Terraform configuration, JSON as ``cdktf synth`` writes it or native, into a ``Configuration``."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plan_review.configuration import native_syntax
from plan_review.configuration.argument_kinds import is_map
from plan_review.configuration.files import (
    ConfigurationError,
    configuration_files,
    is_override,
    labelled,
    load_json,
    merge,
)
from plan_review.configuration.given_variables import Given, given_values, literal
from plan_review.configuration.model import Configuration, Resource, Scope
from plan_review.configuration.references import Finder, call_address

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SECTIONS = {"resource": "managed", "data": "data", "ephemeral": "ephemeral"}
_NO_BLOCKS = ("dynamic", "for_each", "count")
_META = ("//", "depends_on", "lifecycle")
_DEEPEST_MODULE = 20


__all__ = ["ConfigurationError", "read", "read_folder"]


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
        if isinstance(inner, dict) and name not in _NO_BLOCKS:
            given = isinstance(inner, native_syntax.Object) or is_map(resource_type, name, inner)
            body[name] = inner if given else [normalise(inner, resource_type)]
        else:
            body[name] = inner if name in _NO_BLOCKS else normalise(inner, resource_type)
    return body


def _bare(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [value]
    return tuple(str(entry).strip().removeprefix("${").removesuffix("}").strip() for entry in entries)


def _first(value: Any) -> Mapping[str, Any]:
    listed = value if isinstance(value, list) else [value]
    return listed[0] if listed and isinstance(listed[0], dict) else {}


def _metadata(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what cdktf notes beside a stack or resource."""
    return _first(_first(body.get("//", {})).get("metadata", {}))


def _resource(mode: str, labels: tuple[str, ...], body: Mapping[str, Any], scope: Scope) -> Resource:
    kind, name = labels
    local = f"{kind}.{name}" if mode == "managed" else f"{mode}.{kind}.{name}"
    metadata = _metadata(body)
    dynamic = {inner[0] for inner, _ in labelled(body.get("dynamic", {}), 1, f"{local}.dynamic")}
    own = {key: value for key, value in body.items() if key not in _META}
    return Resource(
        address=f"{scope.path}.{local}" if scope.path else local,
        mode=mode,
        type=kind,
        name=name,
        arguments=normalise(own, kind if mode == "managed" else f"{mode}.{kind}"),
        construct_path=metadata.get("path"),
        depends_on=_bare(body.get("depends_on", [])),
        lifecycle=_first(body.get("lifecycle", {})),
        repeated="count" in body or "for_each" in body,
        module=scope.path or None,
        dynamic=frozenset(dynamic),
    )


def _named(document: Mapping[str, Any], section: str) -> dict[str, Mapping[str, Any]]:
    return {labels[0]: body for labels, body in labelled(document.get(section, {}), 1, section)}


def _providers(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for (name,), body in labelled(document.get("provider", {}), 1, "provider"):
        found[f"{name}.{body['alias']}" if "alias" in body else name] = body
    return found


def _locals(document: Mapping[str, Any]) -> dict[str, Any]:
    bodies = (body for _, body in labelled(document.get("locals", {}), 0, "locals"))
    return {name: value for body in bodies for name, value in body.items() if name != "//"}


def _backend(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return where the root module says that the state is kept."""
    blocks = [body for _, body in labelled(document.get("terraform", {}), 0, "terraform")]
    found = [each for body in blocks for each in labelled(body.get("backend", {}), 1, "backend")]
    return {kind: body for (kind,), body in found}


class _Reader:
    def __init__(self, origin: Path | None, given: Sequence[Given]) -> None:
        self.origin = origin
        self.resources: dict[str, Resource] = {}
        self.scopes: dict[str, Scope] = {}
        self.incomplete: list[str] = []
        self._given = given
        self._installed = _installed_modules(origin) if origin else {}

    def module(
        self,
        document: Mapping[str, Any],
        folder: Path | None,
        path: str = "",
        parent: str | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Read one module and those that it calls."""
        declared = _named(document, "variable")
        if not path:
            inputs = given_values(declared, folder, self._given, os.environ if folder else {})
        scope = Scope(
            path=path,
            locals=_locals(document),
            variables=declared,
            outputs=_named(document, "output"),
            modules=_named(document, "module"),
            providers=_providers(document),
            inputs=inputs,
            parent=parent,
            folder=folder,
            settings=tuple(body for _, body in labelled(document.get("terraform", {}), 0, "terraform")),
        )
        self.scopes[path] = scope
        self._resources(document, scope)
        for (name,), body in labelled(document.get("check", {}), 1, "check"):
            self._resources({"data": body.get("data", {})}, scope, f"check.{name}.")
        for name, call in scope.modules.items():
            self._call(call_address(path, name), call, folder, path)

    def _resources(self, document: Mapping[str, Any], scope: Scope, where: str = "") -> None:
        for section, mode in _SECTIONS.items():
            for labels, body in labelled(document.get(section, {}), 2, f"{where}{section}"):
                resource = _resource(mode, labels, body, scope)
                if resource.address in self.resources:
                    raise ConfigurationError(f"{resource.address} is declared twice")
                self.resources[resource.address] = resource

    def _call(self, path: str, call: Mapping[str, Any], folder: Path | None, parent: str) -> None:
        source = str(call.get("source", ""))
        key = path.replace("module.", "")
        inside = self._installed.get(key)
        if inside is None and folder and source.startswith(("./", "../")):
            inside = folder / source
        if inside is None or not inside.is_dir():
            self.incomplete.append(f"{path} is not read: its source {source!r} is no folder here")
            return
        if path.count("module.") > _DEEPEST_MODULE:
            self.incomplete.append(f"{path} is not read: modules call each other more than {_DEEPEST_MODULE} deep")
            return
        try:
            document, skipped = load_folder(inside)
        except ConfigurationError as error:
            self.incomplete.append(f"{path} is not read: {error}")
            return
        self.incomplete.extend(f"{path}: {reason}" for reason in skipped)
        self.module(document, inside, path, parent, call)


def _installed_modules(origin: Path) -> dict[str, Path]:
    """Return the folders into which ``terraform init`` put the called modules, by their keys such as ``m.n``."""
    listing = origin / ".terraform" / "modules" / "modules.json"
    if not listing.is_file():
        return {}
    try:
        entries = json.loads(listing.read_text())["Modules"]
        return {entry["Key"]: origin / entry["Dir"] for entry in entries if entry["Key"]}
    except (ValueError, KeyError, TypeError):
        return {}


def load_folder(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Load all configuration files of a folder as one document, and say what in it could not be read.

    Raises ``ConfigurationError`` where the folder holds none or one is broken.
    """
    documents: list[Mapping[str, Any]] = []
    skipped: list[str] = []
    for path in configuration_files(folder):
        if is_override(path):
            skipped.append(f"{path.name} is not read: override files are not understood")
        elif path.name.endswith(".json"):
            documents.append(_with_literal_defaults(load_json(path)))
        else:
            documents.append(native_syntax.load(path))
    return merge(documents), skipped


def _with_literal_defaults(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a document of Terraform's JSON in which defaults of variables hold no expression: there they are none."""
    if "variable" not in document:
        return document

    def changed(value: Any, labels: int) -> Any:
        if isinstance(value, list):
            return [changed(inner, labels) for inner in value]
        if not isinstance(value, dict):
            return value
        if labels:
            return {label: changed(inner, labels - 1) for label, inner in value.items()}
        return {name: literal(inner) if name == "default" else inner for name, inner in value.items()}

    return {**document, "variable": changed(document["variable"], 1)}


def read(document: Mapping[str, Any], origin: Path | None = None) -> Configuration:
    """Read one Terraform JSON document. ``origin`` is the folder that it stands in; modules are looked for from there.

    Raises ``ConfigurationError`` where the document is no Terraform configuration.
    """
    if not isinstance(document, dict):
        raise ConfigurationError("the document is not an object")
    return _configuration(_with_literal_defaults(document), origin, [])


def read_folder(folder: Path, given: Sequence[Given] = ()) -> Configuration:
    """Read all configuration files of a folder, and the values of its variables: those ``given`` come last.

    Raises ``ConfigurationError`` where it holds none or one is broken.
    """
    document, skipped = load_folder(folder)
    return _configuration(document, folder, skipped, given)


def with_planned_variables(configuration: Configuration, plan: Mapping[str, Any]) -> Configuration:
    """Return a configuration whose root variables have the values that a plan was made with."""
    root = configuration.scopes[""]
    planned = plan.get("variables") or {}
    known = {
        name: literal(each["value"]) for name, each in planned.items() if name in root.variables and "value" in each
    }
    scopes = {**configuration.scopes, "": replace(root, inputs={**(root.inputs or {}), **known})}
    return replace(configuration, scopes=scopes)


def _configuration(
    document: Mapping[str, Any], origin: Path | None, skipped: list[str], given: Sequence[Given] = ()
) -> Configuration:
    reader = _Reader(origin, given)
    reader.module(document, origin)
    finder = Finder(reader.resources, reader.scopes)
    references = finder.references()
    return Configuration(
        resources=reader.resources,
        references=references,
        scopes=reader.scopes,
        origin=origin,
        stack=_metadata(document).get("stackName"),
        backend=_backend(document),
        incomplete=tuple(dict.fromkeys([*skipped, *reader.incomplete, *finder.problems])),
    )
