"""Values of variables count as they do for Terraform: whichever way they are given, the same one wins."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.__main__ import main
from plan_review.configuration.files import ConfigurationError
from plan_review.configuration.given_variables import Given
from plan_review.configuration.reading import read, read_folder, with_planned_variables
from plan_review.evaluate.evaluator import Evaluator
from plan_review.evaluate.items import Environment
from terraform_runtime.executable import wheel_terraform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DECLARED = """
variable "plain" { default = "of the declaration" }
variable "text" {
  type    = string
  default = "of the declaration"
}
variable "number" {
  type    = number
  default = 1
}
variable "list" {
  type    = list(string)
  default = []
}
variable "any" {
  type    = any
  default = null
}
variable "kept" {
  type     = string
  default  = "kept"
  nullable = false
}
"""
ALL = "jsonencode([var.plain, var.text, var.number, var.list, var.any, var.kept])"
FILES = {
    "terraform.tfvars": 'text = "tfvars"\nnumber = "5"\nlist = ["a", 1]\n',
    "terraform.tfvars.json": '{"text": "json ${x} %{y}", "any": {"a": [1, "${z}"]}}',
    "b.auto.tfvars": 'text = "b"\n',
    "a.auto.tfvars": 'text = "a"\nany = [1, true]\n',
    "c.auto.tfvars.json": '{"text": "c"}',
    "other.tfvars": "text = <<EOT\nof $${other}\nEOT\nnumber = 6\nkept = null\n",
}
CASES: dict[str, tuple[list[str], dict[str, str], list[Given]]] = {
    "nothing": ([], {}, []),
    "file": (["terraform.tfvars"], {}, []),
    "json after native": (["terraform.tfvars", "terraform.tfvars.json"], {}, []),
    "automatic files by name": (["terraform.tfvars", "a.auto.tfvars", "b.auto.tfvars"], {}, []),
    "automatic json": (["a.auto.tfvars", "c.auto.tfvars.json", "b.auto.tfvars"], {}, []),
    "not automatic": (["other.tfvars"], {}, []),
    "environment": (
        [],
        {"TF_VAR_plain": "[1]", "TF_VAR_text": "${x}", "TF_VAR_number": "7", "TF_VAR_list": '["x"]', "TF_VAR_any": "5"},
        [],
    ),
    "environment before files": (["terraform.tfvars"], {"TF_VAR_text": "e", "TF_VAR_gone": "x"}, []),
    "given after files": (["terraform.tfvars", "b.auto.tfvars"], {}, [Given("text=given"), Given("any={a = 1}")]),
    "the last one given": ([], {}, [Given("text=x=y"), Given("other.tfvars", in_file=True), Given("number=8")]),
    "a file given last": (["other.tfvars"], {}, [Given("text=x"), Given("other.tfvars", in_file=True)]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_same_value_counts_as_for_terraform(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, environment, given = CASES[case]
    (tmp_path / "main.tf").write_text(DECLARED, encoding="utf-8")
    for name in files:
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    (tmp_path / "other.tfvars").write_text(FILES["other.tfvars"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = subprocess.run(
        [wheel_terraform(), "console", *(each.argument for each in given)],
        input=f"base64encode({ALL})\n",
        env={**os.environ, "TF_CLI_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    evaluator = Evaluator(read_folder(tmp_path, given))

    assert evaluator.evaluate(f"${{base64encode({ALL})}}", Environment()) == told.strip().strip('"')


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Given("text"), "NAME=VALUE"),
        (Given("=x"), "NAME=VALUE"),
        (Given("none.tfvars", in_file=True), "none.tfvars: No such file"),
        (Given('list=["a'), "the quoted string that begins here is not closed"),
    ],
)
def test_a_value_that_cannot_be_read_is_said(given: Given, said: str, write: Callable[[str, Any], Path]) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_folder(write("main.tf", DECLARED).parent, [given])


def test_a_default_in_json_is_no_expression(write: Callable[[str, Any], Path]) -> None:
    document = {"variable": {"x": {"default": "${not.one}"}}, "locals": {"y": "${var.x}!"}}
    folder = write("main.tf.json", document).parent

    assert Evaluator(read_folder(folder)).evaluate("${local.y}", Environment()) == "${not.one}!"
    assert Evaluator(read(document)).evaluate("${local.y}", Environment()) == "${not.one}!"


def test_a_plan_tells_what_its_variables_were() -> None:
    configuration = read({"variable": {"x": {"type": "number"}, "y": {"default": "d"}}})
    plan = {"variables": {"x": {"value": 5}, "gone": {"value": 1}, "y": {"value": "${z}"}}}

    evaluator = Evaluator(with_planned_variables(configuration, plan))

    assert evaluator.evaluate(["${var.x}", "${var.y}"], Environment()) == [5, "${z}"]


FOLDER = """
variable "timeout" {
  type    = number
  default = 30
}
resource "aws_sqs_queue" "q" {
  name                       = "q"
  visibility_timeout_seconds = var.timeout
}
"""


@pytest.mark.parametrize("way", ["file in the folder", "environment", "--var", "--var-file"])
def test_a_review_sees_a_value_however_it_is_given(
    way: str, write: Callable[[str, Any], Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write("main.tf", FOLDER).parent
    arguments = [str(folder), "--provider", "offline"]
    if way == "file in the folder":
        write("terraform.tfvars", "timeout = 100000\n")
    elif way == "environment":
        monkeypatch.setenv("TF_VAR_timeout", "100000")
    elif way == "--var":
        arguments += ["--var", "timeout=100000"]
    else:
        write("mine.tfvars", "timeout = 100000\n")
        monkeypatch.chdir(folder)
        arguments += ["--var-file", "mine.tfvars"]

    assert main(arguments) == 1
    assert "100000" in capsys.readouterr().out


def test_a_value_for_no_variable_is_refused(
    write: Callable[[str, Any], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write("main.tf", FOLDER).parent

    assert main([str(folder), "--provider", "offline", "--var", "nothing=1"]) == 2
    assert "nothing" in capsys.readouterr().err
