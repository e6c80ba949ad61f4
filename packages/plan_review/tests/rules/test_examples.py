"""The examples on the rules' pages are true: the passing one passes, the failing one fails by that rule alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plan_review.findings import Verdict
from plan_review.rules import RULES

from .examples import findings, missing, of_rule, write

if TYPE_CHECKING:
    from pathlib import Path

    from plan_review.rules import Rule

EVERY_RULE = [pytest.param(rule, id=rule.id) for rule in RULES.values()]


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_the_passing_example_has_nothing_missing_by_any_rule(rule: Rule, tmp_path: Path) -> None:
    given = rule.examples
    code = write(tmp_path, given.get("code", {}))

    found = findings(given["passing"], code=code, events=given.get("events"), plan=given.get("plan"))

    assert missing(found) == []
    assert of_rule(found, rule.id) == []


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_the_failing_example_is_found_by_its_rule_with_a_remedy(rule: Rule, tmp_path: Path) -> None:
    given = rule.examples
    code = write(tmp_path, given.get("failing_code", given.get("code", {})))
    plan = given.get("failing_plan", given.get("plan"))

    found = of_rule(findings(given["failing"], code=code, events=given.get("events"), plan=plan), rule.id)

    assert {finding.verdict for finding in found} == {Verdict(given.get("verdict", "missing"))}
    for finding in found:
        assert finding.remedy
        assert finding.consequence
        assert finding.severity in ("error", "warning")


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rule_says_why_and_by_which_source(rule: Rule) -> None:
    assert rule.title
    assert rule.why.endswith((".", ")"))
    assert rule.consequence
    assert rule.sources
    assert all(source.startswith("https://") for source in rule.sources)
    assert "FILL" not in f"{rule.title} {rule.why} {rule.consequence} {rule.sources}"
