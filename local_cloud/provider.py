"""The AWS provider of a local deployment: which one, and how every Terraform finds it while a block runs."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import offline_provider
from terraform_runtime.provider_source import OFFLINE, REAL, ProviderSource, asked_provider, provider_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from local_cloud.cloud import Endpoints
    from terraform_runtime.executable import Terraform


def local_provider(environ: Mapping[str, str] = os.environ) -> ProviderSource:
    """Return the provider to deploy the local environment with: the one asked for, else the offline one.

    Raises ``UnavailableError`` as ``asked_provider`` and ``provider_source`` do.
    """
    if asked_provider(environ) == REAL:
        return provider_source(environ)
    return ProviderSource(OFFLINE, None, None)


def describe(terraform: Terraform, provider: ProviderSource) -> str:
    """Return the line that a command prints first: which provider and which Terraform are in use."""
    engine = f"Terraform {terraform.version} ({terraform.origin})"
    if provider.kind == OFFLINE:
        return f"offline provider (stands in for HashiCorp's AWS provider), {engine}"
    version = f" {provider.version}" if provider.version else ""
    return f"HashiCorp's AWS provider{version} ({provider.kind}), {engine}"


@contextmanager
def attached(source: ProviderSource, endpoints: Endpoints, stack: Path | None = None) -> Iterator[Mapping[str, str]]:
    """Give the variables by which Terraform, and cdktf around it, find the provider.

    ``stack`` is the folder that cdktf will synthesize the only stack into that is deployed; it need not exist yet. The
    offline provider runs in this process and is gone when the block ends.
    """
    if source.kind != OFFLINE:
        yield source.environment()
        return
    with offline_provider.serve(configuration=stack, environ=endpoints.environment()) as serving:
        yield serving.environment(source.environment())
