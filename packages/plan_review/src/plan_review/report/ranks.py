"""Place boxes of different heights in columns so that arrows run one way and cross little.

The steps are Sugiyama's (https://doi.org/10.1109/TSMC.1981.4308636): break cycles, give each box a column, put a bend
wherever an arrow passes a column, order each column by where its neighbours stand, and then move it level with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Edge = tuple[str, str]

_ROUNDS = 8
_GAP = 26.0  # pixels between two boxes of a column
_BEND = 14.0  # pixels that a passing arrow takes up in a column


@dataclass
class Placed:
    """Where everything stands: the column and upper edge of each box, and each arrow's bends from left to right."""

    column: dict[str, int] = field(default_factory=dict)
    top: dict[str, float] = field(default_factory=dict)
    bends: dict[Edge, list[tuple[int, float]]] = field(default_factory=dict)
    height: float = 0.0


def place(heights: Mapping[str, float], edges: Sequence[Edge]) -> Placed:
    """Place the boxes whose heights are given; an edge runs from a box on the left to one on its right."""
    acyclic = _without_cycles(sorted(heights), sorted(set(edges)))
    column = _columns(sorted(heights), acyclic)
    size: dict[str, float] = dict(heights)
    chains: dict[Edge, list[str]] = {}
    links: list[Edge] = []
    for source, target in acyclic:
        bends = [f"{source}\0{target}\0{number}" for number in range(column[source] + 1, column[target])]
        for number, bend in enumerate(bends, start=column[source] + 1):
            column[bend], size[bend] = number, _BEND
        chains[source, target] = bends
        path = [source, *bends, target]
        links += pairwise(path)
    order = _ordered(column, links)
    top = _levelled(order, size, links)
    placed = Placed(
        column={name: column[name] for name in heights},
        top={name: top[name] for name in heights},
        height=max((top[name] + size[name] for name in size), default=0.0),
    )
    for edge in sorted(set(edges)):
        chain = chains.get(edge) or chains.get((edge[1], edge[0]), [])[::-1]
        placed.bends[edge] = [(column[bend], top[bend] + _BEND / 2) for bend in chain]
    return placed


def _without_cycles(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges, those turned round that would close a cycle; loops and doubles are left out."""
    following: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        if source != target:
            following[source].append(target)
    done: set[str] = set()
    open_now: set[str] = set()
    kept: dict[Edge, None] = {}
    for root in nodes:
        if root in done:
            continue
        stack = [(root, iter(following[root]))]
        open_now.add(root)
        while stack:
            node, successors = stack[-1]
            for successor in successors:
                kept[(successor, node) if successor in open_now else (node, successor)] = None
                if successor not in done and successor not in open_now:
                    open_now.add(successor)
                    stack.append((successor, iter(following[successor])))
                    break
            else:
                stack.pop()
                open_now.discard(node)
                done.add(node)
    return list(kept)


def _columns(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the longest path to each node, what nothing points to being moved next to what it points to."""
    entering = dict.fromkeys(nodes, 0)
    following: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        following[source].append(target)
        entering[target] += 1
    sources = [node for node in nodes if not entering[node]]
    column = dict.fromkeys(nodes, 0)
    waiting = list(sources)
    while waiting:
        node = waiting.pop(0)
        for successor in following[node]:
            column[successor] = max(column[successor], column[node] + 1)
            entering[successor] -= 1
            if not entering[successor]:
                waiting.append(successor)
    for node in sources:
        if following[node]:
            column[node] = min(column[successor] for successor in following[node]) - 1
    return column


def _ordered(column: Mapping[str, int], links: Sequence[Edge]) -> list[list[str]]:
    """Return the boxes and bends of each column from top to bottom, by the average place of their neighbours."""
    before: dict[str, list[str]] = {name: [] for name in column}
    after: dict[str, list[str]] = {name: [] for name in column}
    for source, target in links:
        after[source].append(target)
        before[target].append(source)
    order: list[list[str]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for name in sorted(column):
        order[column[name]].append(name)
    for number in range(_ROUNDS):
        neighbours, columns = (before, order[1:]) if number % 2 == 0 else (after, order[-2::-1])
        for names in columns:
            rank = {name: place for each in order for place, name in enumerate(each)}
            centre = {
                name: sum(rank[other] for other in neighbours[name]) / len(neighbours[name])
                if neighbours[name]
                else float(rank[name])
                for name in names
            }
            names.sort(key=lambda name: (centre[name], name))
    return order


def _levelled(order: Sequence[Sequence[str]], size: Mapping[str, float], links: Sequence[Edge]) -> dict[str, float]:
    """Return the upper edge of everything, close to the level of its neighbours and nothing over anything else."""
    neighbours: dict[str, list[str]] = {name: [] for names in order for name in names}
    for source, target in links:
        neighbours[source].append(target)
        neighbours[target].append(source)
    top: dict[str, float] = {}
    for names in order:
        level = 0.0
        for name in names:
            top[name] = level
            level += size[name] + _GAP
    for number in range(_ROUNDS):
        for names in order if number % 2 == 0 else order[::-1]:
            wanted = {}
            for name in names:
                near = [top[other] + size[other] / 2 for other in neighbours[name]]
                wanted[name] = sum(near) / len(near) - size[name] / 2 if near else top[name]
            top.update(_spread(names, size, wanted))
    lowest = min(top.values(), default=0.0)
    return {name: level - lowest for name, level in top.items()}


def _spread(names: Sequence[str], size: Mapping[str, float], wanted: Mapping[str, float]) -> dict[str, float]:
    """Return levels as near as can be to what is wanted that keep order and gaps: blocks that collide move as one."""
    blocks: list[tuple[list[str], float]] = []  # members, and the level of the first
    for name in names:
        block, level = [name], wanted[name]
        while blocks and blocks[-1][1] + _height(blocks[-1][0], size) > level:
            block = blocks.pop()[0] + block
            offsets, offset = [], 0.0
            for member in block:
                offsets.append(wanted[member] - offset)
                offset += size[member] + _GAP
            level = sum(offsets) / len(offsets)
        blocks.append((block, level))
    found: dict[str, float] = {}
    for block, level in blocks:
        for member in block:
            found[member] = level
            level += size[member] + _GAP  # noqa: PLW2901  # the next one stands below
    return found


def _height(block: Sequence[str], size: Mapping[str, float]) -> float:
    return sum(size[member] + _GAP for member in block)
