"""Deploy the local stack to a fresh local cloud and destroy it: ``python deploy.py PROVIDER FOLDER``.

Writes ``PROVIDER.json`` into the folder: the provider's peak resident memory, and how many bytes of it had to be
downloaded before (its archive where a mirror tells; the offline one is part of the project).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from local_cloud.cloud import LocalCloud
from local_cloud.deployment import Deployment, Tools, synthesized
from local_cloud.processes import termination_as_interrupt
from local_cloud.provider import attached
from toolchain.terraform import OFFLINE, ProviderSource, find_terraform, local_provider, mirrored_archive

_EVERY_SECONDS = 0.2
_REAL_PROVIDER = "terraform-provider-aws"


class Watch(threading.Thread):
    """Looks again and again how much memory the provider holds: its own process, or this one for the offline one."""

    def __init__(self, *, offline: bool) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self._offline = offline
        self._over = threading.Event()

    def run(self) -> None:
        """Look until ``end``."""
        while not self._over.wait(_EVERY_SECONDS):
            self.peak_bytes = max(self.peak_bytes, self._resident_bytes())

    def end(self) -> int:
        """Stop looking, and return the peak in bytes."""
        self._over.set()
        self.join()
        return self.peak_bytes

    def _resident_bytes(self) -> int:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,rss=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
        mine = [row for row in rows if len(row) > 2 and self._is_provider(int(row[0]), row[2])]  # noqa: PLR2004 - columns
        return max((int(resident) * 1024 for _, resident, _ in mine), default=0)

    def _is_provider(self, pid: int, command: str) -> bool:
        return pid == os.getpid() if self._offline else _REAL_PROVIDER in command.split(maxsplit=1)[0]


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
    with LocalCloud(work / "cloud") as cloud:
        stack = work / "stack"
        watch = Watch(offline=source.kind == OFFLINE)
        watch.start()
        with attached(source, cloud.endpoints, synthesized(stack)) as variables:
            deployment = Deployment(stack, cloud.endpoints, Tools(find_terraform(), source, variables))
            deployment.deploy()
            deployment.destroy()
        facts = {"provider_peak_bytes": watch.end(), "download_bytes": _download_bytes(source)}
    (folder / f"{provider}.json").write_text(json.dumps(facts) + "\n")


if __name__ == "__main__":
    with termination_as_interrupt():
        main(sys.argv[1], Path(sys.argv[2]))
