"""Draw the whole configuration as SVG: a card for each unit, a row for each resource, an arrow for each need.

Arrows run from left to right, from what needs to what is needed, so that what is made last stands on the left.
"""

from __future__ import annotations

import html
from itertools import pairwise
from typing import TYPE_CHECKING

from plan_review.report.changes import CREATE, DELETE, FORGET, REPLACE, UPDATE
from plan_review.report.diagram import CYCLE, Node
from plan_review.report.ranks import place
from plan_review.report.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plan_review.report.diagram import Diagram

_COLOURS: Mapping[str, str] = {
    CREATE: "#16a34a",
    UPDATE: "#d97706",
    REPLACE: "#dc2626",
    DELETE: "#7f1d1d",
    FORGET: "#6b7280",
    CYCLE: "#dc2626",
}
_PLAIN = "#cbd5e1"
_STYLE = """
  text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1e293b; }
  .title { font: 600 14px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; }
  .unit { font: 600 13px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; }
  .name { font-size: 12px; } .type { font-size: 10px; fill: #64748b; } .legend { font-size: 11px; fill: #475569; }
  .card { fill: #ffffff; stroke: #cbd5e1; } .head { fill: #f1f5f9; }
  .edge { fill: none; stroke: #94a3b8; stroke-width: 1.1; marker-end: url(#tip); }
  .inner { fill: none; stroke: #94a3b8; stroke-width: 1; marker-end: url(#tip); }
  .cycle { stroke: #dc2626; stroke-width: 2; }
  .gone { text-decoration: line-through; }
"""
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0,0.6 L8,4 L0,7.4 z" fill="#64748b"/></marker></defs>'
)
_LETTER = 7.3  # pixels of a letter at 12 px of a monospaced face
_SMALL_LETTER = 6.1
_UNIT_LETTER = 7.4
_ROW = 32.0
_HEAD = 28.0
_PAD = 10.0
_GUTTER = 30.0  # on the right of a card, for arrows between its own rows
_BETWEEN = 110.0  # between two columns, for arrows
_MARGIN = 24.0
_TOP = 76.0
_MOST_EDGES = 3000


def escape(text: str) -> str:
    """Return a text as XML takes it, which has no place for control characters."""
    return html.escape(visible(text))


class _Card:
    """A unit: its rows, the size that they take, and where it stands."""

    def __init__(self, title: str, nodes: Sequence[Node]) -> None:
        self.title = title
        self.nodes = nodes
        longest = max(max(len(node.name) * _LETTER, len(node.type) * _SMALL_LETTER) for node in nodes)
        self.width = max(longest + 26, len(title) * _UNIT_LETTER + 40) + 2 * _PAD + _GUTTER
        self.height = _HEAD + _PAD + _ROW * len(nodes) + _PAD / 2
        self.left = self.top = 0.0

    def row(self, place: int) -> float:
        """Return the level of a row's middle."""
        return self.top + _HEAD + _PAD / 2 + _ROW * place + _ROW / 2


def draw(diagram: Diagram, title: str) -> str:
    """Return the drawing. The same diagram gives the same bytes."""
    drawing = _Drawing(diagram)
    body = [*drawing.arrows(), *drawing.cards()]
    width = max(drawing.width, 520.0)
    height = drawing.height + _MARGIN
    return "\n".join(
        [
            _opening(width, height),
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            _TIP,
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            f'<text class="title" x="{_MARGIN:.0f}" y="28">{escape(title)}</text>',
            *_legend(diagram, drawing.left_out),
            *body,
            "</svg>",
            "",
        ]
    )


def _opening(width: float, height: float) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'


def _legend(diagram: Diagram, left_out: int) -> list[str]:
    rows = [f'<text class="legend" x="{_MARGIN:.0f}" y="46">An arrow points from what needs to what is needed.</text>']
    x = _MARGIN
    counts = {action: sum(node.action == action for node in diagram.nodes) for action in _COLOURS}
    counts["unchanged"] = len(diagram.nodes) - sum(counts.values())
    for action, count in counts.items():
        if count:
            label = f"{action} {count}"
            rows.append(f'<rect x="{x:.1f}" y="55" width="9" height="9" rx="2" fill="{_COLOURS.get(action, _PLAIN)}"/>')
            rows.append(f'<text class="legend" x="{x + 14:.1f}" y="63.5">{label}</text>')
            x += 14 + len(label) * 6.7 + 18
    if left_out:
        rows.append(f'<text class="legend" x="{x:.1f}" y="63.5">{left_out} arrows are left out</text>')
    return rows


class _Drawing:
    def __init__(self, diagram: Diagram) -> None:
        self._edges = diagram.edges[:_MOST_EDGES]
        self.left_out = len(diagram.edges) - len(self._edges)
        units: dict[str, list[Node]] = {}
        for node in diagram.nodes:
            units.setdefault(node.unit, []).append(node)
        self._unit = {node.address: node.unit for node in diagram.nodes}
        self._circular = {node.address for node in diagram.nodes if node.action == CYCLE}
        self._cards = {
            unit: _Card(diagram.titles.get(unit, unit), self._in_order(nodes)) for unit, nodes in sorted(units.items())
        }
        self._row = {node.address: place for card in self._cards.values() for place, node in enumerate(card.nodes)}
        between = sorted(
            {(self._unit[one], self._unit[two]) for one, two in self._edges} - {(unit, unit) for unit in units}
        )
        self._placed = place({unit: card.height for unit, card in self._cards.items()}, between)
        self._columns = self._place_columns()
        self.width = max((card.left + card.width for card in self._cards.values()), default=0.0) + _MARGIN
        self.height = self._placed.height + _TOP

    def _in_order(self, nodes: Sequence[Node]) -> list[Node]:
        """Return the rows of a card, what needs above what is needed."""
        inside = {node.address for node in nodes}
        needed_by = dict.fromkeys(inside, 0)
        needs: dict[str, list[str]] = {address: [] for address in inside}
        for source, target in self._edges:
            if source in inside and target in inside and source != target:
                needs[source].append(target)
                needed_by[target] += 1
        depth = dict.fromkeys(inside, 0)
        waiting = sorted(address for address in inside if not needed_by[address])
        while waiting:
            address = waiting.pop(0)
            for target in needs[address]:
                depth[target] = max(depth[target], depth[address] + 1)
                needed_by[target] -= 1
                if not needed_by[target]:
                    waiting.append(target)
        return sorted(nodes, key=lambda node: (depth[node.address], node.name, node.address))

    def _place_columns(self) -> list[tuple[float, float]]:
        """Give each card its place; return the left and right edge of each column."""
        widths: dict[int, float] = {}
        for unit, card in self._cards.items():
            number = self._placed.column[unit]
            widths[number] = max(widths.get(number, 0.0), card.width)
        edges = []
        left = _MARGIN
        for number in range(max(widths, default=-1) + 1):
            edges.append((left, left + widths.get(number, 0.0)))
            left += widths.get(number, 0.0) + _BETWEEN
        for unit, card in self._cards.items():
            column = edges[self._placed.column[unit]]
            card.left = column[0] + (column[1] - column[0] - card.width) / 2
            card.top = _TOP + self._placed.top[unit]
        return edges

    def cards(self) -> list[str]:
        """Return the boxes with their rows and the arrows inside of them."""
        rows: list[str] = []
        for unit, card in self._cards.items():
            x, y, width = card.left, card.top, card.width
            rows.append(
                f'<g><rect class="card" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{card.height:.1f}" rx="8"/>'
                f'<path class="head" d="M{x + 0.5:.1f},{y + _HEAD:.1f} v-{_HEAD - 8:.1f} q0,-7.5 7.5,-7.5 '
                f'h{width - 16:.1f} q7.5,0 7.5,7.5 v{_HEAD - 8:.1f} z"/>'
                f'<text class="unit" x="{x + _PAD:.1f}" y="{y + 19:.1f}">{escape(card.title)}</text>'
            )
            rows += [self._node(card, place, node) for place, node in enumerate(card.nodes)]
            rows += [
                self._inner(card, source, target)
                for source, target in self._edges
                if self._unit[source] == self._unit[target] == unit
            ]
            rows.append("</g>")
        return rows

    def _node(self, card: _Card, place: int, node: Node) -> str:
        y = card.row(place)
        gone = " gone" if node.action == DELETE else ""
        told = f" ({node.action})" if node.action in _COLOURS else ""
        where = f", {node.path}" if node.path else ""
        return (
            f"<g><title>{escape(node.address + told + where)}</title>"
            f'<rect x="{card.left + _PAD:.1f}" y="{y - 11:.1f}" width="5" height="24" rx="2" '
            f'fill="{_COLOURS.get(node.action, _PLAIN)}"/>'
            f'<text class="name{gone}" x="{card.left + _PAD + 14:.1f}" y="{y:.1f}">{escape(node.name)}</text>'
            f'<text class="type" x="{card.left + _PAD + 14:.1f}" y="{y + 12:.1f}">{escape(node.type)}</text></g>'
        )

    def _class(self, source: str, target: str, kind: str) -> str:
        return f"{kind} cycle" if {source, target} <= self._circular else kind

    def _inner(self, card: _Card, source: str, target: str) -> str:
        start, end = card.row(self._row[source]), card.row(self._row[target]) + 3
        x = card.left + card.width - _GUTTER + 2
        reach = min(8 + abs(self._row[source] - self._row[target]) * 5, _GUTTER + 4)
        return (
            f'<path class="{self._class(source, target, "inner")}" d="M{x:.1f},{start:.1f} '
            f'C{x + reach:.1f},{start:.1f} {x + reach:.1f},{end:.1f} {x:.1f},{end:.1f}">'
            f"<title>{escape(source)} needs {escape(target)}</title></path>"
        )

    def arrows(self) -> list[str]:
        """Return the arrows between boxes."""
        return [
            self._arrow(source, target) for source, target in self._edges if self._unit[source] != self._unit[target]
        ]

    def _arrow(self, source: str, target: str) -> str:
        one, other = self._cards[self._unit[source]], self._cards[self._unit[target]]
        bends = self._placed.bends.get((self._unit[source], self._unit[target]), [])
        forward = one.left <= other.left
        points = [(one.left + one.width if forward else one.left, one.row(self._row[source]))]
        for column, level in bends:
            left, right = self._columns[column]
            pair = [(left, level + _TOP), (right, level + _TOP)]
            points += pair if forward else pair[::-1]
        points.append((other.left if forward else other.left + other.width, other.row(self._row[target])))
        path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
        for number, ((x, y), (to_x, to_y)) in enumerate(pairwise(points)):
            if number % 2 and len(bends):
                path += f" L{to_x:.1f},{to_y:.1f}"
            else:
                half = (to_x - x) / 2
                path += f" C{x + half:.1f},{y:.1f} {to_x - half:.1f},{to_y:.1f} {to_x:.1f},{to_y:.1f}"
        return (
            f'<path class="{self._class(source, target, "edge")}" d="{path}">'
            f"<title>{escape(source)} needs {escape(target)}</title></path>"
        )
