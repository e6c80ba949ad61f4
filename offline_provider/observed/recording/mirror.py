"""The real provider out of a filesystem mirror: unpacked once, so that neither Terraform nor a test does it again."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from offline_provider.errors import OfflineProviderError

MIRROR_VARIABLE = "TERRAFORM_MIRROR"
_ADDRESS = Path("registry.terraform.io/hashicorp/aws")
_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}


@dataclass(frozen=True, slots=True)
class UnpackedProvider:
    """A mirror in Terraform's unpacked layout, the provider's binary in it, and its version."""

    mirror: Path
    binary: Path
    version: str
    archive: Path


def unpacked_provider(cache: Path, mirror: Path | None = None) -> UnpackedProvider:
    """Return the mirror's AWS provider for this machine, unpacked under ``cache`` (about 700 MB, once).

    ``mirror`` is the folder that ``TERRAFORM_MIRROR`` names, unless given. Raises ``OfflineProviderError`` where none
    is named or it holds no provider for this machine.
    """
    if mirror is None:
        named = os.environ.get(MIRROR_VARIABLE)
        if not named:
            raise OfflineProviderError(
                f"{MIRROR_VARIABLE} is not set: it names a Terraform filesystem mirror with HashiCorp's AWS provider, "
                "which this compares with or records from"
            )
        mirror = Path(named)
    machine = f"{_SYSTEMS.get(sys.platform, sys.platform)}_{_ARCHITECTURES.get(platform.machine().lower(), '?')}"
    archives = sorted((mirror / _ADDRESS).glob(f"terraform-provider-aws_*_{machine}.zip"))
    if not archives:
        raise OfflineProviderError(f"{mirror / _ADDRESS} holds no terraform-provider-aws_…_{machine}.zip")
    archive = archives[-1]
    version = archive.name.removeprefix("terraform-provider-aws_").split("_")[0]
    folder = cache / _ADDRESS / version / machine
    _unpack(archive, folder)
    (binary,) = folder.glob("terraform-provider-aws_v*")
    return UnpackedProvider(cache, binary, version, archive)


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack beside the target and rename, so that a run that is interrupted leaves nothing half done."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=folder.parent))
    try:
        with zipfile.ZipFile(archive) as bundle:
            bundle.extractall(scratch)
        for binary in scratch.glob("terraform-provider-aws_v*"):
            binary.chmod(0o755)
        scratch.chmod(0o755)
        try:
            scratch.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was faster
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
