"""Run Terraform's commands, and read what they complain of."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

_NOT_INHERITED = re.compile(r"TF_(LOG|CLI_ARGS|DATA_DIR|WORKSPACE|PLUGIN_CACHE|INPUT)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_POLITENESS_SECONDS = 2.0
_PATIENCE_SECONDS = 900

_running: set[subprocess.Popen[str]] = set()


class TerraformError(Exception):
    """Terraform could not be run, or said something that no review can go on from; the message is for people."""


class UnpreparedError(TerraformError):
    """A provider or a module cannot be had, or Terraform is another than the one that is asked for."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What Terraform says of a configuration. ``address`` is empty where it names no resource.

    ``uses`` are the references in the expression that it is about.
    """

    severity: str
    summary: str
    detail: str = ""
    address: str = ""
    place: str = ""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Served:
    """A provider that is served: the variables by which Terraform finds it, and the version that it stands for."""

    environment: Mapping[str, str]
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How Terraform is to run: ``environment`` on top of the caller's, provider versions that replace the pinned ones.

    ``terraform`` is the version of ``binary``.

    ``serve`` serves a provider for a folder, and for the plans that Terraform will read there. ``refreshes`` says
    whether the provider can read what is deployed. ``provider`` describes it in a report; ``hint`` is told where a
    provider cannot be had. ``plan_arguments`` are more arguments of ``terraform plan``. What begins with ``limits`` is
    said by a stand-in about itself, not about the configuration.
    """

    binary: Path
    terraform: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    serve: Callable[[Path, Sequence[Path]], AbstractContextManager[Served]] | None = None
    refreshes: bool = False
    provider: str = ""
    hint: str = ""
    limits: str = ""
    plan_arguments: tuple[str, ...] = ()


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not _NOT_INHERITED.match(name)}
    if not Path(inherited.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del inherited["TF_CLI_CONFIG_FILE"]  # Terraform would warn of it in every message
    return {**inherited, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", **extra}


def run(
    setting: Setting, environment: Mapping[str, str], folder: Path, *arguments: str, group: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, and in a process group where one is given.

    Raises ``TerraformError`` where it cannot be run or does not end.
    """
    command = [str(setting.binary), *arguments]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment({**setting.environment, **environment}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            process_group=group,
        )
    except OSError as error:
        raise TerraformError(f"{setting.binary} cannot be run: {error}") from error
    _running.add(process)
    try:
        output, complaints = process.communicate(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise TerraformError(f"terraform {arguments[0]} did not end within {_PATIENCE_SECONDS} s") from error
    finally:
        process.kill()  # where it has ended by itself this does nothing
        process.wait()
        _running.discard(process)
    return subprocess.CompletedProcess(command, process.returncode, output, complaints)


def stop_all(group: int | None) -> None:
    """End every Terraform that runs, politely and then by force; what waits for one sees it fail.

    By force the whole ``group`` ends: what a Terraform has started would keep its pipes open.
    """
    ending = tuple(_running)
    for process in ending:
        process.terminate()
    deadline = time.monotonic() + _POLITENESS_SECONDS
    while any(process.poll() is None for process in ending) and time.monotonic() < deadline:
        time.sleep(0.02)
    if group:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def complaint(completed: subprocess.CompletedProcess[str]) -> str:
    """Return what Terraform complains of, without the frame that it draws around it."""
    text = _COLOUR.sub("", completed.stderr.strip() or completed.stdout.strip())
    return re.sub(r"^[ \t]*[╷│╵]?[ \t]?", "", text, flags=re.MULTILINE).strip()
