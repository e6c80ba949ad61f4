"""What people hand over: a right result, "cannot tell", or a clear error, never a wrong verdict or a stack trace."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.__main__ import CLEAN, FAILED, FINDINGS, main
from plan_review.terraform.version_constraints import admits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[[str, Any], Path]

TOPIC = 'resource "aws_sns_topic" "t" {\n  name = "t"\n}\n'

OTHER_VERSION = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 4.0"
    }
  }
}
"""


def review(folder: Path, *arguments: str) -> int:
    return main([str(folder), "--provider", "offline", *arguments])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('variable "x" {}\n' + TOPIC.replace('"t"\n', "var.x\n"), "No value for required"),
        (
            f'import {{\n  to = aws_sns_topic.t\n  id = "arn:aws:sns:eu-west-1:123456789012:t"\n}}\n{TOPIC}',
            "cannot import aws_sns_topic",
        ),
        ('terraform {\n  required_version = ">= 99"\n}\n', "it asks for Terraform >= 99"),
        (
            'module "m" {\n  source  = "no/such/aws"\n  version = "1.0.0"\n}\n',
            "no plan was made: the module m cannot be had",
        ),
        (
            f"{OTHER_VERSION}{TOPIC}",
            "it asks for version ~> 4.0 of the AWS provider",
        ),
    ],
    ids=["a value", "an import", "another Terraform", "a module that cannot be had", "another provider's version"],
)
def test_what_cannot_be_planned_here_cannot_be_told(
    text: str,
    message: str,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert review(write("main.tf", text).parent, "--json") == FINDINGS
    found = [each for each in json.loads(capsys.readouterr().out)["findings"] if each["open"]]
    told = [each for each in found if each["rule"] == "terraform-not-planned" and each["message"].startswith(message)]
    assert [each["verdict"] for each in told] == ["cannot tell"]
    assert not [each for each in found if each["severity"] == "error" and each["verdict"] != "cannot tell"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('resource "aws_sqs_queue" "q" { name = "a" "b" }\n', "main.tf: line 1"),
    ],
    ids=["broken syntax"],
)
def test_what_says_nothing_of_the_configuration_is_no_finding(
    text: str, message: str, write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert review(write("main.tf", text).parent) == FAILED
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""


def test_what_only_aws_knows_can_be_given(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    region = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
    given = f'{region}data "aws_caller_identity" "me" {{}}\ndata "aws_vpc" "v" {{\n  default = true\n}}\n'
    name = '"t-${data.aws_caller_identity.me.account_id}-${data.aws_vpc.v.id}"'
    folder = write("stack/main.tf", given + TOPIC.replace('"t"\n', f"{name}\n")).parent
    values = write("elsewhere/values.json", {"aws_vpc": {"id": "vpc-1"}})
    review(folder, "--json", "--account-id", "123456789012", "--stand-ins", str(values))
    document = json.loads(capsys.readouterr().out)
    assert document["planned"] is True
    assert not [each for each in document["findings"] if each["rule"].startswith("terraform-")]
    wrong = write("elsewhere/wrong.json", {"aws_vpc": 1})
    assert review(folder, "--stand-ins", str(wrong)) == FAILED
    assert "aws_vpc must be an object" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--plan", "--state", "--layout", "--stand-ins"])
def test_a_file_that_is_not_there_is_named_without_the_number_of_an_error(
    option: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(write("main.tf", TOPIC).parent, option, "/none/x") == FAILED
    said = capsys.readouterr().err
    assert "No such file or directory" in said
    assert "Errno" not in said


def test_a_state_of_another_format_is_refused_by_terraform_and_so_said(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    state = write("elsewhere/state.json", {"version": 5})
    assert review(write("stack/main.tf", TOPIC).parent, "--state", str(state)) == FAILED
    assert "format version 5, which is not supported" in capsys.readouterr().err


def test_a_module_with_a_policy_document_links_and_a_byte_order_mark_is_reviewed(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        "inner/main.tf",
        "\ufeff"
        'data "aws_iam_policy_document" "trust" {\n  statement {\n    actions = ["sts:AssumeRole"]\n'
        '    principals {\n      type = "Service"\n      identifiers = ["lambda.amazonaws.com"]\n    }\n  }\n}\n'
        'resource "aws_iam_role" "r" {\n  name = "r"\n'
        "  assume_role_policy = data.aws_iam_policy_document.trust.json\n}\n",
    )
    write("real/main.tf", 'module "m" {\n  source = "../inner"\n}\n')
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    assert review(tmp_path / "linked", "--json") in {CLEAN, FINDINGS}
    document = json.loads(capsys.readouterr().out)
    assert [each["address"] for each in document["changes"] if each["action"] == "create"] == [
        "module.m.aws_iam_role.r"
    ]
    (trust,) = document["permissions"]
    assert trust["added"] == ["Allow lambda.amazonaws.com sts:AssumeRole"]
    assert not [each for each in document["findings"] if each["rule"].startswith(("readers-", "unread-", "terraform-"))]


def test_a_pipe_among_the_files_is_not_waited_for(write: Write, tmp_path: Path) -> None:
    write("main.tf", 'output "x" {\n  value = 1\n}\n')
    os.mkfifo(tmp_path / "pipe.tf")
    os.mkfifo(tmp_path / "pipe")
    assert review(tmp_path) == CLEAN


@pytest.mark.parametrize(
    ("constraint", "version", "expected"),
    [
        ("6.25.0", "6.25.0", True),
        ("~> 6.0", "6.25.0", True),
        ("~> 6.24.1", "6.25.0", False),
        ("~> 5.100", "6.0.0", False),
        (">= 5, < 6.25", "6.25.0", False),
        (">= 5, != 6.1", "6.25.0", True),
        ("> 6.25.0", "6.25.0", False),
        ("<= 6.25.0", "6.25.0", True),
        ("= v6.25", "6.25.0", True),
        ("next", "6.25.0", None),
        ("6.0", "", None),
    ],
)
def test_a_version_is_held_against_a_constraint(constraint: str, version: str, expected: bool | None) -> None:  # noqa: FBT001 - a parameter
    assert admits(constraint, version) is expected
