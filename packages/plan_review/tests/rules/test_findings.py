"""Findings, and what people write down about them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read
from plan_review.findings import (
    Finding,
    Severity,
    SuppressionError,
    Verdict,
    read_suppressions,
)
from plan_review.rules import RULES, check
from plan_review.rules.pages import pages

if TYPE_CHECKING:
    from pathlib import Path

POLICY = {"Statement": [{"Sid": "All", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"}}
WIDE: dict[str, Any] = {
    "resource": {
        "aws_iam_role": {"r": {"name": "r", "assume_role_policy": json.dumps(TRUST)}},
        "aws_iam_role_policy": {
            "r": {
                "role": "${aws_iam_role.r.name}",
                "policy": json.dumps(POLICY),
            }
        },
    },
}
REASON = 'reason = "The reports of all teams are read here."'


def found(folder: Path, text: str) -> list[Finding]:
    file = folder / "suppressions.toml"
    file.write_text(text, encoding="utf-8")
    return check(read(WIDE), suppressions=read_suppressions(file))


def test_a_suppressed_finding_stays_with_its_reason(tmp_path: Path) -> None:
    table = (
        f'[[suppress]]\nrule = "wildcard-resource"\naddress = "aws_iam_role_policy.*"\nstatement = "All"\n{REASON}\n'
    )
    (finding,) = found(tmp_path, table)

    assert finding.suppressed == "The reports of all teams are read here."
    assert not finding.open


def test_a_suppression_of_another_statement_covers_nothing_and_is_idle(tmp_path: Path) -> None:
    table = f'[[suppress]]\nrule = "wildcard-resource"\naddress = "*"\nstatement = "Other"\n{REASON}\n'

    assert {finding.rule_id for finding in found(tmp_path, table)} == {"wildcard-resource", "idle-suppression"}
    assert all(finding.open for finding in found(tmp_path, table))


def test_strict_makes_an_error_of_a_warning(tmp_path: Path) -> None:
    assert [finding.severity for finding in found(tmp_path, "")] == [Severity.WARNING]
    assert [finding.severity for finding in found(tmp_path, f'[[strict]]\nrule = "wildcard-*"\n{REASON}\n')] == [
        Severity.ERROR
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[suppress]]\nrule = 'x'\naddress = 'y'\n", "'reason' must be given"),
        ("[[suppress]]\nrule = 'x'\naddress = 'y'\nreason = 'ok'\n", "does not say why"),
        ("[[suppress]]\nrule = 'x'\naddress = 'y'\nreason = 'a good reason'\nsince = 1\n", "unknown key 'since'"),
        ("[suppress]\nrule = 'x'\n", "two brackets"),
        ("[[ignore]]\nrule = 'x'\n", "unknown table 'ignore'"),
        ("[[suppress]\n", "not readable as TOML"),
    ],
)
def test_a_suppression_without_a_reason_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SuppressionError, match=complaint):
        found(tmp_path, text)


def test_only_an_error_that_is_missing_stops_a_synth() -> None:
    given = Finding(rule_id="x", verdict=Verdict.MISSING, address="a.b", message="m")

    assert given.fails
    assert not replace(given, verdict=Verdict.CANNOT_TELL).fails
    assert not replace(given, severity=Severity.WARNING).fails
    assert not replace(given, suppressed="why").fails


def test_findings_come_in_an_order_that_does_not_depend_on_the_file() -> None:
    first = check(read(WIDE))
    turned = {"resource": dict(reversed(list(WIDE["resource"].items())))}

    assert check(read(turned)) == first


def test_every_rule_stands_in_the_index() -> None:
    index = pages()["README.md"]

    assert all(f"]({rule}.md)" in index for rule in RULES)
