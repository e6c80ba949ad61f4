"""Plans and graphs of the project's own stacks are those of the real provider, of a new stack and of a changed one."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packages.offline_provider.tests.comparison import judge, read_list
from tests.offline_provider.both_planners import Planned, Planner
from tests.offline_provider.conformance.edits import REPLACING
from tests.offline_provider.plan_differences import actions, plan_differences
from tests.offline_provider.stacks import ENVIRONMENTS, WHOLE, document, without_account

if TYPE_CHECKING:
    from packages.offline_provider.tests.conftest import BothSchemas
    from terraform_runtime.provider_source import ProviderSource

LISTED = Path(__file__).with_name("differences_plan.toml")
EDITED = {"replacing": REPLACING}

Plans = dict[str, tuple[Planned, Planned]]


@pytest.fixture(scope="module")
def plans(
    real_provider: ProviderSource,
    stacks: dict[str, Path],
    both_schemas: BothSchemas,
    tmp_path_factory: pytest.TempPathFactory,
) -> Plans:
    """Plan each stack anew, and one with edits, from a state with made-up values."""
    folder = tmp_path_factory.mktemp("plans")
    made: Plans = {}
    for name in ENVIRONMENTS:
        planner = Planner(stacks[name], folder, real_provider)
        made[name] = planner.both(name, without_account(document(stacks[name])))
    planner, unedited = Planner(stacks[WHOLE], folder, real_provider), without_account(document(stacks[WHOLE]))
    state = planner.made_up_state(unedited, both_schemas.real)
    for name, edits in EDITED.items():
        edited = copy.deepcopy(unedited)
        for edit in edits:
            edit.change(edited)
        made[name] = planner.both(name, edited, state)
    return made


def test_plans_differ_in_nothing_but_what_is_listed(plans: Plans) -> None:
    found = [
        difference
        for name, (real, offline) in plans.items()
        for difference in plan_differences(real.plan, offline.plan, f"{name}: ")
    ]
    unlisted, dead = judge(found, read_list(LISTED))
    assert unlisted == []
    assert dead == [], "these do not occur any more: take them out of the list"


@pytest.mark.parametrize("name", [*ENVIRONMENTS, *EDITED])
def test_graphs_are_the_same(plans: Plans, name: str) -> None:
    real, offline = plans[name]
    assert real.graph == offline.graph
    assert real.graph.startswith("digraph")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_new_stack_is_created_whole(plans: Plans, name: str) -> None:
    real, offline = (actions(planned.plan) for planned in plans[name])
    assert offline == real
    assert set(map(tuple, real.values())) == {("create",)}


@pytest.mark.parametrize("name", list(EDITED))
def test_a_changed_stack_is_changed_in_the_same_way(plans: Plans, name: str) -> None:
    real, offline = (actions(planned.plan) for planned in plans[name])
    assert offline == real
    assert len(real) >= len(EDITED[name]) / 2
