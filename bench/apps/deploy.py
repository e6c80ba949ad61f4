"""Deploy the local stack to a fresh local cloud and destroy it: ``python deploy.py PROVIDER FOLDER``.

Writes ``PROVIDER.json`` into the folder: the provider's peak resident memory, and how many bytes of it had to be
downloaded before (its archive where a mirror tells; the offline one is part of the project).
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from bench.measure import peak_of
from bench.memory import Watch
from local_cloud.cloud import LocalCloud
from local_cloud.deployment import Deployment, Tools, synthesized
from local_cloud.provider import attached, local_provider
from terraform_runtime.executable import find_terraform
from terraform_runtime.provider_source import OFFLINE, ProviderSource, mirrored_archive
from terraform_runtime.signals import termination_as_interrupt

_REAL_PROVIDER = "terraform-provi"  # as far as the system keeps a program's name


def _peak_bytes(source: ProviderSource, watch: Watch) -> int:
    """Return the peak of the provider's process, which for the offline one is this process."""
    if source.kind != OFFLINE:
        return max((size for name, size in watch.peak.items() if name.startswith(_REAL_PROVIDER)), default=0)
    return peak_of(resource.getrusage(resource.RUSAGE_SELF))


def _download_bytes(source: ProviderSource) -> int | None:
    """Return the size of the provider's archive; None where only the registry knows it."""
    if source.kind == OFFLINE:
        return 0
    mirror = os.environ.get("TERRAFORM_MIRROR")
    return mirrored_archive(Path(mirror))[0].stat().st_size if mirror else None


def main(provider: str, folder: Path) -> None:
    """Deploy and destroy, with the provider asked for."""
    source = local_provider({**os.environ, "PROVIDER": provider})
    work = folder / provider
    stack = work / "stack"
    with Watch() as watch, LocalCloud(work / "cloud") as cloud:
        if source.kind != OFFLINE:
            watch.start(os.getpid())
        with attached(source, cloud.endpoints, synthesized(stack)) as variables:
            deployment = Deployment(stack, cloud.endpoints, Tools(find_terraform(), source, variables))
            deployment.deploy()
            deployment.destroy()
    facts = {"provider_peak_bytes": _peak_bytes(source, watch), "download_bytes": _download_bytes(source)}
    (folder / f"{provider}.json").write_text(json.dumps(facts) + "\n")


if __name__ == "__main__":
    with termination_as_interrupt():
        main(sys.argv[1], Path(sys.argv[2]))
