"""What a diagram shows, however it is drawn: resources by unit, what needs what, and what happens to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plan_review.configuration.addresses import mode
from plan_review.configuration.graph import cycles, reduction
from plan_review.layout.checks import graph_of
from plan_review.report.changes import CREATE, DELETE, FORGET, NOTHING, READ, REPLACE, UPDATE
from plan_review.terraform.comparison import restrict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from plan_review.configuration.model import Configuration, Resource
    from plan_review.layout.declaration import Layout
    from plan_review.report.changes import ReportedChange

CYCLE = "cycle"
# The worst first: what is said of a declaration of which several instances change.
WORST_FIRST = (CYCLE, DELETE, REPLACE, FORGET, UPDATE, CREATE, READ, NOTHING)


@dataclass(frozen=True, slots=True)
class Node:
    """A resource. ``action`` is what happens to it, ``unit`` the box that it stands in."""

    address: str
    name: str
    type: str
    unit: str
    action: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes in the order of addresses, edges by address (needing, needed), titles of the units.

    ``needs`` is the graph that the edges are taken from; they leave out what a longer path says already.
    """

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]
    titles: Mapping[str, str]
    needs: Mapping[str, Collection[str]]

    def around(self, chosen: Collection[str]) -> Diagram:
        """Return the part that holds the chosen nodes and those one hop from them."""
        near = set(chosen)
        for source, targets in self.needs.items():
            for target in targets:
                if source in chosen or target in chosen:
                    near |= {source, target}
        part = {source: targets for source, targets in restrict(self.needs, near).items() if source in near}
        return Diagram(tuple(node for node in self.nodes if node.address in near), _flat(part), self.titles, self.needs)

    @property
    def changed(self) -> set[str]:
        """The addresses of the nodes that something happens to."""
        return {node.address for node in self.nodes if node.action not in {NOTHING, READ}}


def unit_of(resource: Resource, layout: Layout | None) -> tuple[str, str]:
    """Return the unit that a resource is drawn in, and its title.

    It is the declared one, else the part of the construct tree, else the module, else the AWS service.
    """
    if layout:
        units = layout.units_of(resource)
        if units:
            return units[0], layout.units[units[0]].title
    if resource.module:
        return resource.module, resource.module
    steps = (resource.construct_path or "").split("/")
    if len(steps) > 2:  # noqa: PLR2004  # stack, unit, resource
        return steps[1], steps[1]
    return _service(resource.type), _service(resource.type)


def _service(resource_type: str) -> str:
    words = resource_type.split("_")
    return " ".join(words[:2]) if len(words) > 2 else resource_type  # noqa: PLR2004  # aws_service_thing


def _worst(actions: Iterable[str]) -> str:
    found = set(actions)
    return next((action for action in WORST_FIRST if action in found), NOTHING)


def draw(configuration: Configuration, layout: Layout | None, changes: Sequence[ReportedChange]) -> Diagram:
    """Return the diagram of a configuration with what a plan does to it; what is destroyed is in it too.

    Edges that a longer path says already are left out. Where there is a cycle all edges stay, and its members are
    marked.
    """
    graph = graph_of(configuration)
    knots = {node for component in cycles(graph) for node in component}
    graph = {node: [each for each in targets if each in graph] for node, targets in graph.items()}
    actions: dict[str, list[str]] = {}
    for change in changes:
        actions.setdefault(change.declaration, []).append(change.action)
    titles: dict[str, str] = {}
    nodes = []
    for address in sorted({*graph, *(address for address in actions if mode(address))}):
        resource = configuration.resources.get(address)
        action = CYCLE if address in knots else _worst(actions.get(address, []))
        if resource is None:
            kind = address.split(".")[-2] if "." in address else address
            unit, title = (
                ("(not declared)", "No longer declared") if action == DELETE else (_service(kind), _service(kind))
            )
            name = address.rpartition(".")[2]
        else:
            unit, title = unit_of(resource, layout)
            kind, name = (
                (resource.type if resource.mode == "managed" else f"{resource.mode} {resource.type}"),
                resource.name,
            )
        titles[unit] = title
        nodes.append(Node(address, name, kind, unit, action, resource.construct_path or "" if resource else ""))
    known = {node.address for node in nodes}
    needs = {source: [target for target in graph.get(source, []) if target in known] for source in sorted(known)}
    return Diagram(tuple(nodes), _flat(needs), titles, needs)


def _flat(graph: Mapping[str, Collection[str]]) -> tuple[tuple[str, str], ...]:
    """Return the edges of a graph, reduced where it has no cycle."""
    kept = graph if cycles(graph) else reduction(graph)
    return tuple((source, target) for source in sorted(kept) for target in sorted(kept[source]))
