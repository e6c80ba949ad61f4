"""Where Terraform takes HashiCorp's AWS provider from, and which AWS provider was asked for.

It comes from a filesystem mirror where ``TERRAFORM_MIRROR`` names one, else from the registry where that can be
reached. ``PROVIDER`` asks for a stand-in that needs neither. The person's own Terraform configuration is never changed:
for a mirror, a configuration file is written in a cache folder and named in the environment of what is started.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import socket
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from terraform_runtime.executable import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRY_HOST = "registry.terraform.io"
PROVIDER = "hashicorp/aws"
PROVIDER_VARIABLE = "PROVIDER"
OFFLINE, REAL = "offline", "real"
CACHE_VARIABLE = "TERRAFORM_RUNTIME_CACHE"


@dataclass(frozen=True)
class ProviderSource:
    """Where Terraform takes the AWS provider from.

    ``kind`` is ``mirror``, ``registry`` or ``offline``. ``version`` is the only one that a mirror holds, and None for
    the others, which have the version that the bindings ask for.
    """

    kind: str
    version: str | None
    cli_config: Path | None

    def environment(self) -> dict[str, str]:
        """Return the variables that make Terraform, and cdktf around it, use this source and call nobody else."""
        quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        if self.cli_config is None:
            return quiet
        # cdktf would set a plugin cache, which makes Terraform copy what it otherwise links to.
        return {**quiet, "TF_CLI_CONFIG_FILE": str(self.cli_config), "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1"}


def cache_folder() -> Path:
    """Return the folder that ``TERRAFORM_RUNTIME_CACHE`` names, else one in the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else user_cache_path("terraform-runtime", appauthor=False)


def _platform_tag() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine().lower())
    return f"{sys.platform.rstrip('0123456789')}_{machine}"


def mirrored_archive(mirror: Path) -> tuple[Path, str]:
    """Return the newest archive of the AWS provider for this platform in a packed mirror, and its version.

    Raises ``UnavailableError`` where the mirror holds none.
    """
    tag = _platform_tag()
    pattern = re.compile(rf"terraform-provider-aws_(\d+\.\d+\.\d+)_{tag}\.zip")
    folder = mirror / REGISTRY_HOST / PROVIDER
    found = [(match[1], path) for path in folder.glob("*.zip") if (match := pattern.fullmatch(path.name))]
    if not found:
        raise UnavailableError(
            f"TERRAFORM_MIRROR is {str(mirror)!r}: it holds no {PROVIDER} archive for {tag} under "
            f"{REGISTRY_HOST}/{PROVIDER}; make one with `terraform providers mirror DIR`, or unset it"
        )
    version, path = max(found, key=lambda entry: tuple(map(int, entry[0].split("."))))
    return path, version


def unpack_mirror(mirror: Path) -> tuple[Path, str]:
    """Unpack the AWS provider of a packed mirror once; return the unpacked mirror and the provider's version.

    Terraform links to an unpacked mirror where it would copy 700 MB out of a packed one at every ``init``.
    """
    archive, version = mirrored_archive(mirror)
    unpacked = cache_folder() / "mirror"
    target = unpacked / REGISTRY_HOST / PROVIDER / version / _platform_tag()
    if target.is_dir():
        return unpacked, version
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="unpack-", dir=target.parent))
    try:
        with zipfile.ZipFile(archive) as content:
            content.extractall(scratch)
        for path in scratch.iterdir():
            path.chmod(0o755)
        try:
            scratch.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was faster, with the same content
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return unpacked, version


def _registry_is_reachable(timeout_seconds: float = 3.0) -> bool:
    try:
        with socket.create_connection((REGISTRY_HOST, 443), timeout=timeout_seconds):
            return True
    except OSError:
        return any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy"))


def _mirror_config(unpacked: Path | None, mirror: Path) -> Path:
    """Write the Terraform configuration file that allows the mirror only; other runs may read it meanwhile.

    The AWS provider comes from where it was ``unpacked``, where it was; every other from the mirror itself.
    """
    places = [f'path = "{unpacked}"\n    include = ["{PROVIDER}"]'] if unpacked else []
    places.append(f'path = "{mirror}"' + (f'\n    exclude = ["{PROVIDER}"]' if unpacked else ""))
    blocks = "".join(f"  filesystem_mirror {{\n    {place}\n  }}\n" for place in places)
    digest = hashlib.sha256(blocks.encode()).hexdigest()[:12]
    path = cache_folder() / f"mirror-{digest}.tfrc"
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(f"provider_installation {{\n{blocks}}}\n")
    scratch.replace(path)
    return path


def mirrored(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables by which Terraform takes providers from ``TERRAFORM_MIRROR``; none where that is not set.

    The AWS provider need not be there: this is for a stand-in in its place.
    """
    named = environ.get("TERRAFORM_MIRROR")
    if not named or not Path(named).is_dir():
        return {}
    return {"TF_CLI_CONFIG_FILE": str(_mirror_config(None, Path(named).resolve()))}


def provider_source(environ: Mapping[str, str] = os.environ) -> ProviderSource:
    """Return where the AWS provider comes from on this machine.

    Raises ``UnavailableError`` where ``TERRAFORM_MIRROR`` names no usable mirror, or where it is unset and the registry
    cannot be reached.
    """
    named = environ.get("TERRAFORM_MIRROR")
    if named:
        unpacked, version = unpack_mirror(Path(named).resolve())
        return ProviderSource("mirror", version, _mirror_config(unpacked, Path(named).resolve()))
    if not _registry_is_reachable():
        raise UnavailableError(
            f"the AWS provider cannot be had: {REGISTRY_HOST} cannot be reached and TERRAFORM_MIRROR is not set; "
            "set TERRAFORM_MIRROR to a folder made with `terraform providers mirror DIR` on a machine that can reach it"
        )
    return ProviderSource("registry", None, None)


def asked_provider(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return which provider ``PROVIDER`` asks for, ``offline`` or ``real``; None where it is unset or empty.

    Raises ``UnavailableError`` for any other value.
    """
    asked = environ.get(PROVIDER_VARIABLE) or None
    if asked not in (None, OFFLINE, REAL):
        raise UnavailableError(
            f"{PROVIDER_VARIABLE} is {asked!r}: it must be {OFFLINE} (needs no download, applies to the local cloud "
            f"only) or {REAL} (HashiCorp's own); or unset it"
        )
    return asked
