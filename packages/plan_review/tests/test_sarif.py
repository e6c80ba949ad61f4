"""What code scanning is given: SARIF 2.1.0, with places, levels, rules and what stays the same of a finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plan_review.configuration.reading import read_folder
from plan_review.findings import Severity, Verdict
from plan_review.report import diagram, sarif
from plan_review.report.contents import Review
from plan_review.report.places import Place, places
from plan_review.report.verdict import title

from .conftest import configuration
from .test_markdown import finding

EMPTY = diagram.draw(configuration({}), None, [])
PLACED = {"aws_x.y0": Place("main.tf", 3), "module.m.aws_x.y": Place("modules/m/main.tf", 9)}


def review(*findings: Any, **more: Any) -> Review:
    return Review(name="s", findings=findings, diagram=EMPTY, planned=True, **more)


def run_of(*findings: Any, **more: Any) -> dict[str, Any]:
    log = json.loads(sarif.render([review(*findings, **more)]))
    run: dict[str, Any] = log["runs"][0]
    return run


def test_a_log_has_what_the_schema_demands() -> None:
    log = json.loads(sarif.render([review(finding(rule_id="role-trust")), review()]))

    assert (log["version"], len(log["runs"])) == ("2.1.0", 2)
    for run in log["runs"]:
        assert run["tool"]["driver"]["name"] == "plan-review"
        assert isinstance(run["results"], list)
    (result,) = log["runs"][0]["results"]
    assert result["message"]["text"]
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "role-trust"


@pytest.mark.parametrize(
    ("more", "level"),
    [
        ({}, "error"),
        ({"severity": Severity.WARNING}, "warning"),
        ({"verdict": Verdict.CANNOT_TELL}, "note"),
    ],
)
def test_the_level_says_how_bad_it_is(more: dict[str, Any], level: str) -> None:
    assert run_of(finding(**more))["results"][0]["level"] == level


@pytest.mark.parametrize(
    ("address", "folder", "uri", "line"),
    [
        ("aws_x.y0", "infra", "infra/main.tf", 3),
        ("aws_x.y0[2]", ".", "main.tf", 3),
        ('module.m["a"].aws_x.y["b"]', "", "modules/m/main.tf", 9),
        ("aws_x.nowhere", "a b", "a%20b/cdk.tf.json", 1),
        ("aws_x.y0", "/elsewhere", "file:///elsewhere/main.tf", 3),
    ],
)
def test_a_result_stands_at_file_and_line(address: str, folder: str, uri: str, line: int) -> None:
    (result,) = run_of(finding(address=address), places=PLACED, folder=folder, first_file="cdk.tf.json")["results"]

    (location,) = result["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == address


def test_a_rule_has_its_reason_and_an_address_where_it_is_explained() -> None:
    (rule,) = run_of(finding(rule_id="role-trust"))["tool"]["driver"]["rules"]

    assert rule["helpUri"].startswith("https://docs.aws.amazon.com/")
    assert rule["properties"]["page"] == "rules/role-trust.md"
    page = Path(__file__).resolve().parents[1] / "docs" / rule["properties"]["page"]
    assert page.is_file()


def test_a_finding_is_the_same_one_when_lines_move_and_its_words_change() -> None:
    before = run_of(finding(), places=PLACED)["results"][0]
    after = run_of(finding(message="said otherwise"), places={"aws_x.y0": Place("main.tf", 90)})["results"][0]
    other = run_of(finding(path=("name",)))["results"][0]

    assert before["partialFingerprints"] == after["partialFingerprints"]
    assert before["partialFingerprints"] != other["partialFingerprints"]


def test_what_has_the_same_cause_is_one_result_with_related_places() -> None:
    cause, effect = finding(0, ties=frozenset("s")), finding(1, after=frozenset("s"))

    (result,) = run_of(effect, cause, places=PLACED)["results"]

    assert "With the same cause:\n- aws_x.y1: it is wrong" in result["message"]["text"]
    assert [each["message"]["text"] for each in result["relatedLocations"]] == ["it is wrong"]


def test_what_is_accepted_is_suppressed_with_the_reason() -> None:
    (result,) = run_of(finding(suppressed="it is meant so"))["results"]

    assert result["suppressions"] == [{"kind": "external", "justification": "it is meant so"}]


@pytest.mark.parametrize(
    ("reviews", "line"),
    [
        ([review()], "Plan review: no findings (1 stack)"),
        ([review(finding()), review(finding(1), finding(2, severity=Severity.WARNING))],
         "Plan review: 2 errors, 1 warning (2 stacks)"),
        ([review(), None], "Plan review: 1 review could not be made (2 stacks)"),
    ],
)  # fmt: skip
def test_a_check_run_has_a_title_with_the_counts(reviews: list[Review | None], line: str) -> None:
    assert title(reviews) == line


def test_resources_are_found_in_the_files_of_their_modules(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('# one\nresource "aws_sns_topic" "t" {}\nmodule "m" {\n  source = "./m"\n}\n')
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "queue.tf").write_text('\n\ndata "aws_sqs_queue" "q" {\n  name = "x"\n}\n')

    found = places(read_folder(tmp_path))

    assert found == {"aws_sns_topic.t": Place("main.tf", 2), "module.m.data.aws_sqs_queue.q": Place("m/queue.tf", 3)}
