"""Choose the provider that a plan is made with: the stand-in that needs nothing, or HashiCorp's own."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from plan_review.terraform import Setting, TerraformError
from toolchain.terraform import ToolchainError, find_terraform, provider_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

CHOICES = ("offline", "real")
_OFFLINE = "offline_provider"
_SOURCE = "hashicorp/aws"


def _serving() -> Callable[[], AbstractContextManager[Mapping[str, str]]] | None:
    """Return what serves the stand-in and gives the variables that make Terraform find it; None where there is none."""
    try:
        module = importlib.import_module(_OFFLINE)
    except ImportError:
        return None
    return getattr(module, "serve", None)


def default() -> str:
    """Return the provider that is taken where none is asked for: the stand-in where it is installed."""
    return "offline" if _serving() else "real"


@contextmanager
def chosen(choice: str) -> Iterator[Setting]:
    """Give the setting that makes Terraform use this provider, which serves until the context ends.

    Raises ``TerraformError`` where Terraform or the provider cannot be had.
    """
    try:
        terraform = find_terraform()
    except ToolchainError as error:
        raise TerraformError(str(error)) from error
    if choice == "offline":
        serve = _serving()
        if serve is None:
            raise TerraformError("the offline provider is not installed; use --provider real")
        with serve() as environment:
            yield Setting(
                binary=terraform.binary,
                environment=environment,
                provider="the offline stand-in for the AWS provider",
            )
        return
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
