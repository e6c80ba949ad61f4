"""Hold a graph that Terraform tells against the declared layout, by what reaches what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Finding, Verdict
from plan_review.layout.declaration import matches, unit_graph
from plan_review.terraform.comparison import Paths, restrict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from plan_review.configuration.model import Configuration
    from plan_review.layout.declaration import Layout, Rule


class _Told:
    """A graph told by ``teller``, among the resources of a configuration, beside the declared layout."""

    def __init__(
        self, configuration: Configuration, layout: Layout, graph: Mapping[str, Collection[str]], teller: str
    ) -> None:
        self._layout = layout
        self._teller = teller
        self._resources = [each for each in configuration.resources.values() if each.address in graph]
        self._edges = restrict(graph, {each.address for each in self._resources})
        self._paths = Paths(self._edges)
        self._unit: dict[str, str] = {}
        self._members: dict[str, list[str]] = {name: [] for name in layout.units}
        for resource in self._resources:
            units = layout.units_of(resource)
            if len(units) == 1:  # none and two are findings of their own
                self._unit[resource.address] = units[0]
                self._members[units[0]].append(resource.address)

    def undeclared(self) -> Iterator[Finding]:
        allowed = Paths(unit_graph(self._layout))
        for source in sorted(self._edges):
            for target in sorted(self._edges[source]):
                one, other = self._unit.get(source), self._unit.get(target)
                if one and other and one != other and not allowed.lead(one, other):
                    message = f"{self._teller} leads from unit {one} to unit {other}, which is not declared"
                    yield _against(source, target, message)

    def missing(self) -> Iterator[Finding]:
        for unit in self._layout.units.values():
            for other in unit.needs:
                if not self._paths.any_lead(self._members[unit.name], self._members[other]):
                    message = f"{self._teller} does not lead from unit {unit.name} to unit {other}"
                    yield _against(f"unit.{unit.name}", other, message)

    def broken(self, rule: Rule, *, wanted: bool) -> Iterator[Finding]:
        sources = sorted(each.address for each in self._resources if matches(rule.sources, each))
        for pattern in rule.targets:
            targets = sorted(each.address for each in self._resources if matches([pattern], each))
            for source in sources:
                reached = [target for target in targets if self._paths.lead(source, target)]
                if wanted and targets and not reached:
                    yield _against(source, targets[0], f"{self._teller} does not lead to {targets[0]}: {rule.reason}")
                elif not wanted and reached:
                    yield _against(source, reached[0], f"{self._teller} leads to {reached[0]}: {rule.reason}")


def findings(
    configuration: Configuration, layout: Layout, graph: Mapping[str, Collection[str]], teller: str, *, whole: bool
) -> list[Finding]:
    """Return where a graph does not keep to the layout; ``teller`` names who tells it.

    ``whole`` says that it tells every edge, so that one which is missing is missing. Units may be passed through: a
    reduced graph has an edge between two units only where no longer path says it.
    """
    told = _Told(configuration, layout, graph, teller)
    found = [*told.undeclared(), *(each for rule in layout.forbidden for each in told.broken(rule, wanted=False))]
    if whole:
        found += [*told.missing(), *(each for rule in layout.required for each in told.broken(rule, wanted=True))]
    return found


def _against(source: str, target: str, message: str) -> Finding:
    return Finding(
        rule_id="terraform-against-layout",
        verdict=Verdict.MISSING,
        address=source,
        subject=target,
        message=message,
        consequence="Terraform would work in another order than the one that is declared",
        remedy="look for the reference that makes it, or that is missing, or correct the layout",
    )
