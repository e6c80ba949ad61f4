from __future__ import annotations

from plan_review.layout.declaration import parse
from plan_review.terraform import graph_layout

from .conftest import configuration

RESOURCES = configuration({"aws_m.Machine": {}, "aws_f.Function": {}, "aws_l.Log": {}, "aws_p.Policy": {}})
LAYOUT = parse(
    {
        "unit": {
            "workflow": {"members": ["Machine"], "needs": {"function": "invokes"}},
            "function": {"members": ["Function", "Policy"], "needs": {"logs": "writes"}},
            "logs": {"members": ["Log"]},
        },
        "forbidden": [{"from": "Function", "to": "aws_m.*", "reason": "a cycle"}],
        "required": [{"from": "Machine", "to": "Policy", "reason": "IAM is slow"}],
    }
)
GRAPH = {
    "aws_m.Machine": ["local.x", "aws_p.Policy"],
    "local.x": ["aws_f.Function"],
    "aws_f.Function": ["aws_l.Log"],
    "aws_p.Policy": [],
    "aws_l.Log": [],
}


def told(graph: dict[str, list[str]], *, whole: bool = True) -> list[tuple[str, str]]:
    found = graph_layout.findings(RESOURCES, LAYOUT, graph, "the graph", whole=whole)
    assert all(each.rule_id == "terraform-against-layout" and each.fails for each in found)
    return [(each.address, each.message) for each in found]


def test_a_graph_that_keeps_to_the_layout_has_no_finding() -> None:
    assert told(GRAPH) == []


def test_an_edge_that_is_declared_through_another_unit_is_allowed() -> None:
    assert told({**GRAPH, "aws_m.Machine": [*GRAPH["aws_m.Machine"], "aws_l.Log"]}) == []


def test_an_edge_against_the_declared_direction_is_told() -> None:
    found = told({**GRAPH, "aws_l.Log": ["aws_p.Policy"]})
    assert found == [("aws_l.Log", "the graph leads from unit logs to unit function, which is not declared")]


def test_a_declared_edge_that_terraform_does_not_know_is_told() -> None:
    found = told({**GRAPH, "aws_f.Function": []})
    assert found == [("unit.function", "the graph does not lead from unit function to unit logs")]


def test_what_a_reader_that_does_not_tell_everything_lacks_is_not_missing() -> None:
    assert told({**GRAPH, "aws_f.Function": [], "aws_m.Machine": ["local.x"]}, whole=False) == []


def test_a_forbidden_path_and_a_missing_order_are_told() -> None:
    found = told({**GRAPH, "aws_f.Function": ["aws_l.Log", "aws_m.Machine"], "aws_m.Machine": ["aws_f.Function"]})
    assert ("aws_f.Function", "the graph leads to aws_m.Machine: a cycle") in found
    assert ("aws_m.Machine", "the graph does not lead to aws_p.Policy: IAM is slow") in found
