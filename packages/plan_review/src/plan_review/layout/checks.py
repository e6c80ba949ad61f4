"""Hold a configuration against the declared layout, and against what holds for every configuration: no cycle.

Each check is linear in resources and references.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from plan_review.aws.policy_attachments import ROLE_ATTACHMENTS
from plan_review.configuration.graph import cycles, reachable, reversed_graph, shortest_cycle, shortest_path
from plan_review.findings import Edit, Finding, Verdict
from plan_review.layout import demands, explanation
from plan_review.layout.declaration import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from plan_review.configuration.model import Configuration, Reference
    from plan_review.layout.declaration import Layout, Rule

    Edge = tuple[str, str]  # what needs something, and what it needs

_MOST_SHOWN = 5
_START = "(start)"


def graph_of(configuration: Configuration) -> dict[str, list[str]]:
    """Return what needs what: every resource, every unread module, and the names that stand for each other."""
    edges: dict[str, set[str]] = {address: set() for address in configuration.resources}
    for reference in configuration.references:
        edges.setdefault(reference.source, set()).add(reference.target)
        edges.setdefault(reference.target, set())
    return {address: sorted(edges[address]) for address in sorted(edges)}


def check(
    configuration: Configuration, layout: Layout | None = None, *, demanded: Callable[[], Collection[Edge]] = tuple
) -> list[Finding]:
    """Return what is wrong, worst first; without a layout only cycles and what could not be read are looked for.

    ``demanded`` returns the edges that something else demands: no remedy is to give them up. It is asked only where
    there is something to give up.
    """
    keep = _Kept(configuration, layout, demanded)
    found = [*_cycles(configuration, layout, keep), *_unread(configuration)]
    if layout:
        checker = _LayoutCheck(configuration, layout, keep)
        found += [
            *checker.memberships(),
            *checker.undeclared_edges(),
            *checker.missing_edges(),
            *checker.forbidden(),
            *checker.required(),
            *demands.check(configuration, layout.demands),
        ]
    return sorted(found, key=Finding.sort_key)


def _unread(configuration: Configuration) -> Iterator[Finding]:
    for reason in configuration.incomplete:
        address, _, rest = reason.partition(": ") if ": " in reason else ("configuration", "", reason)
        yield Finding(
            rule_id="unread-configuration",
            verdict=Verdict.CANNOT_TELL,
            address=address,
            message=rest or reason,
            consequence="what it refers to, and what refers to it, is not looked at",
            remedy="run `terraform init` in the folder, so that its modules are here, and fix what is broken",
        )


class _Kept:
    """Tells which edges must stay: cut there, the next review would ask for them back."""

    def __init__(
        self, configuration: Configuration, layout: Layout | None, demanded: Callable[[], Collection[Edge]]
    ) -> None:
        self._configuration = configuration
        self._layout = layout
        self._ask = demanded

    @cached_property
    def _demanded(self) -> Collection[Edge]:
        return self._ask()

    def __call__(self, source: str, target: str) -> bool:
        """Whether the layout or a rule demands that ``source`` needs ``target``."""
        if (source, target) in self._demanded:
            return True
        first, second = self._configuration.resources.get(source), self._configuration.resources.get(target)
        if not self._layout or not first or not second:
            return False
        if any(matches(each.sources, first) and matches(each.targets, second) for each in self._layout.required):
            return True
        one, other = self._layout.units_of(first), self._layout.units_of(second)
        return len(one) == 1 and len(other) == 1 and other[0] in self._layout.units[one[0]].needs


def _violates(configuration: Configuration, layout: Layout | None, source: str, target: str) -> bool:
    """Return whether the layout says that ``source`` must not need ``target``."""
    first, second = configuration.resources.get(source), configuration.resources.get(target)
    if not layout or not first or not second:
        return False
    if any(matches(rule.sources, first) and matches(rule.targets, second) for rule in layout.forbidden):
        return True
    one, other = layout.units_of(first), layout.units_of(second)
    if len(one) != 1 or len(other) != 1 or one == other:
        return False
    unit = layout.units[one[0]]
    return other[0] not in unit.needs and other[0] not in unit.may_need


def _cycles(configuration: Configuration, layout: Layout | None, keep: _Kept) -> Iterator[Finding]:
    graph = graph_of(configuration)
    for component in cycles(graph):
        path = shortest_cycle(graph, set(component))
        hops = [explanation.hop(configuration, source, target) for source, target in pairwise(path)]
        against = [_violates(configuration, layout, each.source, each.target) for each in hops]
        kept = [keep(each.source, each.target) for each in hops]
        cheapest = min(
            range(len(hops)), key=lambda number: (kept[number], not against[number], hops[number].cost, number)
        )
        marks = ["not in the declared layout" if wrong else "" for wrong in against]
        marks[cheapest] = "cut here" + (f": {marks[cheapest]}" if marks[cheapest] else "")
        unread = [node for node in path if node.startswith("module.") and node not in configuration.resources]
        remedy = f"cheapest to cut: {hops[cheapest].source} → {hops[cheapest].target}: {hops[cheapest].advice}"
        if unread:
            remedy = f"read {unread[0]} (`terraform init`): it may not need what it is given for what it gives back"
        knot = f", part of a knot of {len(component)}" if len(component) > len(hops) else ""
        size = "it needs itself" if len(hops) == 1 else f"a cycle of {len(hops)}{knot}"
        yield Finding(
            rule_id="layout-cycle",
            verdict=Verdict.CANNOT_TELL if unread else Verdict.MISSING,
            address=path[0],
            subject=" ".join(sorted(path[:-1])),
            message=f"{size}:\n{explanation.lines(configuration, hops, marks)}",
            consequence="Terraform can make none of them first and plans nothing: Error: Cycle",
            remedy=remedy,
            ties=hops[cheapest].ties,
            edits=() if unread or _still_circular(graph, component, hops[cheapest]) else hops[cheapest].edits,
        )


def _still_circular(graph: Mapping[str, list[str]], component: Iterable[str], cut: explanation.Hop) -> bool:
    """Whether a knot holds another cycle once a hop is given up."""
    nodes = set(component)
    rest = {
        node: [each for each in graph[node] if each in nodes and (node, each) != (cut.source, cut.target)]
        for node in nodes
    }
    return bool(cycles(rest))


class _LayoutCheck:
    def __init__(self, configuration: Configuration, layout: Layout, keep: _Kept) -> None:
        self._configuration = configuration
        self._layout = layout
        self._keep = keep
        self._units = {
            address: layout.units_of(resource) for address, resource in sorted(configuration.resources.items())
        }
        self._edges: dict[tuple[str, str], list[Reference]] = defaultdict(list)
        for reference in configuration.references:
            one, other = self._units.get(reference.source, []), self._units.get(reference.target, [])
            if len(one) == 1 and len(other) == 1 and one != other:
                self._edges[one[0], other[0]].append(reference)
        self._graph = graph_of(configuration)

    def memberships(self) -> Iterator[Finding]:
        """Every resource belongs to one unit, and every fixed name exists."""
        for address, units in self._units.items():
            if not units:
                yield _missing(
                    "layout-no-unit", address, "it belongs to no unit of the declared layout",
                    consequence="nothing says what it may depend on",
                    remedy="add its name to the members of a unit in the layout, or a unit for it",
                )  # fmt: skip
            elif len(units) > 1:
                yield _missing(
                    "layout-two-units", address, f"patterns of more than one unit match it: {', '.join(units)}",
                    consequence="what it may depend on is said twice, differently",
                    remedy="add its name to the members of one of them: a fixed name counts before a pattern",
                )  # fmt: skip
        names = {*self._configuration.resources, *(each.name for each in self._configuration.resources.values())}
        for unit in self._layout.units.values():
            for member in unit.fixed:
                if member not in names:
                    yield self._no_such(f"unit.{unit.name}", member)

    def _no_such(self, where: str, name: str) -> Finding:
        return _missing(
            "layout-missing-member", name, f"{where} of the declared layout names it, and no resource is called that",
            consequence="the layout says something about a resource that is not there",
            remedy="give the resource this name (override_logical_id keeps it exact), or correct the layout",
            ties=(gone := frozenset({f"resource {name}"})), after=gone,
        )  # fmt: skip

    def undeclared_edges(self) -> Iterator[Finding]:
        """No unit needs another that the layout does not name."""
        for (one, other), references in sorted(self._edges.items()):
            unit = self._layout.units[one]
            if other in unit.needs or other in unit.may_need:
                continue
            pairs = list(dict.fromkeys((each.source, each.target) for each in references))
            hops = [explanation.hop(self._configuration, source, target) for source, target in pairs[:_MOST_SHOWN]]
            shown = "\n".join(explanation.lines(self._configuration, [each]) for each in hops)
            more = f"\n  and {len(pairs) - _MOST_SHOWN} more" if len(pairs) > _MOST_SHOWN else ""
            message = f"unit {one} needs unit {other}, which is not declared:\n{shown}{more}"
            declare = f'declare it: {other} = "what for" in unit.{one}.needs'
            kept = any(self._keep(source, target) for source, target in pairs[:_MOST_SHOWN])
            yield _missing(
                "layout-undeclared-edge", hops[0].source, message,
                subject=other, consequence="a dependency that nobody decided on is how a cycle begins",
                remedy=declare if kept else f"{hops[0].advice}; or, where it is meant, {declare}",
                ties=frozenset().union(
                    *(each.ties | each.arguments for each in hops)
                ),
                after=frozenset({f"near {each.source}" for each in hops}).union(*(each.ties for each in hops)),
            )  # fmt: skip

    def missing_edges(self) -> Iterator[Finding]:
        """Every need that is declared is there."""
        for unit in self._layout.units.values():
            for other, reason in unit.needs.items():
                if (unit.name, other) not in self._edges:
                    yield _missing(
                        "layout-missing-edge", f"unit.{unit.name}",
                        f"it is declared to need unit {other} ({reason}), and nothing in it refers to that",
                        subject=other, consequence=f"without it this does not happen: {reason}",
                        remedy=f"give {unit.name} an attribute of {other}'s resources, or correct the layout",
                    )  # fmt: skip

    def forbidden(self) -> Iterator[Finding]:
        """What must never be reached is not reached, not even through a policy attached to a role."""
        graph = _with_attachments(self._configuration, self._graph)
        turned = reversed_graph(graph)
        for number, rule in enumerate(self._layout.forbidden, start=1):
            yield from self._unknown_names(f"forbidden {number}", rule.sources)
            sources, targets = self._both_ends(rule)
            guilty = sorted(reachable(turned, targets).intersection(sources))
            if not guilty:
                continue
            path = shortest_path({**graph, _START: guilty}, _START, set(targets))[1:]
            if len(path) == 1:  # a source that is a target itself, and needs another
                path = shortest_path(graph, path[0], set(targets))
            yield self._forbidden_path(rule, path, guilty)

    def _forbidden_path(self, rule: Rule, path: Sequence[str], guilty: Sequence[str]) -> Finding:
        hops = [_hop(self._configuration, source, target) for source, target in pairwise(path)]
        kept = [self._keep(each.source, each.target) for each in hops]
        cheapest = min(range(len(hops)), key=lambda number: (kept[number], hops[number].cost, -number))
        marks = ["cut here" if number == cheapest else "" for number in range(len(hops))]
        others = [address for address in guilty if address != path[0]]
        also = f"\n  so do {', '.join(others[:_MOST_SHOWN])}" if others else ""
        also += f" and {len(others) - _MOST_SHOWN} more" if len(others) > _MOST_SHOWN else ""
        unread = [node for node in path if node not in self._configuration.resources]
        message = (
            f"it reaches {path[-1]}, which it never may:\n{explanation.lines(self._configuration, hops, marks)}{also}"
        )
        return Finding(
            rule_id="layout-forbidden-path",
            verdict=Verdict.CANNOT_TELL if unread else Verdict.MISSING,
            address=path[0],
            subject=path[-1],
            message=message,
            consequence=rule.reason,
            remedy=f"{hops[cheapest].source} → {hops[cheapest].target}: {hops[cheapest].advice}",
            ties=hops[cheapest].ties,
            after=hops[cheapest].ties,
            edits=() if unread else hops[cheapest].edits,
        )

    def required(self) -> Iterator[Finding]:
        """What must come after something else leads to it."""
        turned = reversed_graph(self._graph)
        for number, rule in enumerate(self._layout.required, start=1):
            yield from self._unknown_names(f"required {number}", (*rule.sources, *rule.targets))
            for pattern in rule.targets:
                targets = [each for each in self._configuration.resources.values() if matches([pattern], each)]
                before = reachable(turned, [each.address for each in targets])
                for source in self._named(rule.sources):
                    if targets and source not in before:
                        yield _missing(
                            "layout-missing-order", source, f"it must come after {targets[0].address}, and does not",
                            subject=pattern, consequence=rule.reason,
                            remedy=f"add {targets[0].address} to its depends_on",
                            ties=(order := frozenset({f"edge {source} {targets[0].address}"})), after=order,
                            edits=(Edit(source, ("depends_on",), "append", targets[0].address),),
                        )  # fmt: skip

    def _named(self, patterns: Iterable[str]) -> list[str]:
        patterns = tuple(patterns)
        return [
            address
            for address, resource in sorted(self._configuration.resources.items())
            if matches(patterns, resource)
        ]

    def _both_ends(self, rule: Rule) -> tuple[list[str], list[str]]:
        return self._named(rule.sources), self._named(rule.targets)

    def _unknown_names(self, where: str, patterns: Iterable[str]) -> Iterator[Finding]:
        for pattern in patterns:
            if not any(wildcard in pattern for wildcard in "*?[") and not self._named([pattern]):
                yield self._no_such(where, pattern)


def _with_attachments(configuration: Configuration, graph: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the graph with an edge from each role to the policies attached to it: what they allow, it can reach."""
    more: dict[str, list[str]] = defaultdict(list)
    for reference in configuration.references:
        source, target = configuration.resources.get(reference.source), configuration.resources.get(reference.target)
        if (
            source
            and target
            and target.type == "aws_iam_role"
            and source.type in ROLE_ATTACHMENTS
            and reference.path[:1] == (ROLE_ATTACHMENTS[source.type].holder,)
        ):
            more[target.address].append(source.address)
    return {node: [*successors, *more.get(node, [])] for node, successors in graph.items()}


def _hop(configuration: Configuration, source: str, target: str) -> explanation.Hop:
    """Explain one step of a path that may lead from a role to a policy attached to it."""
    found = explanation.hop(configuration, source, target)
    if found.places:
        return found
    return explanation.Hop(source, target, ("which it is given by",), 9, f"take the policy {target} away from {source}")


def _missing(rule_id: str, address: str, message: str, **details: Any) -> Finding:
    return Finding(rule_id=rule_id, verdict=Verdict.MISSING, address=address, message=message, **details)
