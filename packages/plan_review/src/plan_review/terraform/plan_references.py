"""The references that Terraform itself found, as a plan's JSON tells them: a second reader beside our own.

The plan tells direct references only, so locals, variables and module outputs are followed here. It says nothing about
``replace_triggered_by``, ``dynamic`` blocks and lifecycle conditions:
https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.configuration.references import call_address
from plan_review.language.traversals import Name, in_expression, in_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.configuration.model import Configuration

    Body = Mapping[str, Any]
    Node = tuple[str, str, str]


def expression_references(value: Any) -> Iterator[str]:
    """Yield the references of a plan's expression, or of a block of them, however deep."""
    if isinstance(value, dict):
        listed = value.get("references")
        if isinstance(listed, list) and all(isinstance(item, str) for item in listed):
            # A module's output is followed by the instance and the module that it is taken of: these say nothing more.
            yield from (
                item for item in listed if not any(other.startswith((f"{item}.", f"{item}[")) for other in listed)
            )
            return
        for inner in value.values():
            yield from expression_references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expression_references(inner)


class PlanReferences:
    """The graph of resources that a plan's ``configuration`` tells; ``graph`` maps each to what it refers to."""

    def __init__(self, plan: Mapping[str, Any], configuration: Configuration) -> None:
        self._configuration = configuration
        self._modules: dict[str, Body] = {}
        self._calls: dict[str, Body] = {}
        self._resources: dict[str, tuple[str, Body]] = {}
        self._followed: dict[Node, frozenset[str]] = {}
        told = plan["configuration"]
        self._providers: Mapping[str, Body] = told.get("provider_config", {})
        self._read(told.get("root_module", {}), "")
        self.graph = {address: sorted(self._of_resource(address)) for address in sorted(self._resources)}

    def _read(self, module: Body, path: str) -> None:
        self._modules[path] = module
        for resource in module.get("resources", []):
            address = f"{path}.{resource['address']}" if path else resource["address"]
            self._resources[address] = (path, resource)
        for name, call in module.get("module_calls", {}).items():
            inside = call_address(path, name)
            self._calls[inside] = call
            self._read(call.get("module", {}), inside)

    def _of_resource(self, address: str) -> set[str]:
        path, resource = self._resources[address]
        parts = [
            resource.get(key) for key in ("expressions", "count_expression", "for_each_expression", "provisioners")
        ]
        found = self._targets(path, expression_references(parts))
        found |= self._targets(path, resource.get("depends_on", []))
        provider = self._providers.get(resource.get("provider_config_key", ""), {})
        found |= self._targets(provider.get("module_address", ""), expression_references(provider.get("expressions")))
        while path:
            call, path = self._calls[path], path.rpartition("module.")[0].rstrip(".")
            parts = [call.get("count_expression"), call.get("for_each_expression")]
            found |= self._targets(path, [*expression_references(parts), *call.get("depends_on", [])])
        return found

    def _targets(self, path: str, references: Any) -> set[str]:
        return {
            target
            for reference in references
            for name in in_expression(reference).found
            for target in self._follow(path, name)
        }

    def _follow(self, path: str, name: Name) -> frozenset[str]:
        node = (path, name.kind, f"{name.name}.{name.attribute}" if name.kind == "module" else name.name)
        if node not in self._followed:
            self._followed[node] = frozenset()  # what leads back here adds nothing
            self._followed[node] = frozenset(self._direct(path, name))
        return self._followed[node]

    def _direct(self, path: str, name: Name) -> set[str]:
        if name.kind == "resource":
            address = f"{path}.{name.name}" if path else name.name
            return {address} if address in self._resources else set()
        if name.kind == "local":
            scope = self._configuration.scopes.get(path)
            value = scope.locals.get(name.name) if scope else None
            inner = [each for _, names in in_value(value) for each in names.found]
            return {target for each in inner for target in self._follow(path, each)}
        if name.kind == "var" and path:
            caller = path.rpartition("module.")[0].rstrip(".")
            return self._targets(caller, expression_references(self._calls[path].get("expressions", {}).get(name.name)))
        if name.kind == "module":
            return self._output(call_address(path, name.name), name.attribute)
        return set()

    def _output(self, called: str, attribute: str | None) -> set[str]:
        outputs = self._modules.get(called, {}).get("outputs", {})
        if attribute in outputs:
            output = outputs[attribute]
            return self._targets(
                called, [*expression_references(output.get("expression")), *output.get("depends_on", [])]
            )
        return {address for address in self._resources if address.startswith(f"{called}.")}
