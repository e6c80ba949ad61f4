"""Starting a rule: one module and one example, which are found by being there."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

import pytest

from plan_review.rules import RULES, new

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rule_is_started_with_a_module_and_an_example_beside_it(tmp_path: Path) -> None:
    (tmp_path / "sqs").mkdir()
    module, example = new.start("sqs", "queue-too-short", tmp_path)

    assert (module.name, example.name) == ("queue_too_short.py", "queue-too-short.json")
    names = [each.name for each in ast.parse(module.read_text()).body if isinstance(each, ast.FunctionDef)]
    assert names == ["queue_too_short"]
    assert set(json.loads(example.read_text())) == {"passing", "failing_change"}


@pytest.mark.parametrize("name", ["", "sqs", "sqs/", "sqs/Queue", "sqs/queue", "nowhere/a-rule", "shared/a-rule"])
def test_a_name_that_is_none_is_refused_with_one_that_would_do(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert new.main([name]) == 2
    assert "write SERVICE/RULE-ID, such as sqs/queue-too-short" in capsys.readouterr().err


def test_a_rule_that_is_there_is_not_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    rule = RULES["alarm-period"]

    assert new.main([f"{rule.service}/{rule.id}"]) == 2
    assert "is there already" in capsys.readouterr().err
