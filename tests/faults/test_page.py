"""docs/mutations.md is the page of this catalogue, and another run gives the same page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.faults import checks, table
from tests.faults.catalogue import CATALOGUE
from tests.faults.checks import Outcome
from tests.faults.harmless import HARMLESS
from tests.faults.table import PAGE
from tests.faults.tried import Row

_ROW = re.compile(
    r"^\| (?P<number>\d+) \| (?P<title>.+?)(?P<update> \*\(update\)\*)? \| `(?P<name>[\w-]+)` \| (?P<defect>[\w ]+)"
    r" \| (?P<layer>\w+) \| (?P<within>[^|]*) \| (?P<by>[^|]*) \| (?P<others>[^|]*) \|$",
    re.MULTILINE,
)
AGAIN = "run `make mutations`, with CHECKOV and TFLINT set"
WRITTEN = list(_ROW.finditer(PAGE.read_text(encoding="utf-8")))


def test_the_page_has_every_mistake_in_order_with_the_layer_that_catches_it() -> None:
    shown = [(row["name"], row["title"], row["defect"], bool(row["update"]), row["layer"]) for row in WRITTEN]

    assert shown == [(each.name, each.title, each.defect.value, each.update, each.layer) for each in CATALOGUE], AGAIN
    assert [int(row["number"]) for row in WRITTEN] == list(range(1, len(CATALOGUE) + 1))


def test_the_page_counts_what_it_shows() -> None:
    caught = [row for row in WRITTEN if row["layer"] != table.NOTHING]

    assert f"**{len(caught)} of {len(WRITTEN)} are caught before AWS**" in PAGE.read_text(encoding="utf-8")
    for layer in table.LAYERS:
        first = [row for row in WRITTEN if row["layer"] == layer]
        assert not first or f"{len(first)} by {layer}" in PAGE.read_text(encoding="utf-8")


def test_the_page_names_the_rules_that_are_documented() -> None:
    docs = PAGE.parents[1] / "packages" / "plan_review" / "docs"
    rules = {file.stem for file in (docs / "rules").glob("*.md")}
    pages = [(docs / name).read_text(encoding="utf-8") for name in ("review.md", "rules/README.md")]
    headed = set(re.findall(r"^##+ ([a-z]+(?:-[a-z]+)+)$", "\n".join(pages), re.MULTILINE))
    named = {rule for row in WRITTEN if row["layer"] in ("synth", "review") for rule in row["by"].split(", ")}

    assert named - rules - headed == set(), AGAIN


def test_the_page_says_which_scanners_made_it() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert re.search(r"^Terraform planned with the offline stand-in", text, re.MULTILINE)
    assert re.search(r"checkov \d+\.\d+\.\d+ sees \d+ of the \d+ mistakes", text), AGAIN
    assert re.search(r"tflint (\d+\.\d+\.\d+ sees \d+|could not be had)", text), AGAIN


@pytest.mark.parametrize("factor", [0.97, 1.04])
def test_a_run_that_is_a_little_faster_or_slower_gives_the_same_page(factor: float) -> None:
    seconds = {"settings": 0.0012, "synth": 0.032, "validate": 0.11, "plan": 0.42, "checkov": 3.1}
    rows = [
        Row(
            mutation=mutation,
            outcomes=tuple(
                Outcome(layer=layer, by=("rule",) if layer == "synth" else (), seconds=took)
                for layer, took in seconds.items()
            ),
        )
        for mutation in CATALOGUE[:3]
    ]
    again = [replace(row, outcomes=tuple(_slower(outcome, factor) for outcome in row.outcomes)) for row in rows]

    assert table.render(rows, provider="x", scanners={}) == table.render(again, provider="x", scanners={})


def _slower(outcome: checks.Outcome, factor: float) -> checks.Outcome:
    return replace(outcome, seconds=(outcome.seconds or 0) * factor)


def test_the_page_says_that_harmless_changes_give_no_finding() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert f"Of {len(HARMLESS)} harmless changes" in text, AGAIN
    assert "none give a finding, and neither does the stack without any." in text


def test_a_false_alarm_is_said() -> None:
    alarms = [
        ("a-longer-wait", Outcome(layer="synth", by=("rule",))),
        ("no change", Outcome(layer="plan", by=("rule",))),
    ]
    page = table.render([], provider="x", scanners={}, alarms=alarms)

    assert "1 give a finding, **and so does the stack without any change**." in page


def test_what_nothing_catches_is_said() -> None:
    row = Row(mutation=CATALOGUE[0], outcomes=(Outcome(layer="synth", seconds=0.1),))
    page = table.render([row], provider="", scanners={})

    assert "**0 of 1 are caught before AWS**" in page
    assert "Nothing catches `cycle-through-policy-and-variable`." in page
    assert "checkov could not be had here" in page


def test_what_another_provider_sees_is_said() -> None:
    outcomes = (Outcome(layer="synth", by=("rule",), seconds=0.1), Outcome(layer="validate", seconds=0.1))
    rows = [Row(mutation=mutation, outcomes=outcomes) for mutation in CATALOGUE[:3]]
    caught = {CATALOGUE[0].name: ["synth", "validate"], CATALOGUE[1].name: ["synth"]}
    page = table.render(rows, provider="x", scanners={}, record={"provider": "HashiCorp's", "caught": caught})

    assert "HashiCorp's was tried with 2 of the 3 mistakes that reach Terraform: its layers see 1 of them" in page
    assert "It alone has 1: `cycle-through-policy-and-variable`." in page
