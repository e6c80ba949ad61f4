"""HashiCorp's own AWS provider for the tests that need it."""

from __future__ import annotations

import os

import pytest

from toolchain.terraform import ProviderSource, ToolchainError, provider_source


def provider_or_skip() -> ProviderSource:
    """Return the AWS provider's source; without one CI fails and a person is told what is missing."""
    try:
        return provider_source()
    except ToolchainError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
