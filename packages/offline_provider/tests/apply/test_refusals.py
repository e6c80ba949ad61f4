"""What is not an emulator on this machine is never touched, and the refusal says what it would have been."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from offline_provider import serve

from .conftest import environment
from .emulator import NOWHERE
from .workspace import EMULATED, Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import MakeWorkspace

_QUEUE = 'resource "aws_sqs_queue" "queue" { name = "NAME" }\n'
_AWS = 'provider "aws" { region = "ap-southeast-1" }\n'


@pytest.mark.usefixtures("no_network")
def test_an_endpoint_elsewhere_is_refused_by_name(make_workspace: MakeWorkspace) -> None:
    block = EMULATED.rstrip().removesuffix("}") + '  endpoints { sqs = "https://sqs.example.com" }\n}\n'
    refused = make_workspace(_QUEUE, provider=block).apply(check=False)
    assert refused.code == 1
    assert "this configuration would reach https://sqs.example.com" in refused.words
    assert "Offline provider: does not apply to AWS" in refused.words


@pytest.mark.usefixtures("no_network")
def test_a_block_that_is_not_meant_for_an_emulator_is_refused_whatever_the_environment_says(
    make_workspace: MakeWorkspace,
) -> None:
    work = make_workspace(_QUEUE, provider=_AWS)
    planned = work.run("plan")
    assert "stands in for hashicorp/aws, plans only" in planned.words
    refused = work.apply(check=False)
    assert refused.code == 1
    assert "does not say skip_credentials_validation = true" in refused.words
    assert not (work.folder / "terraform.tfstate").exists() or work.state() == {}


@pytest.mark.usefixtures("no_network")
def test_without_an_endpoint_aws_itself_is_refused_by_name(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with serve(environ=environ) as provider:
        work = Workspace(tmp_path, provider.environment(environ), NOWHERE)
        work.write(_QUEUE)
        refused = work.apply(check=False)
    assert refused.code == 1
    assert "would reach AWS." in refused.words


@pytest.mark.usefixtures("no_network")
def test_a_service_without_endpoint_is_refused_where_others_have_one(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    block = EMULATED.rstrip().removesuffix("}") + '  endpoints { sns = "http://127.0.0.1:9" }\n}\n'
    with serve(environ=environ) as provider:
        work = Workspace(tmp_path, provider.environment(environ), NOWHERE, provider=block)
        work.write(_QUEUE)
        refused = work.apply(check=False)
    assert refused.code == 1
    assert "AWS itself: no endpoint is set for sqs" in refused.words


def test_an_account_that_the_block_does_not_allow_is_refused(make_workspace: MakeWorkspace) -> None:
    block = EMULATED.rstrip().removesuffix("}") + '  allowed_account_ids = ["999999999999"]\n}\n'
    refused = make_workspace(_QUEUE, provider=block).apply(check=False)
    assert refused.code == 1
    assert "AWS account ID not allowed: 123456789012" in refused.words


def test_a_type_without_a_table_is_refused_by_name(make_workspace: MakeWorkspace) -> None:
    refused = make_workspace('resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }\n').apply(check=False)
    assert refused.code == 1
    assert "Offline provider: does not apply aws_vpc yet" in refused.words


def test_an_argument_that_no_call_writes_is_refused_by_name(make_workspace: MakeWorkspace) -> None:
    bucket = 'resource "aws_s3_bucket" "b" {\n  bucket = "NAME"\n  acceleration_status = "Enabled"\n}\n'
    refused = make_workspace(bucket).apply(check=False)
    assert refused.code == 1
    assert "does not apply acceleration_status of aws_s3_bucket" in refused.words


def test_an_emulator_that_is_not_there_is_named(tmp_path: Path) -> None:
    with serve(environ=environment(NOWHERE)) as provider:
        work = Workspace(tmp_path, provider.environment(environment(NOWHERE)), NOWHERE)
        work.write(_QUEUE)
        refused = work.apply(check=False)
    assert refused.code == 1
    assert "http://127.0.0.1:9" in refused.words
