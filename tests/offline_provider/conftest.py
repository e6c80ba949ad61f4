"""What the comparisons share: both providers' schemas, and the synthesized stacks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.offline_provider.side import REAL_VERSION, offline_side, real_side
from tests.offline_provider.synthesized import synthesize
from tests.real_provider import provider_or_skip

if TYPE_CHECKING:
    from pathlib import Path

    from terraform_runtime.provider_source import ProviderSource

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


@pytest.fixture(scope="session")
def real_provider() -> ProviderSource:
    return provider_or_skip()


@pytest.fixture(scope="session")
def both_schemas(real_provider: ProviderSource, tmp_path_factory: pytest.TempPathFactory) -> BothSchemas:
    folders = {}
    for name in ("real", "offline"):
        folders[name] = tmp_path_factory.mktemp(f"schemas-{name}")
        (folders[name] / "main.tf.json").write_text(json.dumps(NOTHING))
    real = real_side(folders["real"], real_provider, {})
    real.init()
    with offline_side(folders["offline"], {}, every_type=True) as offline:
        offline.init()
        shown = [json.loads(side.run("providers", "schema", "-json")) for side in (real, offline)]
    return BothSchemas(*(content["provider_schemas"][_SOURCE] for content in shown))


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The project's own stacks by environment, synthesized once."""
    return synthesize(tmp_path_factory.mktemp("synth"))
