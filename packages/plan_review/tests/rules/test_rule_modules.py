"""Where a rule stands: a module named after it, or a small family's, under its service, with its example beside it."""

from __future__ import annotations

from pathlib import Path

import plan_review.rules
from plan_review.rules import RULES

FOLDER = Path(str(plan_review.rules.__file__)).parent
_FAMILIES = {"permission_order": {"permission-before-use", "permission-before-first-use"}}


def test_a_rule_stands_in_a_module_of_its_name() -> None:
    for rule in RULES.values():
        module = rule.module.rpartition(".")[2]

        assert rule.id in _FAMILIES.get(module, {module.replace("_", "-")}), rule.module


def test_every_example_belongs_to_a_rule_beside_it() -> None:
    expected = {FOLDER / rule.service / f"{rule.id}.json" for rule in RULES.values()}

    assert set(FOLDER.glob("*/*.json")) == expected
