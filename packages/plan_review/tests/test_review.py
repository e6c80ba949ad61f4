"""``python -m plan_review`` on whole folders, with real Terraform."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.__main__ import CLEAN, FAILED, FINDINGS, main
from terraform_runtime.executable import find_terraform

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[str, Any], Path]

TWO = 'resource "terraform_data" "a" { input = terraform_data.b.id }\nresource "terraform_data" "b" {}\n'
FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing here needs a provider from elsewhere: make sure that none is asked for."""
    config = tmp_path_factory.mktemp("cli") / "none.tfrc"
    config.write_text('provider_installation {\n  filesystem_mirror {\n    path = "/none"\n  }\n}\n')
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))
    monkeypatch.delenv("TERRAFORM_MIRROR", raising=False)
    monkeypatch.setattr("terraform_runtime.provider_source._registry_is_reachable", lambda: False)


def run(folder: Path, *arguments: str) -> int:
    return main([str(folder), "--provider", "real", *arguments])


def test_a_folder_without_findings_ends_with_0_and_its_report(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write("main.tf", TWO).parent, "--markdown") == CLEAN
    text = capsys.readouterr().out
    assert "**✅ No findings.**" in text
    assert "| 2 | 0 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "The configuration, the plan and Terraform's graph agree on what needs what" in text
    assert "Terraform's order of destroying was checked" in text


def test_a_cycle_ends_with_1_and_is_explained_once(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    cycle = TWO.replace('"b" {}', '"b" { input = terraform_data.a.id }')
    assert run(write("main.tf", cycle).parent, "--json") == FINDINGS
    document = json.loads(capsys.readouterr().out)
    assert document["planned"] is False
    (finding,) = document["findings"]
    assert finding["rule"] == "layout-cycle"
    assert "input = terraform_data.b.id" in finding["message"]


def test_what_terraform_refuses_is_a_finding(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write("main.tf", 'resource "terraform_data" "a" {\n  nonsense = 1\n}\n').parent, "--json") == FINDINGS
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["rule"], finding["address"]) == ("terraform-refuses", "terraform_data.a")
    assert finding["message"] == "Unsupported argument (main.tf:2)"


def test_what_only_the_plan_refuses_is_a_finding(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    condition = 'precondition {\n condition = var.n > 2\n error_message = "One is not more."\n}\n'
    text = 'variable "n" { default = 1 }\nresource "terraform_data" "a" {\n lifecycle {\n' + condition + "}\n}\n"
    assert run(write("main.tf", text).parent, "--json") == FINDINGS
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["rule"], finding["address"]) == ("terraform-refuses", "terraform_data.a")
    assert "One is not more." in finding["consequence"]


def test_what_terraform_refuses_before_anything_else_is_a_finding(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write("main.tf", 'variable "n" {\n  type = nonsense\n}\n').parent
    assert run(folder, "--json") == FINDINGS
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["message"] == "Invalid type specification (main.tf:2)"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no Terraform configuration"),
        ({"main.tf.json": "{"}, "main.tf.json: not JSON"),
        ({"main.tf": "resource {{{"}, "main.tf: line 1"),
        ({"a.tf": TWO, "b.tf": TWO}, "terraform_data.a is declared twice"),
    ],
)
def test_a_folder_that_cannot_be_reviewed_ends_with_2_and_says_why(
    files: dict[str, str], message: str, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in files.items():
        write(name, text)
    assert run(tmp_path) == FAILED
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""


def test_a_folder_that_is_none_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none") == FAILED
    assert "is not a folder" in capsys.readouterr().err


def test_a_missing_provider_is_named_with_the_remedy(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write("main.tf", 'resource "aws_sns_topic" "t" {}\n').parent) == FINDINGS
    said = capsys.readouterr().out
    assert "the provider hashicorp/aws cannot be had" in said
    assert "the variable TERRAFORM_MIRROR with a folder" in said.replace("\\", "")


def test_a_plan_as_json_is_reviewed_as_the_change_that_it_is(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write("cdk.tf.json", (FIXTURES / "changed.tf.json").read_text()).parent
    assert run(folder, "--plan", str(FIXTURES / "changed.plan.json"), "--markdown") == FINDINGS
    text = capsys.readouterr().out
    assert "| 1 | 8 | 3 | 1 | 0 | 1 | 0 |" in text
    assert "`bucket`: `upload-x` → `upload-y`" in text
    assert "hunter2" not in text
    assert "Terraform's graph was not looked at" in text


def test_drift_stands_apart_from_the_change(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    plan = json.loads((FIXTURES / "changed.plan.json").read_text())
    drifted = {"actions": ["update"], "before": {"delay_seconds": 1}, "after": {"delay_seconds": 5}}
    same = {"actions": ["no-op"], "before": {}, "after": {}}
    plan["resource_drift"] = [
        {"address": "aws_sns_topic.topic", "type": "aws_sns_topic", "change": drifted},
        {"address": "aws_iam_role.lrole", "type": "aws_iam_role", "change": same},
    ]
    folder = write("cdk.tf.json", (FIXTURES / "changed.tf.json").read_text()).parent
    assert run(folder, "--plan", str(write("elsewhere/plan.json", plan)), "--markdown") == FINDINGS
    text = capsys.readouterr().out
    assert "| 1 | 8 | 3 | 1 | 0 | 1 | 1 |" in text
    drift = text[text.index("### Drift") : text.index("### Moves")]
    assert "- `aws_sns_topic.topic`\n  - `delay_seconds`: `1` → `5`" in drift
    assert "lrole" not in drift


def test_a_saved_binary_plan_is_reviewed(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write("main.tf", TWO).parent
    terraform = str(find_terraform().binary)
    for arguments in (["init"], ["plan", "-out=saved"]):
        subprocess.run([terraform, *arguments, "-input=false"], cwd=folder, check=True, capture_output=True)
    assert run(folder, "--plan", str(folder / "saved")) == CLEAN
    assert "The plan is saved, made by Terraform" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ('{"format_version": "7.0"}', "a plan of format 7.0"),
        ("no plan at all", "cannot be shown"),
    ],
)
def test_what_is_no_plan_ends_with_2(
    content: str, message: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = write("elsewhere/x.plan", content)
    assert run(write("stack/main.tf", TWO).parent, "--plan", str(plan)) == FAILED
    assert message in capsys.readouterr().err


def test_a_secret_that_terraform_quotes_is_not_repeated(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    variable = 'variable "db_password" {\n  default = "hunter2-secret"\n}\n'
    condition = 'condition = var.db_password == ""\n error_message = "no ${var.db_password}"\n'
    text = f'{variable}resource "terraform_data" "a" {{\n lifecycle {{\n precondition {{\n {condition}}}\n}}\n}}\n'
    assert run(write("main.tf", text).parent) == FINDINGS
    said = capsys.readouterr()
    assert "no (masked)" in said.out
    assert "hunter2" not in said.out + said.err


def test_a_plan_of_another_configuration_ends_with_2(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write("main.tf", TWO).parent, "--plan", str(FIXTURES / "changed.plan.json")) == FAILED
    assert "the plan is of another configuration" in capsys.readouterr().err


def test_a_plan_that_is_not_there_ends_with_2(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(write("main.tf", TWO).parent, "--plan", "none.json") == FAILED
    assert "none.json cannot be read" in capsys.readouterr().err


def test_against_a_state_the_change_is_shown_and_drift_apart_from_it(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    state = write("elsewhere/state.json", {
        "version": 4, "serial": 1, "lineage": "x", "terraform_version": "1.11.0",
        "resources": [{
            "mode": "managed", "type": "terraform_data", "name": "gone",
            "provider": 'provider["terraform.io/builtin/terraform"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "1"}}],
        }],
    })  # fmt: skip
    assert run(write("stack/main.tf", TWO).parent, "--state", str(state), "--markdown") == CLEAN
    text = capsys.readouterr().out
    assert "| 2 | 0 | 0 | 1 | 0 | 0 | 0 |" in text
    assert "| `terraform_data.gone` | destroy | it is no longer in the configuration |" in text


def test_a_declared_layout_is_held_against_any_folder(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    declared = write("layout.toml", '[unit.one]\nmembers = ["a"]\n[unit.two]\nmembers = ["b"]\n')
    assert run(write("stack/main.tf", TWO).parent, "--layout", str(declared)) == FINDINGS
    assert "unit one needs unit two, which is not declared" in capsys.readouterr().out


def test_a_layout_that_is_wrong_ends_with_2(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    declared = write("layout.toml", "[unit]\n")
    assert run(write("stack/main.tf", TWO).parent, "--layout", str(declared)) == FAILED
    assert "layout.toml: it declares no unit" in capsys.readouterr().err


def test_everything_is_written_where_it_is_asked_for_and_twice_the_same(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write("stack/main.tf", TWO).parent
    for out in ("one", "two"):
        assert run(folder, "--markdown", "--out", str(tmp_path / out)) == CLEAN
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["graph.svg", "review-full.md", "review.json", "review.md", "review.sarif"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert (tmp_path / "one" / "review.md").read_text() in capsys.readouterr().out


def test_the_program_runs_from_anywhere_in_any_locale(write: Write) -> None:
    folder = write("main.tf", TWO).parent
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "plan_review", ".", "--provider", "real", "--markdown"],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (CLEAN, b"")
    assert "✅" in done.stdout.decode()


HARD = r"""
resource "terraform_data" "counted" {
  count = 2
  input = "x"
}
resource "terraform_data" "each" {
  for_each = { "a\"b" = terraform_data.counted[0].id, "c.d" = terraform_data.counted[1].id }
  input    = each.value
}
resource "terraform_data" "triggered" {
  lifecycle {
    replace_triggered_by = [terraform_data.each["a\"b"]]
  }
}
data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "${path.module}/other.tfstate" }
}
resource "terraform_data" "reader" {
  input = try(data.terraform_remote_state.other.outputs.x, terraform_data.triggered.id)
}
"""


def test_count_for_each_quotes_triggers_and_data_sources_are_understood(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("other.tfstate", {"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": []})
    assert run(write("main.tf", HARD).parent, "--markdown") == CLEAN
    text = capsys.readouterr().out
    assert "agree on what needs what" in text
    assert 'terraform_data.each["a\\"b"]' in text


def test_a_check_with_a_data_source_of_its_own_is_understood(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("other.tfstate", {"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": []})
    config = 'backend = "local"\n config = { path = "${path.module}/other.tfstate" }\n'
    data = f'data "terraform_remote_state" "o" {{\n {config}}}'
    assertion = 'assert {\n condition = terraform_data.a.id != ""\n error_message = "x"\n}'
    assert run(write("main.tf", f'{TWO}check "alive" {{\n{data}\n{assertion}\n}}\n').parent) == CLEAN
    assert "agree on what needs what" in capsys.readouterr().out


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_native_syntax_is_read_as_terraform_reads_it(
    line_end: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (FIXTURES / "tricky.tf").read_text().replace("\n", line_end)
    assert run(write("main.tf", text).parent) == CLEAN
    assert "Resources: 17, references: 19." in capsys.readouterr().out


def test_a_folder_that_stands_alone_says_in_one_line_which_checks_were_not_made_and_how_they_are(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = write("layout.toml", '[unit.one]\nmembers = ["a", "b"]\n')
    folder = write("stack/main.tf", TWO).parent

    assert run(folder) == CLEAN
    assert "Not checked, as it was not given: the declared layout (--layout FILE).\n" in capsys.readouterr().out
    assert run(folder, "--layout", str(declared)) == CLEAN
    assert "Not checked" not in capsys.readouterr().out


def test_sarif_is_written_where_it_is_asked_for(write: Write, tmp_path: Path) -> None:
    cycle = TWO.replace('"b" {}', '"b" { input = terraform_data.a.id }')
    folder = write("stack/main.tf", cycle).parent

    assert run(folder, "--sarif", str(tmp_path / "out.sarif")) == FINDINGS

    ((result,),) = ([*each["results"]] for each in json.loads((tmp_path / "out.sarif").read_text())["runs"])
    assert (result["ruleId"], result["level"]) == ("layout-cycle", "error")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
