"""Find what each resource refers to, in every place where Terraform would find it.

Locals, input variables, module outputs and provider configurations are followed to the resources behind them; each is
a node of a small graph of names, so that a long chain of them is walked once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from plan_review.configuration.graph import components, cycles
from plan_review.configuration.model import Reference, Resource, Scope
from plan_review.language.traversals import Name, Names, in_expression, in_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plan_review.language.paths import Path


class NameNode(NamedTuple):
    """A name of one module that stands for other names: ``kind`` is local, var, output, provider, call or module."""

    scope: str
    kind: str
    name: str

    def __str__(self) -> str:
        """Return the name as Terraform writes it, such as ``module.m.local.x``."""
        own = f"{self.kind}.{self.name}" if self.kind not in {"call", "module"} else self.name
        return f"{self.scope}.{own}" if self.scope else own


class Use(NamedTuple):
    """What one name leads to: a resource's address, or another name."""

    target: str | NameNode
    attribute: str | None
    text: str
    path: Path


def call_address(scope: str, name: str) -> str:
    """Return the path of the module that ``scope`` calls ``name``."""
    return f"{scope}.module.{name}" if scope else f"module.{name}"


def strings(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every string inside a value with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from strings(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings(inner, (*path, index))


def bare_names(entries: Any) -> list[Names]:
    """Return the names in a list of references that may stand without ``${}``."""
    listed = entries if isinstance(entries, list) else [entries]
    return [
        in_expression(entry.strip().removeprefix("${").removesuffix("}").strip())
        for entry in listed
        if isinstance(entry, str)
    ]


class Finder:
    """Finds the references of a configuration. ``problems`` names, after ``references``, what could not be read."""

    def __init__(self, resources: Mapping[str, Resource], scopes: Mapping[str, Scope]) -> None:
        self._resources = resources
        self._scopes = scopes
        self._members: dict[str, list[str]] = {}
        for address, resource in resources.items():
            self._members.setdefault(resource.module or "", []).append(address)
        self._uses: dict[NameNode, list[Use]] = {}
        self._leads_to: dict[NameNode, dict[str, Reference]] = {}
        self.problems: list[str] = []

    def references(self) -> tuple[Reference, ...]:
        """Return all references, in the order of the resources and of their arguments."""
        direct = {address: list(self._of_resource(resource)) for address, resource in self._resources.items()}
        opaque = {
            address: [use for path, names in in_value(body) for use in self._uses_of(scope, names, path, address)]
            for scope, address, body in self._opaque_calls()
        }
        self._follow_names(use for uses in direct.values() for _, use in uses)
        self._follow_names(use for uses in opaque.values() for use in uses)
        found: list[Reference] = []
        for source, uses in direct.items():
            found.extend(self._expanded(source, uses))
        for source, plain in opaque.items():
            found.extend(self._expanded(source, [("argument", use) for use in plain]))
        found.extend(self._circular_names())
        return tuple(dict.fromkeys(found))

    def _opaque_calls(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for path, scope in self._scopes.items():
            for name, body in scope.modules.items():
                if call_address(path, name) not in self._scopes:
                    yield path, call_address(path, name), body

    def _of_resource(self, resource: Resource) -> Iterator[tuple[str, Use]]:
        scope = resource.module or ""
        where = resource.address
        arguments = {name: value for name, value in resource.arguments.items() if name != "provider"}
        for path, names in in_value(arguments):
            for use in self._uses_of(scope, names, path, where):
                yield "argument", use
        for names in bare_names(list(resource.depends_on)):
            for use in self._uses_of(scope, names, ("depends_on",), where):
                yield "depends_on", use
        yield from self._of_lifecycle(resource)
        if node := self._provider(resource):
            yield "provider", Use(node, None, str(resource.arguments.get("provider", node.name)), ("provider",))
        if scope:
            yield "module", Use(NameNode(scope, "call", scope), None, scope, ())

    def _of_lifecycle(self, resource: Resource) -> Iterator[tuple[str, Use]]:
        scope = resource.module or ""
        for name, value in resource.lifecycle.items():
            path = ("lifecycle", name)
            if name == "replace_triggered_by":
                for names in bare_names(value):
                    for use in self._uses_of(scope, names, path, resource.address):
                        yield "replace_triggered_by", use
            elif name != "ignore_changes":
                for inner, names in in_value(value, path):
                    for use in self._uses_of(scope, names, inner, resource.address):
                        yield "argument", use

    def _provider(self, resource: Resource) -> NameNode | None:
        """Return the provider configuration that a resource uses, through the modules that pass it on."""
        given = resource.arguments.get("provider")
        key = str(given).strip().removeprefix("${").removesuffix("}") if given else resource.type.partition("_")[0]
        path = resource.module or ""
        while True:
            scope = self._scopes[path]
            if key in scope.providers:
                return NameNode(path, "provider", key)
            if scope.parent is None:
                return None
            call = self._scopes[scope.parent].modules.get(path.rpartition(".")[2], {})
            passed = call.get("providers")
            key = str(passed.get(key, key)) if isinstance(passed, dict) else key
            key = key.strip().removeprefix("${").removesuffix("}")
            path = scope.parent

    def _uses_of(self, scope: str, names: Names, path: Path, where: str) -> Iterator[Use]:
        if names.problem:
            self.problems.append(f"{where}: {names.problem}")
        for name in names.found:
            target = self._target(scope, name)
            if target is not None:
                yield Use(target, name.attribute, name.text, path)

    def _target(self, scope: str, name: Name) -> str | NameNode | None:
        names = self._scopes[scope]
        if name.kind == "resource":
            address = f"{scope}.{name.name}" if scope else name.name
            return address if address in self._resources else None
        if name.kind == "module" and name.name in names.modules:
            return self._module(call_address(scope, name.name), name.attribute)
        known = {"local": names.locals, "var": names.inputs or {}}.get(name.kind, {})
        return NameNode(scope, name.kind, name.name) if name.name in known else None

    def _module(self, called: str, attribute: str | None) -> str | NameNode:
        if called not in self._scopes:
            return called
        if attribute in self._scopes[called].outputs:
            return NameNode(called, "output", str(attribute))
        return NameNode(called, "module", called)

    def _direct(self, node: NameNode) -> list[Use]:
        scope = self._scopes[node.scope]
        where = str(node)
        if node.kind == "var":
            return self._values(scope.parent or "", (scope.inputs or {})[node.name], where)
        if node.kind == "local":
            return self._values(node.scope, scope.locals[node.name], where)
        if node.kind in {"output", "provider"}:
            body = dict((scope.outputs if node.kind == "output" else scope.providers)[node.name])
            waits = [
                use
                for names in bare_names(body.pop("depends_on", []))
                for use in self._uses_of(node.scope, names, ("depends_on",), where)
            ]
            return [*self._values(node.scope, body, where), *waits]
        if node.kind == "module":  # the module as a whole: everything in it
            inner = [call_address(node.scope, name) for name in scope.modules]
            nested = [NameNode(path, "module", path) if path in self._scopes else path for path in inner]
            return [Use(target, None, node.name, ()) for target in (*self._members.get(node.scope, ()), *nested)]
        return self._of_call(node, scope)

    def _of_call(self, node: NameNode, scope: Scope) -> list[Use]:
        """Return what everything inside a module waits for: the call's count, for_each and depends_on."""
        parent = scope.parent or ""
        call = self._scopes[parent].modules.get(node.scope.rpartition(".")[2], {})
        where = str(node)
        uses = [
            use
            for name in ("count", "for_each")
            for path, names in in_value(call.get(name), (name,))
            for use in self._uses_of(parent, names, path, where)
        ]
        for names in bare_names(call.get("depends_on", [])):
            uses.extend(self._uses_of(parent, names, ("depends_on",), where))
        if parent:
            uses.append(Use(NameNode(parent, "call", parent), None, parent, ()))
        return uses

    def _values(self, scope: str, value: Any, where: str) -> list[Use]:
        return [use for path, names in in_value(value) for use in self._uses_of(scope, names, path, where)]

    def _follow_names(self, uses: Iterable[Use]) -> None:
        """Walk the graph of names from those that are used, and note what each leads to."""
        waiting = [use.target for use in uses if isinstance(use.target, NameNode)]
        while waiting:
            node = waiting.pop()
            if node not in self._uses:
                self._uses[node] = self._direct(node)
                waiting.extend(use.target for use in self._uses[node] if isinstance(use.target, NameNode))
        for component in components(self._name_graph()):
            merged: dict[str, Reference] = {}
            for node in component:
                for use in self._uses[node]:
                    for reference in self._expand(str(node), "argument", use):
                        merged.setdefault(reference.target, reference)
            for node in component:
                self._leads_to[node] = merged

    def _name_graph(self) -> dict[NameNode, list[NameNode]]:
        return {
            node: [use.target for use in uses if isinstance(use.target, NameNode)] for node, uses in self._uses.items()
        }

    def _expand(self, source: str, kind: str, use: Use) -> Iterator[Reference]:
        if isinstance(use.target, str):
            yield Reference(
                source=source, target=use.target, attribute=use.attribute, path=use.path, text=use.text, kind=kind
            )
            return
        for target, reference in self._leads_to.get(use.target, {}).items():
            yield Reference(
                source=source,
                target=target,
                attribute=reference.attribute,
                path=use.path,
                text=use.text,
                kind=kind,
                via=(str(use.target), *reference.via),
            )

    def _expanded(self, source: str, uses: Iterable[tuple[str, Use]]) -> Iterator[Reference]:
        for kind, use in uses:
            yield from self._expand(source, kind, use)

    def _circular_names(self) -> Iterator[Reference]:
        """Yield the references of names that stand for themselves: a cycle without any resource."""
        for component in cycles(self._name_graph()):
            for node in component:
                for use in self._uses[node]:
                    if use.target in component:
                        yield Reference(
                            source=str(node), target=str(use.target), attribute=None, path=use.path, text=use.text
                        )
