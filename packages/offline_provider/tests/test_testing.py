"""CDKTF's own check of a stack, in a unit test, without a registry."""

from __future__ import annotations

import fast_bindings

fast_bindings.enable()

# Imports of the bindings have to come after that.
import shutil  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

import cdktf  # noqa: E402
import pytest  # noqa: E402
from cdktf_cdktf_provider_aws.provider import AwsProvider  # noqa: E402
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic  # noqa: E402

from offline_provider import testing  # noqa: E402
from offline_provider.testing import offline_aws  # noqa: E402

if TYPE_CHECKING:
    from offline_provider import Serving

__all__ = ["offline_aws"]


@pytest.fixture
def stack() -> cdktf.TerraformStack:
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "stack")
    AwsProvider(stack, "aws", region="us-east-1")
    return stack


def _is_valid(stack: cdktf.TerraformStack) -> bool:
    folder = cdktf.Testing.full_synth(stack)
    try:
        return cdktf.Testing.to_be_valid_terraform(folder)
    finally:
        shutil.rmtree(folder)


def test_a_valid_stack_is_valid(stack: cdktf.TerraformStack, offline_aws: Serving) -> None:
    SnsTopic(stack, "topic", name="notices")
    assert _is_valid(stack)
    assert offline_aws.address


@pytest.mark.parametrize(("argument", "value"), [("nmae", "typing mistake"), ("tags", "no map"), ("arn", "not ours")])
def test_an_invalid_stack_is_not_valid(
    stack: cdktf.TerraformStack, offline_aws: Serving, argument: str, value: str
) -> None:
    SnsTopic(stack, "topic", name="notices").add_override(argument, value)
    assert not _is_valid(stack)
    assert offline_aws.address


def test_after_the_test_commands_get_no_variables_any_more() -> None:
    assert not testing._environment_file().exists()
