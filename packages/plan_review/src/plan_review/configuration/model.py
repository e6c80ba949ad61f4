"""A Terraform configuration as plain, frozen values: resources, the references between them, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

    from plan_review.language.paths import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource or data source as declared, before ``count`` and ``for_each`` make instances of it.

    ``arguments`` is as in the JSON, with the ``${…}`` strings; a nested block is always a list of mappings, a
    map-typed argument a mapping. ``dynamic`` names the top-level blocks that a ``dynamic`` block makes: what they hold
    is known to Terraform only. ``module`` is the path of the module that declares it, such as ``module.m``.
    """

    address: str
    mode: str
    type: str
    name: str
    arguments: Mapping[str, Any] = field(repr=False, hash=False)
    construct_path: str | None = None
    depends_on: tuple[str, ...] = ()
    lifecycle: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    repeated: bool = False
    module: str | None = None
    dynamic: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """``source`` needs ``target``, because the argument at ``path`` holds the expression ``text``.

    ``kind`` is ``argument``, ``depends_on``, ``replace_triggered_by``, ``provider`` or ``module``. ``attribute`` is the
    first attribute taken of the target. ``via`` names the locals, variables and outputs that were followed.
    """

    source: str
    target: str
    attribute: str | None
    path: Path
    text: str
    kind: str = "argument"
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names that expressions of one module can use. ``path`` is empty for the root module.

    ``inputs`` holds what the calling module gives for a variable; its expressions are read in the scope of the caller,
    ``parent``. ``folder`` is where the module's files stand. ``settings`` are its ``terraform`` blocks.
    """

    path: str = ""
    locals: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    modules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    inputs: Mapping[str, Any] | None = None
    parent: str | None = None
    folder: pathlib.Path | None = None
    settings: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """All that could be read of a configuration.

    ``backend`` is where the state is kept, the backend's settings by its kind. ``stack`` is the name of the stack that
    was synthesized to it, None where it was written by hand. ``incomplete`` says, a sentence each, what could not be
    read.
    """

    resources: Mapping[str, Resource]
    references: tuple[Reference, ...] = ()
    scopes: Mapping[str, Scope] = field(default_factory=lambda: {"": Scope()})
    origin: pathlib.Path | None = None
    stack: str | None = None
    backend: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    incomplete: tuple[str, ...] = ()

    @property
    def folder(self) -> pathlib.Path | None:
        """The folder in which relative paths begin; None where the configuration stands nowhere."""
        if self.origin is None or self.origin.is_dir():
            return self.origin
        return self.origin.parent

    @property
    def locals(self) -> Mapping[str, Any]:
        """The root module's local values."""
        return self.scopes[""].locals

    @property
    def variables(self) -> Mapping[str, Mapping[str, Any]]:
        """The root module's input variables, as declared."""
        return self.scopes[""].variables

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Any]]:
        """The root module's outputs, as declared."""
        return self.scopes[""].outputs

    @property
    def modules(self) -> Mapping[str, Mapping[str, Any]]:
        """The root module's calls of other modules, as declared."""
        return self.scopes[""].modules

    @property
    def providers(self) -> Mapping[str, Mapping[str, Any]]:
        """The root module's provider configurations by name or ``name.alias``."""
        return self.scopes[""].providers

    def of_type(self, *types: str) -> list[Resource]:
        """Return the resources of these types in the order of their addresses; ``data.aws_x`` names a data source."""
        return [resource for name in types for resource in self._by_type.get(name, [])]

    def references_from(self, address: str) -> list[Reference]:
        """Return what this resource refers to, directly or through locals, variables and outputs."""
        return self._from.get(address, [])

    @cached_property
    def _by_type(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for address in sorted(self.resources):
            resource = self.resources[address]
            prefix = "" if resource.mode == "managed" else f"{resource.mode}."
            found.setdefault(prefix + resource.type, []).append(resource)
        return found

    @cached_property
    def _from(self) -> dict[str, list[Reference]]:
        found: dict[str, list[Reference]] = {}
        for reference in self.references:
            found.setdefault(reference.source, []).append(reference)
        return found
