"""Findings of one cause are told once, in every form of the report, and nothing is lost by it."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from plan_review.findings import Finding, Severity, Verdict, argument_tie
from plan_review.folding import fold
from plan_review.report import diagram, json_report, markdown, terminal
from plan_review.report.contents import Review

from .conftest import configuration

if TYPE_CHECKING:
    from collections.abc import Iterable

EMPTY = diagram.draw(configuration({}), None, [])


def finding(
    address: str, *, ties: Iterable[str] = (), after: Iterable[str] = (), rule: str = "a-rule", **more: Any
) -> Finding:
    given: dict[str, Any] = {
        "rule_id": rule,
        "verdict": Verdict.MISSING,
        "address": address,
        "message": f"{address} is wrong",
        "remedy": f"mend {address}",
        "ties": frozenset(ties),
        "after": frozenset(after),
        **more,
    }
    return Finding(**given)


def folded(*findings: Finding) -> list[tuple[str, list[str]]]:
    return [(each.cause.address, [other.address for other in each.consequences]) for each in fold(findings)]


def test_what_follows_from_another_is_folded_under_it() -> None:
    assert folded(finding("a", after="s"), finding("b", ties="s")) == [("b", ["a"])]


def test_of_findings_that_would_follow_from_each_other_the_first_is_the_cause() -> None:
    alike = [finding(name, ties="s", after="s") for name in "abc"]

    for order in itertools.permutations(alike):
        assert folded(*order) == [("a", ["b", "c"])]


def test_a_consequence_of_a_consequence_is_told_with_the_cause() -> None:
    chain = [finding("a", after="x"), finding("b", ties="x", after="y"), finding("c", ties="y")]

    assert folded(*chain) == [("c", ["a", "b"])]


def test_causes_that_run_in_a_circle_still_leave_one_to_mend() -> None:
    circle = [finding("a", ties="x", after="y"), finding("b", ties="y", after="x")]

    assert len(fold(circle)) == 1
    assert sum(len(each.all) for each in fold(circle)) == 2


def test_what_one_rule_finds_wrong_with_one_argument_stays_apart() -> None:
    tie = argument_tie("aws_x.x", ("y",))
    findings = [
        finding("a", ties=tie),
        finding("b", after=tie),
        finding("c", rule="other", after=tie),
    ]

    assert folded(*findings) == [("a", ["c"]), ("b", [])]


def test_a_cause_that_only_warns_weighs_as_much_as_what_follows_from_it() -> None:
    (one,) = fold([finding("a", ties="s", severity=Severity.WARNING), finding("b", after="s")])

    assert (one.cause.address, one.severity, one.verdict) == ("a", Severity.ERROR, Verdict.MISSING)


def test_a_cause_that_cannot_be_told_weighs_as_much_as_what_is_missing_by_it() -> None:
    (one,) = fold([finding("a", ties="s", verdict=Verdict.CANNOT_TELL), finding("b", after="s")])

    assert (one.cause.address, one.severity, one.verdict) == ("a", Severity.ERROR, Verdict.MISSING)


def test_what_is_accepted_is_no_cause_of_what_is_open() -> None:
    assert folded(finding("a", ties="s", suppressed="it is meant so"), finding("b", after="s")) == [("b", [])]


def test_every_form_of_the_report_tells_the_cause_with_its_consequences_beneath() -> None:
    findings = (finding("aws_a.a", after="s", rule="effect"), finding("aws_b.b", ties="s", rule="cause"))
    review = Review(name="s", findings=findings, diagram=EMPTY, planned=True)

    text, comment, document = terminal.render(review), markdown.render(review), json.loads(json_report.render(review))

    assert "Do not apply: 1 error\n" in text
    assert "ERROR  aws_b.b  [cause]" in text
    assert "  with the same cause:\n    - aws_a.a: aws_a.a is wrong [effect]\n" in text
    assert "**⛔ Do not apply: 1 error.**" in comment
    assert "  - with the same cause:\n    - `aws_a.a`: aws_a.a is wrong (`effect`)\n" in comment
    (told,) = document["findings"]
    assert (told["address"], [each["address"] for each in told["consequences"]]) == ("aws_b.b", ["aws_a.a"])
    assert document["title"] == "Plan review: 1 error (1 stack)"
