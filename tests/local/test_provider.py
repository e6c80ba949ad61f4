"""Which provider the local environment is deployed with."""

from pathlib import Path

import pytest

from local_cloud.provider import describe, local_provider
from terraform_runtime.executable import UnavailableError, find_terraform


@pytest.mark.parametrize("environ", [{}, {"PROVIDER": ""}, {"PROVIDER": "offline"}])
def test_the_local_environment_uses_the_offline_provider_unless_told_otherwise(environ: dict[str, str]) -> None:
    found = local_provider({**environ, "TERRAFORM_MIRROR": "/no/such/folder"})
    assert (found.kind, found.version) == ("offline", None)
    assert describe(find_terraform(), found).startswith("offline provider (stands in for HashiCorp's AWS provider)")


def test_the_real_provider_is_taken_where_it_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="TERRAFORM_MIRROR is"):
        local_provider({"PROVIDER": "real", "TERRAFORM_MIRROR": str(tmp_path)})
