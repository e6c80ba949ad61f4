"""Choose the provider that a plan is made with: the stand-in that needs nothing, or HashiCorp's own."""

from __future__ import annotations

import importlib
import importlib.util
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plan_review.terraform import Setting, TerraformError
from toolchain.terraform import ToolchainError, find_terraform, provider_source

if TYPE_CHECKING:
    from collections.abc import Iterator

CHOICES = ("offline", "real")
_OFFLINE = "offline_provider"
_SOURCE = "hashicorp/aws"


def default() -> str:
    """Return the provider that is taken where none is asked for: the stand-in where it is installed."""
    return "offline" if importlib.util.find_spec(_OFFLINE) else "real"


@contextmanager
def chosen(choice: str) -> Iterator[Setting]:
    """Give the setting that makes Terraform use this provider, which serves until the context ends.

    Raises ``TerraformError`` where Terraform or the provider cannot be had.
    """
    try:
        terraform = find_terraform()
        if choice == "offline":
            with _offline() as environment:
                yield Setting(
                    binary=terraform.binary,
                    environment={**os.environ, **environment},
                    provider="the offline stand-in for the AWS provider",
                )
            return
    except ToolchainError as error:
        raise TerraformError(str(error)) from error
    try:
        source = provider_source()
    except ToolchainError as error:  # a configuration without AWS does not need it
        yield Setting(binary=terraform.binary, hint=str(error), provider="no AWS provider")
        return
    yield Setting(
        binary=terraform.binary,
        environment=source.environment(),
        versions={_SOURCE: source.version} if source.version else {},
        refreshes=True,
        provider=f"HashiCorp's AWS provider{f' {source.version}' if source.version else ''}",
    )


@contextmanager
def _offline() -> Iterator[dict[str, str]]:
    try:
        module = importlib.import_module(_OFFLINE)
    except ImportError as error:
        raise TerraformError(f"the offline provider cannot be loaded: {error}; use --provider real") from error
    with module.serve() as environment:
        yield dict(environment)
