"""Every mistake of the catalogue is caught where it says, and a stack without one has no finding."""

from __future__ import annotations

import copy
from collections import Counter

import pytest

from plan_review.synthesized import read
from tests.faults import base, checks, plans
from tests.faults.catalogue import CATALOGUE, Mutation
from tests.faults.mutation import Defect

AT_SYNTH = [pytest.param(each, id=each.name) for each in CATALOGUE if each.layer == "synth"]
IN_SETTINGS = [pytest.param(each, id=each.name) for each in CATALOGUE if each.layer == "settings"]
IN_REVIEW = [pytest.param(each, id=each.name) for each in CATALOGUE if each.layer == "review"]


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_a_stack_without_a_mistake_has_no_finding(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "ENVIRONMENT", environment)
    found = base.known().review(read(base.synthesize(base.settings())))

    assert [str(finding) for finding in found if finding.open] == []


@pytest.mark.parametrize("mutation", AT_SYNTH)
def test_a_mistake_is_found_at_synth(mutation: Mutation) -> None:
    assert checks.of_synth(mutation.on(base.subject())).by


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


def test_the_historic_mistakes_come_first() -> None:
    assert [each.name for each in CATALOGUE[:2]] == ["circle-through-policy-and-variable", "log-delivery-not-allowed"]


def test_there_are_enough_mistakes_of_every_class() -> None:
    counts = Counter(each.defect for each in CATALOGUE)

    assert len(CATALOGUE) >= 60
    assert set(counts) == set(Defect)
    assert sum(each.update for each in CATALOGUE) >= 5


def test_names_are_unique() -> None:
    assert len({each.name for each in CATALOGUE}) == len(CATALOGUE)


def test_what_stops_a_synth_is_most_of_what_is_found_there() -> None:
    soft = [
        each.name
        for each in CATALOGUE
        if each.layer == "synth" and not any(finding.fails for finding in checks.findings(each.on(base.subject())))
    ]

    # What can only be doubted is shown, and stops nothing. Source that does not parse may be for a newer Python.
    assert set(soft) <= {"destination-before-policy", "code-calls-computed-service", "source-does-not-parse"}
