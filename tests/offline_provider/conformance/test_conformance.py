"""The offline provider does to an emulator what HashiCorp's provider does: creation, edits, drift, destruction."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packages.offline_provider.tests.comparison import judge, read_list
from tests.offline_provider.conformance.deployments import CREATION, DESTRUCTION, DRIFT, STEPS, Life, live_both
from tests.offline_provider.conformance.drift import DISTURBED
from tests.offline_provider.conformance.edits import ROUNDS
from tests.offline_provider.conformance.findings import all_differences, plans_of
from tests.offline_provider.plan_differences import actions
from tests.offline_provider.stacks import WHOLE, document

if TYPE_CHECKING:
    from terraform_runtime.provider_source import ProviderSource
    from tests.offline_provider.conformance.edit import Edit

LISTED = Path(__file__).parents[1] / "differences_apply.toml"
EDITS = [(step, edit) for step, edits in ROUNDS.items() for edit in edits]
_LAST_ROUND = list(ROUNDS)[-1]
_STAYING = re.compile(r"kms\.|mediaconvert\.\w+ Default$")
"""AWS deletes a key after days, and until then describes it; each account has a queue of jobs that cannot go."""


@pytest.fixture(scope="module")
def lives(
    real_provider: ProviderSource, stacks: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Life, Life]:
    return live_both(stacks[WHOLE], document(stacks[WHOLE]), tmp_path_factory.mktemp("lives"), real_provider)


def test_plans_states_and_answers_differ_in_nothing_but_what_is_listed(lives: tuple[Life, Life]) -> None:
    unlisted, dead = judge(all_differences(*lives), read_list(LISTED))
    assert unlisted == []
    assert dead == [], "these do not occur any more: take them out of the list"


@pytest.mark.parametrize(("step", "edit"), EDITS, ids=[edit.name.replace(" ", "-") for _, edit in EDITS])
def test_an_edit_is_planned_alike(lives: tuple[Life, Life], step: str, edit: Edit) -> None:
    real, offline = (actions(life.plans[step]) for life in lives)
    for address in edit.addresses:
        assert real[address], "the edit changes nothing"
        assert offline.get(address) == real[address]
    found = [item for item in plans_of(step, *lives) if item.subject.startswith(tuple(_subjects(step, edit)))]
    unlisted, _ = judge(found, read_list(LISTED))
    assert unlisted == []


def _subjects(step: str, edit: Edit) -> list[str]:
    return [f"{step}: {address}." for address in edit.addresses]


@pytest.mark.parametrize("step", [step for step in STEPS if step != DESTRUCTION])
def test_a_second_plan_is_empty(lives: tuple[Life, Life], step: str) -> None:
    assert [actions(life.again[step]) for life in lives] == [{}, {}]


def test_what_was_created_can_be_imported(lives: tuple[Life, Life]) -> None:
    real, offline = (life.imports for life in lives)
    assert sum("importing" in change["change"] for change in real["resource_changes"]) > 50
    assert actions(offline) == actions(real)


def test_drift_is_seen_and_repaired(lives: tuple[Life, Life]) -> None:
    real, offline = lives
    assert set(actions(real.plans[DRIFT])) >= set(DISTURBED)
    assert actions(offline.plans[DRIFT]) == actions(real.plans[DRIFT])
    for life in lives:
        # The alarm and the policy were made anew, so moments differ; what is normalised does not.
        assert life.answers[DRIFT] == life.answers[_LAST_ROUND]


def test_destruction_leaves_nothing(lives: tuple[Life, Life]) -> None:
    for life in lives:
        assert [question for question in life.answers[DESTRUCTION] if not _STAYING.match(question)] == []
        assert len(life.answers[CREATION]) > 100
