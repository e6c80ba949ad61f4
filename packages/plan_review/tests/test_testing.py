"""What people call in unit tests of their own stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fast_bindings

fast_bindings.enable()

import cdktf  # noqa: E402  # the bindings have to come after that
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine  # noqa: E402

from plan_review.testing import findings  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path


def stack_with(definition: str) -> cdktf.TerraformStack:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "s")
    SfnStateMachine(stack, "M", role_arn="arn:aws:iam::123456789012:role/r", definition=definition)
    return stack


def test_a_stack_is_held_against_the_rules_without_being_written() -> None:
    (finding,) = [each for each in findings(stack_with("{")) if each.fails]
    assert finding.address.startswith("aws_sfn_state_machine.")
    good = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    assert [each for each in findings(stack_with(good)) if each.fails] == []


def test_what_cdktf_synthesizes_for_a_test_is_taken_too() -> None:
    stack = stack_with("{")
    assert [str(each) for each in findings(cdktf.Testing.synth(stack))] == [str(each) for each in findings(stack)]


def test_a_stack_is_held_against_the_layout_of_its_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.plan_review]\nlayout = "layout.toml"\n')
    (tmp_path / "layout.toml").write_text('[unit.a]\nmembers = ["Other"]\n')
    found = {each.rule_id for each in findings(stack_with("{}"), root=tmp_path)}
    assert {"layout-no-unit", "layout-missing-member"} <= found
