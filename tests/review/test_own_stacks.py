"""The pipeline's own stacks keep to their layout and have no finding; the mistake that began it all is caught."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from offline_provider.schema.cache import open_store
from packages.plan_review.tests.rules.test_one_unknown_value import false_claims
from packages.plan_review.tests.values.test_against_plans import differences, planned
from plan_review import project
from plan_review.__main__ import CLEAN, main
from plan_review.configuration.reading import read
from plan_review.layout import declaration, demands
from plan_review.layout.checks import check
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENTS = ("local", "dev", "prod")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_projects_own_stacks_keep_to_the_declared_layout(stacks: Path, environment: str) -> None:
    document = json.loads((stacks / f"media-pipeline-{environment}" / "cdk.tf.json").read_text())
    own = declaration.read(ROOT / "stacks" / "layout.toml")
    assert check(read(document), own) == []


def test_the_historic_cycle_in_the_projects_own_stack_is_caught(stacks: Path) -> None:
    document = json.loads((stacks / "media-pipeline-dev" / "cdk.tf.json").read_text())
    function = document["resource"]["aws_lambda_function"]["TranscodingOrchestratorFunction"]
    machine = "${aws_sfn_state_machine.TranscodingStateMachine.arn}"
    function["environment"]["variables"]["STATE_MACHINE_ARN"] = machine
    found = check(read(document), declaration.read(ROOT / "stacks" / "layout.toml"))
    assert [each.rule_id for each in found] == ["layout-cycle", "layout-forbidden-path", "layout-undeclared-edge"]
    assert "environment.variables.STATE_MACHINE_ARN" in found[0].message
    assert "remove the variable STATE_MACHINE_ARN" in found[0].remedy


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_projects_own_stacks_pass_a_whole_review_offline(
    stacks: Path, environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = stacks / f"media-pipeline-{environment}"
    code = main([str(stack), "--json", "--provider", "offline", "--project", str(ROOT)])
    document = json.loads(capsys.readouterr().out)
    assert document["planned"] is True
    assert [each["message"] for each in document["findings"] if each["open"]] == []
    assert code == CLEAN
    assert "The configuration, the plan and Terraform's graph agree on what needs what" in document["notes"][1]


def test_the_projects_own_demands_are_on_arguments_that_the_provider_has() -> None:
    own = declaration.read(ROOT / "stacks" / "layout.toml").demands
    schemas = open_store()
    for kind, arguments in demands.types_and_arguments(own).items():
        for steps in arguments:
            block = schemas.resource(kind).block
            for step in steps[:-1]:
                block = block.blocks[step].block
            assert steps[-1] in block.attributes, (kind, steps)
            assert block.attributes[steps[-1]].settable, (kind, steps)


def test_the_projects_own_layout_is_valid_and_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert declaration.main([str(ROOT / "stacks" / "layout.toml")]) == 0
    drawn = capsys.readouterr().out
    assert drawn.startswith("flowchart TD\n")
    assert 'u_workflow -->|"invokes"| u_orchestrator' in drawn


def test_the_projects_own_code_and_events_are_found() -> None:
    known = project.at(ROOT)
    assert known.declared is not None
    assert known.code == (ROOT,)
    assert known.events is not None
    assert known.events["s3_object_created"]["detail-type"] == "Object Created"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_projects_own_stacks_have_no_finding(stacks: Path, environment: str) -> None:
    document = json.loads((stacks / f"media-pipeline-{environment}" / "cdk.tf.json").read_text())
    assert [str(finding) for finding in project.at(ROOT).review(read(document)) if finding.open] == []


def test_one_unknown_value_in_the_projects_own_stack_makes_nothing_missing(stacks: Path) -> None:
    document = json.loads((stacks / "media-pipeline-prod" / "cdk.tf.json").read_text())
    assert false_claims(document, every=7) == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_is_computed_of_them_is_what_terraform_plans(stacks: Path, environment: str) -> None:
    folder = stacks / f"media-pipeline-{environment}"
    plan = planned(folder)

    assert plan is not None
    assert differences(folder, plan) == []
