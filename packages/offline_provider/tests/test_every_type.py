"""Made-up resources of every type are planned as the real provider plans them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .comparison import judge, read_list
from .conftest import NOTHING
from .every_type import Comparison, compare_every_type
from .terraform_run import REAL_VERSION, real_side

if TYPE_CHECKING:
    from terraform_runtime.provider_source import ProviderSource

LISTED = Path(__file__).with_name("differences_types.toml")


@pytest.fixture(scope="module")
def comparison(real_provider: ProviderSource, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("every-type")
    (folder / "main.tf.json").write_text(json.dumps(NOTHING))
    real_side(folder, real_provider, {}).init()
    (binary,) = folder.glob(f".terraform/providers/*/hashicorp/aws/{REAL_VERSION}/*/terraform-provider-aws_v*")
    return compare_every_type(binary)


def test_plans_of_every_type_differ_in_nothing_but_what_is_listed(comparison: Comparison) -> None:
    unlisted, dead = judge(comparison.found, read_list(LISTED))
    assert unlisted == []
    assert dead == [], "these do not occur any more: take them out of the list"


def test_nearly_all_types_were_planned(comparison: Comparison) -> None:
    assert comparison.created > 1500
    assert comparison.changed > 1300
    assert len(comparison.refused) < 20
