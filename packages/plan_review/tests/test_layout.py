from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.model import Resource
from plan_review.layout import declaration
from plan_review.layout.declaration import LayoutError, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def resource(address: str, construct_path: str | None = None) -> Resource:
    kind, name = address.split(".")
    return Resource(address=address, mode="managed", type=kind, name=name, arguments={}, construct_path=construct_path)


def test_a_fixed_name_counts_before_a_pattern_and_a_pattern_before_the_construct_tree() -> None:
    declared = parse(
        {
            "unit": {
                "all": {"members": ["*Role", "aws_b.*"], "constructs": ["Else/*"]},
                "one": {"members": ["MyRole"], "constructs": ["Functions/*"]},
            }
        }
    )
    assert declared.units_of(resource("aws_a.MyRole", "stack/Else/x")) == ["one"]
    assert declared.units_of(resource("aws_a.YourRole", "stack/Functions/x")) == ["all"]
    assert declared.units_of(resource("aws_b.x")) == ["all"]
    assert declared.units_of(resource("aws_a.x", "stack/Functions/x")) == ["one"]
    assert declared.units_of(resource("aws_a.x", "stack/Other/x")) == []


def test_two_patterns_that_match_one_resource_are_both_told() -> None:
    declared = parse({"unit": {"a": {"members": ["x*"]}, "b": {"members": ["*y"]}}})
    assert declared.units_of(resource("aws_a.xy")) == ["a", "b"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "declares no unit"),
        (
            {"unit": {"a": {"members": ["x"]}}, "forbid": []},
            "unknown key 'forbid'; known are demand, forbidden, required, stacks, unit",
        ),
        ({"unit": {"a": {"members": ["x"], "need": {}}}}, "unit.a: unknown key 'need'"),
        ({"unit": {"a": {}}}, "unit.a has neither members nor constructs"),
        ({"unit": {"a": {"members": [1]}}}, "unit.a.members is [1]; write a name, or a list of names"),
        ({"unit": {"a": {"members": ["x"], "needs": ["b"]}}}, 'write { other-unit = "what for" }'),
        ({"unit": {"a": {"members": ["x"], "needs": {"b": "y"}}}}, "unit.a needs 'b', which is no other unit"),
        ({"unit": {"a": {"members": ["x"]}, "b": {"members": ["x"]}}}, "'x' is a member of two units"),
        (
            {"unit": {"a": {"members": ["x"], "needs": {"b": "y"}}, "b": {"members": ["z"], "may_need": {"a": "y"}}}},
            "the declared needs form a cycle: a → b → a",
        ),
        ({"unit": {"a": {"members": ["x"]}}, "forbidden": {}}, "write [[forbidden]], with two brackets"),
        ({"unit": {"a": {"members": ["x"]}}, "forbidden": [{"from": "x", "to": "y"}]}, "the reason must be written"),
        ({"unit": {"a": {"members": ["x"]}}, "required": [{"from": "x", "reason": "z"}]}, "both from and to must be"),
    ],
)
def test_a_layout_that_is_wrong_is_refused_with_what_would_be_right(document: dict[str, Any], message: str) -> None:
    with pytest.raises(LayoutError) as refused:
        parse(document)
    assert message in str(refused.value)


def test_a_layout_file_that_cannot_be_read_is_named(write: Callable[[str, Any], Path]) -> None:
    with pytest.raises(LayoutError, match=r"layout.toml: cannot be read: "):
        declaration.read(write("layout.toml", "unit ="))


def test_a_drawing_of_a_file_that_is_none_ends_with_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert declaration.main(["none.toml"]) == 2
    assert "none.toml: cannot be read" in capsys.readouterr().err
