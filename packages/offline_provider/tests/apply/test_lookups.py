"""A data source that looks up a resource is read from the emulator, and tells what the resource itself tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from offline_provider.applying.lookups import LOOKED_UP

if TYPE_CHECKING:
    from .conftest import MakeWorkspace

_MADE = """
resource "aws_sqs_queue" "it" { name = "NAME" }
resource "aws_sns_topic" "it" { name = "NAME" }
resource "aws_s3_bucket" "it" { bucket = "NAME" }
resource "aws_cloudwatch_log_group" "it" { name = "NAME" }
resource "aws_iam_role" "it" {
  name               = "NAME"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_dynamodb_table" "it" {
  name         = "NAME"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
}
"""
_LOOKED_UP = """
data "aws_sqs_queue" "it" { name = "NAME" }
data "aws_sns_topic" "it" { name = "NAME" }
data "aws_s3_bucket" "it" { bucket = "NAME" }
data "aws_cloudwatch_log_group" "it" { name = "NAME" }
data "aws_iam_role" "it" { name = "NAME" }
data "aws_dynamodb_table" "it" { name = "NAME" }
"""
_TYPES = [line.split('"')[1] for line in _LOOKED_UP.splitlines() if line]


def test_what_is_there_is_told(make_workspace: MakeWorkspace) -> None:
    pairs = "".join(f'output "{kind}" {{ value = data.{kind}.it.arn == {kind}.it.arn }}\n' for kind in _TYPES)
    work = make_workspace(_MADE)
    assert work.apply().code == 0
    work.write(f"{_MADE}{_LOOKED_UP}{pairs}")
    planned = work.run("plan")
    assert planned.code == 0
    assert planned.words.count("= true") == len(_TYPES)
    assert set(_TYPES) <= set(LOOKED_UP)


@pytest.mark.parametrize("kind", ["aws_sqs_queue", "aws_iam_role"])
def test_what_is_not_there_is_named(make_workspace: MakeWorkspace, kind: str) -> None:
    refused = make_workspace(f'data "{kind}" "it" {{ name = "NAME-none" }}\n').run("plan", check=False)
    assert refused.code == 1
    assert "Offline provider: the emulator" in refused.words
