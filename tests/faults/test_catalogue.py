"""Every mistake of the catalogue is caught where it says, and a stack without one has no finding."""

from __future__ import annotations

import copy
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from plan_review.configuration.reading import read
from tests.faults import base, checks, plans, tools
from tests.faults.catalogue import CATALOGUE, Mutation
from tests.faults.harmless import HARMLESS, changed
from tests.faults.mutation import Defect

if TYPE_CHECKING:
    from plan_review.findings import Finding

BY_NAME = {each.name: each for each in CATALOGUE}
AT_SYNTH = [pytest.param(each, id=each.name) for each in CATALOGUE if each.layer == "synth"]
IN_SETTINGS = [pytest.param(each, id=each.name) for each in CATALOGUE if each.layer == "settings"]
IN_REVIEW = [pytest.param(each, id=each.name) for each in CATALOGUE if each.layer == "review"]
# What can only be doubted is shown, and stops nothing. Source that does not parse may be for a newer Python.
DOUBTED = {
    "alarm-before-policy",
    "arn-in-other-region",
    "block-as-text",
    "boundary-takes-away",
    "code-calls-computed-service",
    "code-misspells-argument",
    "copies-without-index",
    "destination-before-policy",
    "function-renamed-permission-not",
    "header-demanded",
    "module-not-packaged",
    "network-demanded",
    "objects-of-one-folder",
    "permission-lapsed",
    "policy-taken-from-everyone",
    "rule-on-other-bus",
    "source-does-not-parse",
    "table-in-other-region",
    "task-operation-misspelt",
}


@cache
def found(name: str) -> list[Finding]:
    return checks.findings(BY_NAME[name].on(base.subject()))


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_a_stack_without_a_mistake_has_no_finding(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "ENVIRONMENT", environment)
    review = base.known().review(read(base.synthesize(base.settings())))

    assert [str(finding) for finding in review if finding.open] == []


@pytest.mark.parametrize("name", HARMLESS)
def test_a_change_that_is_no_mistake_has_no_finding(name: str) -> None:
    assert [str(finding) for finding in checks.findings(changed(base.subject(), name))] == []


@pytest.mark.parametrize("mutation", AT_SYNTH)
def test_a_mistake_is_found_at_synth(mutation: Mutation) -> None:
    assert found(mutation.name)


def test_what_is_found_at_synth_stops_it_but_for_what_can_only_be_doubted() -> None:
    soft = {
        each.name
        for each in CATALOGUE
        if each.layer == "synth" and not any(finding.fails for finding in found(each.name))
    }

    assert soft <= DOUBTED


@pytest.mark.parametrize("mutation", IN_SETTINGS)
def test_a_wrong_setting_is_named(mutation: Mutation) -> None:
    assert checks.of_settings(mutation.on(base.subject())).by


@pytest.mark.parametrize("mutation", IN_REVIEW)
def test_a_harmful_change_is_found_in_the_plan(mutation: Mutation) -> None:
    deployed = copy.deepcopy(base.subject())
    if mutation.deployed is not None:
        mutation.deployed(deployed)
    changed = mutation.on(base.subject())

    assert checks.of_review(changed, plans.plan(deployed, changed)).by


def test_a_plan_without_a_change_has_no_finding() -> None:
    subject = base.subject()

    assert checks.of_review(subject, plans.plan(subject, subject)).by == ()


def test_terraform_itself_sees_a_cycle_a_misspelt_argument_and_a_lost_table() -> None:
    subject = base.subject()
    with tools.terraform(subject.document, "offline") as terraform:
        clean = [*terraform.layers(subject), *terraform.change(subject, subject)]
        cycle = terraform.layers(BY_NAME["cycle-through-policy-and-variable"].on(subject))
        misspelt = terraform.layers(BY_NAME["argument-misspelt"].on(subject))
        lost = terraform.change(subject, BY_NAME["table-key-renamed"].on(subject))

        assert [outcome.layer for outcome in clean if outcome.caught] == []
        assert [outcome.layer for outcome in cycle if outcome.caught] == ["validate", "plan", "graph"]
        assert next(misspelt).by == ("Extraneous JSON object property",)
        assert [outcome.by[0] for outcome in lost if outcome.caught] == ["data-loss"]


def test_the_historic_mistakes_come_first() -> None:
    assert [each.name for each in CATALOGUE[:2]] == ["cycle-through-policy-and-variable", "log-delivery-not-allowed"]


def test_there_are_enough_mistakes_of_every_class() -> None:
    counts = Counter(each.defect for each in CATALOGUE)

    assert len(CATALOGUE) >= 60
    assert set(counts) == set(Defect)
    assert sum(each.update for each in CATALOGUE) >= 5


def test_names_are_unique() -> None:
    assert len({each.name for each in CATALOGUE}) == len(CATALOGUE)
