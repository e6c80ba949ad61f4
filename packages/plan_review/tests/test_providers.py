"""Which provider a plan is made with; the offline one with real Terraform on AWS resources."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from offline_provider.schema.scope import needed_types
from plan_review import pull_request
from plan_review.__main__ import CLEAN, FAILED, FINDINGS, main
from plan_review.terraform import providers
from plan_review.terraform.workspace import TerraformError, Workspace

from .test_review import _no_network

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[str, Any], Path]

__all__ = ["_no_network"]
FIXTURES = Path(__file__).parent / "fixtures"


def test_the_stand_in_is_taken_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert providers.default() == "offline"
    monkeypatch.setattr(providers, "_OFFLINE", "no_such_provider")
    assert providers.default() == "real"


def test_the_provider_that_a_variable_asks_for_is_taken(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROVIDER", "real")
    assert providers.default() == "real"
    monkeypatch.setenv("PROVIDER", "fastest")
    folder = write("main.tf", "").parent
    assert main([str(folder)]) == FAILED
    assert pull_request.main([str(folder), "--out", str(folder / "out")]) == FAILED
    assert capsys.readouterr().err.count("PROVIDER is 'fastest': it must be offline") == 2


def test_a_stand_in_that_is_not_installed_is_named(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "offline_provider", None)
    assert main([str(write("main.tf", "").parent), "--provider", "offline"]) == FAILED
    assert "the offline provider is not installed" in capsys.readouterr().err


def test_a_terraform_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "no-such-terraform")
    with pytest.raises(TerraformError, match="TERRAFORM_BINARY_NAME is 'no-such-terraform'"):
        providers.chosen("real")


def test_the_stand_in_serves_as_long_as_the_folder_is_mirrored(write: Write) -> None:
    folder = write("main.tf", 'resource "aws_sns_topic" "t" { name = "x" }\n').parent
    with Workspace(folder, providers.chosen("offline")) as workspace:
        assert workspace.init() == []
        plan, _ = workspace.plan()
    assert plan is not None
    assert plan["resource_changes"][0]["change"]["after"]["name"] == "x"
    assert "TF_REATTACH_PROVIDERS" not in os.environ


def test_a_state_kept_elsewhere_does_not_make_the_stand_in_tell_of_every_type(write: Write) -> None:
    backend = 'terraform {\n  backend "s3" {\n    bucket = "b"\n    key = "k"\n  }\n}\n'
    folder = write("main.tf", f'{backend}resource "aws_sns_topic" "t" {{}}\n').parent
    assert needed_types(folder) is None
    with Workspace(folder, providers.chosen("offline")) as workspace:
        assert needed_types(workspace.path) == frozenset({"aws_sns_topic"})


def test_a_review_does_not_depend_on_the_emulator_or_account_of_the_shell(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = 'data "aws_caller_identity" "me" {}\nresource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
    use = 'output "me" {\n  value = data.aws_caller_identity.me.account_id\n}\n'
    folder = write("main.tf", given + use).parent
    main([str(folder), "--provider", "offline"])
    before = capsys.readouterr().out
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "000000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    main([str(folder), "--provider", "offline"])
    assert capsys.readouterr().out == before


def test_a_hard_configuration_is_planned_offline_as_the_real_provider_planned_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([str(FIXTURES / "hard"), "--json", "--provider", "offline"]) in {CLEAN, FINDINGS}
    document = json.loads(capsys.readouterr().out)
    assert not [each for each in document["findings"] if each["rule"].startswith(("readers-", "terraform-"))]
    recorded = json.loads((FIXTURES / "hard" / "plan.json").read_text())
    created = {each["address"] for each in recorded["resource_changes"] if each["change"]["actions"] == ["create"]}
    assert {each["address"] for each in document["changes"] if each["action"] == "create"} == created


def test_an_argument_that_the_schema_does_not_know_is_a_finding(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write("main.tf", 'resource "aws_sns_topic" "t" {\n  nmae = "x"\n}\n').parent
    assert main([str(folder), "--json", "--provider", "offline"]) == FINDINGS
    refused = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["rule"] == "terraform-refuses"]
    assert [each["address"] for each in refused] == ["aws_sns_topic.t"]


def test_types_that_only_a_module_or_the_state_holds_are_known_too(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("stack/inner/main.tf", 'resource "aws_sqs_queue" "q" { name = "q" }\n')
    folder = write("stack/main.tf", 'module "m" {\n  source = "./inner"\n}\n').parent
    state = write("elsewhere/state.json", {
        "version": 4, "serial": 1, "lineage": "x", "terraform_version": "1.11.0",
        "resources": [{
            "mode": "managed", "type": "aws_sns_topic", "name": "gone",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "arn:aws:sns:x:1:gone", "name": "gone"}}],
        }],
    })  # fmt: skip
    main([str(folder), "--json", "--provider", "offline", "--state", str(state)])
    document = json.loads(capsys.readouterr().out)
    assert {each["address"]: each["action"] for each in document["changes"]} == {
        "aws_sns_topic.gone": "destroy",
        "module.m.aws_sqs_queue.q": "create",
    }
