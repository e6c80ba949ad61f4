"""Draw the changed part of a configuration as Mermaid, within the limits that GitHub sets to it.

Mermaid draws at most 500 edges and 50,000 characters: https://mermaid.js.org/config/schema-docs/config.html . Ours are
lower, since a drawing that fills them is not read by anybody. Beyond them units are drawn in place of resources.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from plan_review.report.changes import CREATE, DELETE, FORGET, NOTHING, REPLACE, UPDATE
from plan_review.report.diagram import CYCLE
from plan_review.report.text import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from plan_review.report.diagram import Diagram

MOST_NODES = 90
MOST_EDGES = 220
MOST_CHARACTERS = 16_000
_MOST_UNITS = 60

_CLASSES: Mapping[str, tuple[str, str]] = {
    CREATE: ("created", "fill:#dcfce7,stroke:#16a34a,color:#14532d"),
    UPDATE: ("updated", "fill:#fef3c7,stroke:#d97706,color:#78350f"),
    REPLACE: ("replaced", "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d,stroke-width:2px"),
    DELETE: ("destroyed", "fill:#fecaca,stroke:#b91c1c,color:#7f1d1d,stroke-dasharray:4 2"),
    FORGET: ("forgotten", "fill:#e5e7eb,stroke:#6b7280,color:#374151,stroke-dasharray:4 2"),
    CYCLE: ("circular", "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d,stroke-width:3px"),
}
_CONTEXT = ("context", "fill:#f8fafc,stroke:#cbd5e1,color:#475569")


def escape(text: str) -> str:
    """Return a text as Mermaid takes it between quotes."""
    marks = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
    return "".join(marks.get(letter, letter) for letter in " ".join(visible(text).split()))


def _class(action: str) -> str:
    return _CLASSES.get(action, _CONTEXT)[0]


def draw(diagram: Diagram, chosen: Collection[str] = ()) -> tuple[str, str]:
    """Return the drawing of what changes and one hop around it, and a note on what it leaves out.

    Without any change that is around what is ``chosen``, or the whole.
    """
    chosen = diagram.changed or {node.address for node in diagram.nodes if node.address in chosen}
    part = diagram.around(chosen) if chosen else diagram
    if not part.nodes:
        return "", ""
    left_out = len(diagram.nodes) - len(part.nodes)
    note = f"Further away, and not drawn: {left_out}." if left_out else ""
    if len(part.nodes) <= MOST_NODES and len(part.edges) <= MOST_EDGES:
        text = _resources(part)
        if len(text) <= MOST_CHARACTERS:
            return text, note
    return _units(part)


def _resources(diagram: Diagram) -> str:
    number = {node.address: f"n{place}" for place, node in enumerate(diagram.nodes)}
    rows = ["flowchart LR"]
    for place, unit in enumerate(sorted({node.unit for node in diagram.nodes})):
        rows.append(f'  subgraph u{place}["{escape(diagram.titles.get(unit, unit))}"]')
        rows += [
            f'    {number[node.address]}["{escape(node.name)}<br/>{escape(node.type)}"]:::{_class(node.action)}'
            for node in diagram.nodes
            if node.unit == unit
        ]
        rows.append("  end")
    rows += [f"  {number[source]} --> {number[target]}" for source, target in diagram.edges]
    return "\n".join([*rows, *_styles({_class(node.action) for node in diagram.nodes})])


def _units(diagram: Diagram) -> tuple[str, str]:
    counts: dict[str, Counter[str]] = {}
    unit_of = {}
    for node in diagram.nodes:
        counts.setdefault(node.unit, Counter())[node.action] += 1
        unit_of[node.address] = node.unit
    shown = sorted(counts)[:_MOST_UNITS]
    number = {unit: f"u{place}" for place, unit in enumerate(shown)}
    rows = ["flowchart LR"]
    for unit in shown:
        told = ", ".join(f"{count} {_class(action)}" for action, count in sorted(counts[unit].items()))
        worst = next((action for action in _CLASSES if counts[unit][action]), NOTHING)
        rows.append(f'  {number[unit]}["{escape(diagram.titles.get(unit, unit))}<br/>{told}"]:::{_class(worst)}')
    edges = sorted(
        {
            (number[unit_of[source]], number[unit_of[target]])
            for source, target in diagram.edges
            if unit_of[source] != unit_of[target] and unit_of[source] in number and unit_of[target] in number
        }
    )
    rows += [f"  {source} --> {target}" for source, target in edges[:MOST_EDGES]]
    note = f"Units are drawn in place of {len(diagram.nodes)} resources."
    if len(counts) > len(shown):
        note += f" {len(counts) - len(shown)} units are left out."
    if len(edges) > MOST_EDGES:
        note += f" {len(edges) - MOST_EDGES} edges are left out."
    return "\n".join([*rows, *_styles({_class(action) for count in counts.values() for action in count})]), note


def _styles(used: set[str]) -> list[str]:
    known = [*_CLASSES.values(), _CONTEXT]
    return [f"  classDef {name} {style}" for name, style in known if name in used]
