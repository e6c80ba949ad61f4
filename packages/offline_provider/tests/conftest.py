"""What the comparisons with HashiCorp's provider share: the provider, and both providers' schemas."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from terraform_runtime.executable import UnavailableError
from terraform_runtime.provider_source import ProviderSource, provider_source

from .terraform_run import REAL_VERSION, offline_side, real_side

if TYPE_CHECKING:
    from pathlib import Path

_SOURCE = "registry.terraform.io/hashicorp/aws"
NOTHING = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": REAL_VERSION}}},
    "provider": {"aws": [{"region": "ap-southeast-1"}]},
}


@dataclass(frozen=True)
class BothSchemas:
    """All schemas of the two providers, as ``terraform providers schema -json`` shows them."""

    real: dict[str, Any]
    offline: dict[str, Any]


def provider_or_skip() -> ProviderSource:
    """Return the AWS provider's source; without one CI fails and a person is told what is missing."""
    try:
        return provider_source()
    except UnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def compared_schemas(real_provider: ProviderSource, folder: Path) -> BothSchemas:
    """Ask both providers for all of their schemas."""
    folders = {name: folder / name for name in ("real", "offline")}
    for each in folders.values():
        each.mkdir()
        (each / "main.tf.json").write_text(json.dumps(NOTHING))
    real = real_side(folders["real"], real_provider, {})
    real.init()
    with offline_side(folders["offline"], {}, every_type=True) as offline:
        offline.init()
        shown = [json.loads(side.run("providers", "schema", "-json")) for side in (real, offline)]
    return BothSchemas(*(content["provider_schemas"][_SOURCE] for content in shown))


@pytest.fixture(scope="session")
def real_provider() -> ProviderSource:
    return provider_or_skip()


@pytest.fixture(scope="session")
def both_schemas(real_provider: ProviderSource, tmp_path_factory: pytest.TempPathFactory) -> BothSchemas:
    return compared_schemas(real_provider, tmp_path_factory.mktemp("schemas"))
