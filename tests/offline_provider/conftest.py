"""What the comparisons on the project's own stacks share: the stacks, the real provider, both providers' schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packages.offline_provider.tests.conftest import BothSchemas, compared_schemas, provider_or_skip
from tests.offline_provider.stacks import synthesize

if TYPE_CHECKING:
    from pathlib import Path

    from terraform_runtime.provider_source import ProviderSource


@pytest.fixture(scope="session")
def real_provider() -> ProviderSource:
    return provider_or_skip()


@pytest.fixture(scope="session")
def both_schemas(real_provider: ProviderSource, tmp_path_factory: pytest.TempPathFactory) -> BothSchemas:
    return compared_schemas(real_provider, tmp_path_factory.mktemp("schemas"))


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The project's own stacks by environment, synthesized once."""
    return synthesize(tmp_path_factory.mktemp("synth"))
