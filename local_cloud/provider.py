"""The AWS provider of a local deployment, made known to every Terraform that is started while a block runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import offline_provider
from toolchain.terraform import OFFLINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from local_cloud.cloud import Endpoints
    from toolchain.terraform import ProviderSource


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
