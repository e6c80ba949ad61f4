"""The documentation of the rules is what they declare, and its native syntax means what the examples mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.native_syntax import parse
from plan_review.configuration.native_writer import render
from plan_review.rules import RULES
from plan_review.rules.pages import pages

from .examples import findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.rules import Rule

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "rules"


def test_the_pages_are_those_of_the_rules() -> None:
    wanted = pages()

    assert {file.name for file in FOLDER.glob("*.md")} == set(wanted)
    for name, text in wanted.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, "run `make docs`"


def _verdicts(configuration: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(each.rule_id, each.address, each.message) for each in findings(configuration)]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_an_example_in_native_syntax_is_judged_as_the_example_itself(rule: Rule) -> None:
    for name in ("passing", "failing"):
        example = rule.examples[name]

        assert _verdicts(parse(render(example))) == _verdicts(example)


def test_a_failing_example_is_shown_as_a_difference() -> None:
    page = pages()["alarm-period.md"]

    assert page.count('resource "aws_sns_topic_policy"') == 1
    assert "-   period              = 300\n+   period              = 45\n" in page
