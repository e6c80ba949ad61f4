"""Directed graphs as mappings of a node to its successors; each function runs in linear time unless it says else."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping

    Node = TypeVar("Node", bound=Hashable)
    Graph = Mapping[Node, Collection[Node]]


class _Tarjan:
    """Finds strongly connected components without recursion: https://doi.org/10.1137/0201010."""

    def __init__(self, graph: Graph[Any]) -> None:
        self._graph = graph
        self._order: dict[Any, int] = {}
        self._lowest: dict[Any, int] = {}
        self._stack: list[Any] = []
        self._waiting: set[Any] = set()
        self._path: list[tuple[Any, Iterator[Any]]] = []
        self.found: list[list[Any]] = []
        for root in graph:
            if root not in self._order:
                self._enter(root)
                while self._path:
                    self._step()

    def _enter(self, node: Any) -> None:
        self._order[node] = self._lowest[node] = len(self._order)
        self._stack.append(node)
        self._waiting.add(node)
        self._path.append((node, iter(self._graph[node])))

    def _step(self) -> None:
        """Follow the current node's successors to the first new one, or leave the node where there is none."""
        node, successors = self._path[-1]
        for successor in successors:
            if successor in self._waiting:
                self._lowest[node] = min(self._lowest[node], self._order[successor])
            elif successor not in self._order and successor in self._graph:
                self._enter(successor)
                return
        self._path.pop()
        if self._path:
            before = self._path[-1][0]
            self._lowest[before] = min(self._lowest[before], self._lowest[node])
        if self._lowest[node] == self._order[node]:
            position = len(self._stack) - 1
            while self._stack[position] != node:
                position -= 1
            component = self._stack[position:]
            del self._stack[position:]
            self._waiting.difference_update(component)
            self.found.append(component)


def components(graph: Graph[Node]) -> list[list[Node]]:
    """Return the strongly connected components, each before those that point to it.

    Successors that are no node of the graph are left out.
    """
    return _Tarjan(graph).found


def cycles(graph: Graph[Node]) -> list[list[Node]]:
    """Return the components that hold a cycle, in the order of their smallest node, each sorted."""
    found = [
        sorted(component, key=str)
        for component in components(graph)
        if len(component) > 1 or component[0] in graph[component[0]]
    ]
    return sorted(found, key=lambda component: str(component[0]))


def shortest_path(
    graph: Graph[Node], start: Node, ends: Collection[Node], within: Collection[Node] | None = None
) -> list[Node]:
    """Return the nodes of a shortest path of one hop or more from ``start`` to one of ``ends``, both included.

    Empty where there is none. ``within`` limits the nodes that it may use. Of equal paths the first in the order of
    successors is returned.
    """
    reached_from: dict[Node, Node] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for successor in graph.get(node, ()):
            if within is not None and successor not in within:
                continue
            if successor in ends:
                path = [successor, node]
                while path[-1] != start:
                    path.append(reached_from[path[-1]])
                return path[::-1]
            if successor not in reached_from and successor != start:
                reached_from[successor] = node
                queue.append(successor)
    return []


def shortest_cycle(graph: Graph[Node], component: Collection[Node], effort: int = 40) -> list[Node]:
    """Return the nodes of the shortest cycle in a strongly connected component, the first one repeated at the end.

    Every node is tried in turn and taken out of the graph afterwards, so that a large cycle falls apart at once. The
    work is limited to ``effort`` times the component's size: beyond it, which takes a component of many long cycles,
    the shortest one found so far is returned.
    """
    inside = set(component)
    left = {node: [successor for successor in graph[node] if successor in inside] for node in component}
    entering = dict.fromkeys(component, 0)
    for successors in left.values():
        for successor in successors:
            entering[successor] += 1
    budget = effort * (len(left) + sum(map(len, left.values())))
    best: list[Node] = []
    for start in sorted(component, key=str):
        if start not in left:
            continue
        path, spent = _cycle_through(left, start, len(best) - 1 if best else len(left) + 1)
        best = path or best
        budget -= spent
        if budget < 0 or len(best) == 2:  # noqa: PLR2004  # a node that points to itself
            break
        _take_out(left, entering, start)
    return best


def _cycle_through(graph: Mapping[Node, Collection[Node]], start: Node, limit: int) -> tuple[list[Node], int]:
    """Return a shortest cycle through ``start`` of fewer than ``limit`` hops, and the number of edges looked at."""
    reached_from: dict[Node, Node] = {}
    level, hops, spent = [start], 0, 0
    while level and hops + 1 < limit:
        following: list[Node] = []
        hops += 1
        for node in level:
            for successor in graph[node]:
                spent += 1
                if successor == start:
                    path = [start, node]
                    while path[-1] != start:
                        path.append(reached_from[path[-1]])
                    return path[::-1], spent
                if successor in graph and successor not in reached_from:
                    reached_from[successor] = node
                    following.append(successor)
        level = following
    return [], spent


def _take_out(graph: dict[Node, list[Node]], entering: dict[Node, int], node: Node) -> None:
    """Remove a node, and every node that is then entered by none."""
    gone = [node]
    while gone:
        for successor in graph.pop(gone.pop(), ()):
            entering[successor] -= 1
            if entering[successor] == 0 and successor in graph:
                gone.append(successor)


def reachable(graph: Graph[Node], starts: Iterable[Node]) -> set[Node]:
    """Return every node that a path of one hop or more leads to from one of ``starts``."""
    found: set[Node] = set()
    waiting = list(starts)
    while waiting:
        for successor in graph.get(waiting.pop(), ()):
            if successor not in found:
                found.add(successor)
                waiting.append(successor)
    return found


def reversed_graph(graph: Graph[Node]) -> dict[Node, list[Node]]:
    """Return the graph with every edge turned round."""
    turned: dict[Node, list[Node]] = {node: [] for node in graph}
    for node, successors in graph.items():
        for successor in successors:
            turned.setdefault(successor, []).append(node)
    return turned


def closure(graph: Graph[Node]) -> tuple[list[Node], list[int]]:
    """Return the nodes, and for each as a bit mask over their positions what a path leads to.

    Takes a bit for every pair of nodes: 3 MB for 5,000. The nodes of a cycle reach themselves and each other.
    """
    order = components(graph)
    nodes = [node for component in order for node in component]
    position = {node: index for index, node in enumerate(nodes)}
    masks = [0] * len(nodes)
    for component in order:
        mask = 0
        inside = set(component)
        circular = len(component) > 1
        for node in component:
            for successor in graph[node]:
                if successor in position:
                    mask |= (1 << position[successor]) | (0 if successor in inside else masks[position[successor]])
                    circular = circular or successor == node
        if circular:
            for node in component:
                mask |= 1 << position[node]
        for node in component:
            masks[position[node]] = mask
    return nodes, masks


def reduction(graph: Graph[Node]) -> dict[Node, list[Node]]:
    """Return a graph without cycles reduced to the edges that no longer path replaces.

    Takes a bit for every pair of nodes. Raises ``ValueError`` where there is a cycle.
    """
    nodes, masks = closure(graph)
    position = {node: index for index, node in enumerate(nodes)}
    reduced: dict[Node, list[Node]] = {}
    for node in graph:
        if masks[position[node]] >> position[node] & 1:
            raise ValueError(f"{node} is part of a cycle")
        # Of two successors the one further from the end of all paths comes first, and covers what it leads to.
        kept: list[Node] = []
        covered = 0
        for successor in sorted({each for each in graph[node] if each in position}, key=lambda each: -position[each]):
            if not covered >> position[successor] & 1:
                kept.append(successor)
            covered |= masks[position[successor]]
        reduced[node] = sorted(kept, key=str)
    return reduced
