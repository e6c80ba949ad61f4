"""The comparison sees every difference, and the list of allowed ones can hide none that is not in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .comparison import ABSENT, Difference, Listed, differences, judge, read_list
from .schema_differences import schema_differences

if TYPE_CHECKING:
    from pathlib import Path


def _found(real: object, offline: object) -> list[tuple[str, object, object]]:
    return [(item.where, item.real, item.offline) for item in differences(real, offline, "x", "x")]


def test_values_are_compared_in_depth() -> None:
    real = {"same": 1, "other": [{"a": 1}, {"a": 2}], "gone": None}
    offline = {"same": 1, "other": [{"a": 1}, {"a": 3}], "new": []}
    assert _found(real, offline) == [("x.gone", None, ABSENT), ("x.new", ABSENT, []), ("x.other.a", 2, 3)]


def test_values_of_different_types_and_lists_of_different_lengths_differ() -> None:
    assert _found({"a": 0}, {"a": False}) == [("x.a", 0, False)]
    assert _found("", None) == [("x", "", None)]
    assert _found([1], [1, 2]) == [("x", [1], [1, 2])]


def test_what_is_listed_nowhere_is_told_and_so_is_an_entry_that_allows_nothing() -> None:
    found = [Difference("aws_x.region", "aws_x.a.region", ABSENT, "here"), Difference("aws_x.name", "aws_x.a", 1, 2)]
    listed = [Listed(("aws_*.region", "aws_y.*"), "version 6", "added")]
    unlisted, dead = judge(found, listed)
    assert unlisted == ["aws_x.name (aws_x.a): real 1, offline 2"]
    assert dead == ["aws_y.* (version 6)"]


def test_an_entry_allows_its_kind_alone() -> None:
    found = [Difference("aws_x.region", "aws_x.a.region", "there", "here")]
    assert judge(found, [Listed(("*.region",), "version 6", "added")])[0]
    assert not judge(found, [Listed(("*.region",), "version 6", "changed")])[0]


@pytest.mark.parametrize("entry", ['where = "x"\nreason = " "', 'where = []\nreason = "y"'])
def test_an_entry_without_place_or_reason_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "differences.toml"
    path.write_text(f"[[difference]]\n{entry}\n")
    with pytest.raises(ValueError, match="not a whole entry"):
        read_list(path)


def test_schemas_are_compared_to_the_last_property() -> None:
    def schemas(attribute: dict[str, object], limit: int) -> dict[str, object]:
        inner = {"nesting_mode": "list", "max_items": limit, "block": {"attributes": {"a": attribute}}}
        block = {"block_types": {"inner": inner}}
        return {"provider": {"block": {}}, "resource_schemas": {"aws_x": {"version": 0, "block": block}}}

    found = schema_differences(
        schemas({"type": "string", "optional": True}, 1), schemas({"type": "string", "computed": True}, 2)
    )
    assert [item.where for item in found] == [
        "resource aws_x.inner:max_items",
        "resource aws_x.inner.a:computed",
        "resource aws_x.inner.a:optional",
    ]
