"""HashiCorp's own AWS provider for the tests that need it."""

from __future__ import annotations

import os

import pytest

from terraform_runtime.executable import UnavailableError
from terraform_runtime.provider_source import ProviderSource, provider_source


def provider_or_skip() -> ProviderSource:
    """Return the AWS provider's source; without one CI fails and a person is told what is missing."""
    try:
        return provider_source()
    except UnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
