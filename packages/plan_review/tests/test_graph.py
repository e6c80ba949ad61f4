import random
import time

import pytest

from plan_review.configuration.graph import (
    closure,
    components,
    cycles,
    reachable,
    reduction,
    shortest_cycle,
    shortest_path,
)


def test_a_component_comes_before_those_that_point_to_it() -> None:
    assert components({"a": ["b"], "b": ["c"], "c": ["b"]}) == [["b", "c"], ["a"]]


def test_a_node_that_points_to_itself_is_a_cycle_and_a_lone_node_is_none() -> None:
    assert cycles({"a": ["a"], "b": ["a"]}) == [["a"]]


def test_the_shortest_cycle_is_found_inside_a_larger_one() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["d", "b"], "d": ["a"]}
    assert shortest_cycle(graph, ["a", "b", "c", "d"]) == ["b", "c", "b"]


def test_a_self_reference_is_the_shortest_cycle_there_is() -> None:
    assert shortest_cycle({"a": ["b"], "b": ["a", "b"]}, ["a", "b"]) == ["b", "b"]


def test_the_shortest_cycle_is_as_short_as_a_search_from_every_node_finds() -> None:
    chance = random.Random(7)  # noqa: S311  # a graph to test with, no secret
    for size in range(3, 40):
        graph = {node: [chance.randrange(size) for _ in range(2)] for node in range(size)}
        for component in cycles(graph):
            lengths = [len(path) for node in component if (path := shortest_path(graph, node, {node}))]
            assert len(shortest_cycle(graph, component)) == min(lengths)


def test_a_cycle_of_many_nodes_is_found_in_linear_time() -> None:
    ring = {node: [(node + 1) % 5000] for node in range(5000)}
    started = time.perf_counter()
    assert len(shortest_cycle(ring, components(ring)[0])) == 5001
    assert time.perf_counter() - started < 2


def test_a_component_of_many_long_cycles_is_given_up_after_bounded_work() -> None:
    layers, width = 50, 60
    graph = {
        (layer, place): [((layer + 1) % layers, (place + step) % width) for step in range(10)]
        for layer in range(layers)
        for place in range(width)
    }
    started = time.perf_counter()
    assert len(shortest_cycle(graph, list(graph))) == layers + 1
    assert time.perf_counter() - started < 4


def test_the_shortest_path_stays_within_the_nodes_that_are_allowed() -> None:
    graph = {"a": ["b", "c"], "b": ["d"], "c": ["e"], "e": ["d"], "d": []}
    assert shortest_path(graph, "a", {"d"}) == ["a", "b", "d"]
    assert shortest_path(graph, "a", {"d"}, within={"a", "c", "d", "e"}) == ["a", "c", "e", "d"]
    assert shortest_path(graph, "d", {"a"}) == []


def test_a_node_reaches_itself_only_through_a_cycle() -> None:
    assert reachable({"a": ["b"], "b": ["c"], "c": []}, ["a"]) == {"b", "c"}
    assert reachable({"a": ["b"], "b": ["a"]}, ["a"]) == {"a", "b"}


def test_the_closure_agrees_with_a_search_from_every_node() -> None:
    chance = random.Random(3)  # noqa: S311  # a graph to test with, no secret
    graph = {node: [chance.randrange(30) for _ in range(chance.randrange(3))] for node in range(30)}
    nodes, masks = closure(graph)
    for node, mask in zip(nodes, masks, strict=True):
        assert {other for place, other in enumerate(nodes) if mask >> place & 1} == reachable(graph, [node])


def test_an_edge_that_a_longer_path_replaces_is_reduced_away() -> None:
    graph = {"a": ["c", "b", "d"], "b": ["c"], "c": ["d"], "d": []}
    assert reduction(graph) == {"a": ["b"], "b": ["c"], "c": ["d"], "d": []}


def test_a_graph_with_a_cycle_is_not_reduced() -> None:
    with pytest.raises(ValueError, match="part of a cycle"):
        reduction({"a": ["b"], "b": ["a"]})


def test_a_chain_deeper_than_the_interpreters_stack_is_walked() -> None:
    chain = {node: [node + 1] for node in range(50_000)}
    assert len(components(chain)) == 50_000
