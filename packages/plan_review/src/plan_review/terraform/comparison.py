"""Compare what the readers say: our own, the plan's JSON, and Terraform's graph, by what reaches what.

Terraform's graph is transitively reduced, so that direct edges are not comparable. Two graphs agree where each edge of
either is a path in the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.configuration.addresses import mode
from plan_review.configuration.graph import closure, cycles
from plan_review.findings import Finding, Verdict
from plan_review.layout.checks import graph_of
from plan_review.terraform import dot
from plan_review.terraform.plan_references import PlanReferences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from plan_review.configuration.model import Configuration

    Edges = Mapping[str, Collection[str]]

OURS, PLAN, GRAPH = "the configuration", "the plan", "Terraform's graph"
_NOT_IN_PLAN = "the plan's JSON leaves out replace_triggered_by, dynamic blocks and lifecycle conditions"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """``told_by`` says that ``source`` needs ``target``, and ``missing_in`` does not.

    An empty ``target`` means that ``source`` itself is missing. ``known`` is the reason, where it is known.
    """

    source: str
    target: str
    told_by: str
    missing_in: str
    known: str | None = None


def restrict(graph: Edges, keep: Collection[str]) -> dict[str, set[str]]:
    """Return the graph among ``keep`` only: an edge for each path whose inner nodes are all left out."""
    found: dict[str, set[str]] = {}
    for node in keep:
        reached: set[str] = set()
        passed: set[str] = set()
        waiting = [node]
        while waiting:
            for successor in graph.get(waiting.pop(), ()):
                if successor in keep:
                    reached.add(successor)
                elif successor not in passed:
                    passed.add(successor)
                    waiting.append(successor)
        found[node] = reached
    return found


def terraform_graph(text: str) -> dict[str, set[str]]:
    """Return the graph of ``terraform graph -type=plan`` by addresses. Raises ``DotError``."""
    merged: dict[str, set[str]] = {}
    for node, successors in dot.parse(text).items():
        address, role = dot.address_of(node)
        name = address if role in {"expand", ""} else node
        into = merged.setdefault(name, set())
        for successor in successors:
            target, target_role = dot.address_of(successor)
            into.add(target if target_role in {"expand", ""} else successor)
    return merged


class Paths:
    """Answers what reaches what in a graph."""

    def __init__(self, graph: Edges) -> None:
        nodes, self._masks = closure(graph)
        self._position = {node: place for place, node in enumerate(nodes)}

    def lead(self, source: str, target: str) -> bool:
        """Return whether a path of one hop or more leads from one node to another."""
        return bool(self._masks[self._position[source]] >> self._position[target] & 1)

    def any_lead(self, sources: Iterable[str], targets: Iterable[str]) -> bool:
        """Return whether any of some nodes reaches any of others."""
        reached = 0
        for source in sources:
            reached |= self._masks[self._position[source]]
        return any(reached >> self._position[target] & 1 for target in targets)


def compare(configuration: Configuration, plan: Mapping[str, Any] | None, graph: str | None) -> list[Disagreement]:
    """Return every disagreement between the readers there are, in a stable order.

    Raises ``plan_review.terraform.dot.DotError`` where Terraform's graph cannot be read.
    """
    readers: dict[str, Edges] = {OURS: graph_of(configuration)}
    if plan is not None:
        readers[PLAN] = PlanReferences(plan, configuration).graph
    if graph is not None:
        readers[GRAPH] = terraform_graph(graph)
    known = set(configuration.resources)
    common = sorted(known.intersection(*(set(reader) for reader in readers.values())))
    edges = {name: restrict(reader, set(common)) for name, reader in readers.items()}
    paths = {name: Paths(each) for name, each in edges.items()}
    found = [
        Disagreement(source, target, told_by, missing_in, _reason(configuration, source, target, missing_in))
        for told_by in readers
        for missing_in in readers
        if told_by != missing_in
        for source in common
        for target in sorted(edges[told_by][source])
        if not paths[missing_in].lead(source, target)
    ]
    return [*found, *_lonely(configuration, readers)]


def _reason(configuration: Configuration, source: str, target: str, missing_in: str) -> str | None:
    """Return why the plan does not tell an edge, where that is one of the things that it never tells."""
    if missing_in != PLAN:
        return None
    between = [each for each in configuration.references_from(source) if each.target == target]
    told = [
        each for each in between if each.path[:1] not in {("lifecycle",), ("dynamic",)} and "dynamic" not in each.path
    ]
    return _NOT_IN_PLAN if between and not told else None


def _lonely(configuration: Configuration, readers: Mapping[str, Edges]) -> Iterator[Disagreement]:
    """Yield the resources that Terraform has and our own reader does not, and the other way round."""
    for name, reader in readers.items():
        if name == OURS:
            continue
        theirs = {node for node in reader if mode(node)}
        unread = None if not configuration.incomplete else "a part of the configuration is not read"
        for address in sorted(theirs - set(configuration.resources)):
            yield Disagreement(address, "", name, OURS, unread)
        for address in sorted(set(configuration.resources) - theirs):
            yield Disagreement(address, "", OURS, name)


def findings(disagreements: Iterable[Disagreement], graph: str | None) -> list[Finding]:
    """Return a finding for each disagreement that has no known reason, and for a cycle in Terraform's graph."""
    found = [
        Finding(
            rule_id="readers-disagree",
            verdict=Verdict.CANNOT_TELL,
            address=each.source,
            subject=each.target,
            message=f"{each.told_by} tells that it needs {each.target}, {each.missing_in} does not"
            if each.target
            else f"{each.told_by} holds it, {each.missing_in} does not",
            consequence="one of the readers is wrong, and what rests on it cannot be trusted",
            remedy="look at the argument that makes the dependency, and write it in a plainer form",
        )
        for each in disagreements
        if each.known is None
    ]
    return [*found, *_cycles(graph)]


def _cycles(graph: str | None) -> Iterator[Finding]:
    for component in cycles(terraform_graph(graph)) if graph is not None else []:
        yield Finding(
            rule_id="terraform-cycle",
            verdict=Verdict.MISSING,
            address=component[0],
            message=f"Terraform's own graph has a cycle of {', '.join(component)}",
            consequence="Terraform can make none of them first and plans nothing: Error: Cycle",
            remedy="take one of the references away",
        )


def destroy_findings(configuration: Configuration, graph: str) -> list[Finding]:
    """Return a finding for each resource that Terraform would destroy before what needs it.

    ``graph`` is what ``terraform graph -type=plan-destroy`` writes. Raises ``plan_review.terraform.dot.DotError``.
    """
    parsed = dot.parse(graph)
    waits = {dot.address_of(node)[0]: node for node in parsed if dot.address_of(node)[1] == "destroy"}
    paths = Paths(parsed)
    pairs = dict.fromkeys((each.target, each.source) for each in configuration.references)
    found = [
        Finding(
            rule_id="destroy-order",
            verdict=Verdict.MISSING,
            address=needed,
            subject=needing,
            message=f"Terraform would not wait for {needing}, which needs it, before destroying it",
            consequence="AWS refuses to delete what is in use, or what uses it breaks first",
            remedy=f"add {needed} to the depends_on of {needing}",
        )
        for needed, needing in pairs
        if needed in waits and needing in waits and not paths.lead(waits[needed], waits[needing])
    ]
    return [*found, *_cycles(graph)]
