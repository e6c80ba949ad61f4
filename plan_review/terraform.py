"""Run Terraform on a folder without leaving anything in it: init, validate, plan, graph, show.

The folder is mirrored into a temporary one by symbolic links, and an override file beside them replaces the backend by
an empty local state (or a copy of a given one): what is deployed is never read or locked.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

OVERRIDE = "zzz_plan_review_override.tf.json"
LOCK = ".terraform.lock.hcl"
_NOT_MIRRORED = {".terraform", LOCK, "terraform.tfstate", "terraform.tfstate.backup", ".git"}
_NOT_INHERITED = re.compile(r"TF_(LOG|CLI_ARGS|DATA_DIR|WORKSPACE|PLUGIN_CACHE|REATTACH|INPUT)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PARENTS = re.compile(r"(?:\.\./)+")
_UNREACHABLE = re.compile(r"request send failed|dial tcp|no such host|connection refused|no valid credential sources")
_PREAMBLE = "Terraform encountered problems during initialisation"
_HIGHEST = 6
_POLITENESS_SECONDS = 2.0
_PATIENCE_SECONDS = 900
# Format 1 is what every Terraform since 1.0 writes; a higher one promises nothing about what it changed.
_PLAN_FORMAT = "1."


_running: set[subprocess.Popen[str]] = set()


class TerraformError(Exception):
    """Terraform could not be run, or said something that no review can go on from; the message is for people."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What Terraform says of a configuration. ``address`` is empty where it names no resource."""

    severity: str
    summary: str
    detail: str = ""
    address: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """How Terraform is to run: ``environment`` on top of the caller's, provider versions that replace the pinned ones.

    ``refreshes`` says whether the provider can read what is deployed. ``provider`` describes it in a report; ``hint``
    is told where a provider cannot be had.
    """

    binary: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    refreshes: bool = False
    provider: str = ""
    hint: str = ""


def _environment(setting: Setting) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not _NOT_INHERITED.match(name)}
    if not Path(inherited.get("TF_CLI_CONFIG_FILE", os.devnull)).exists():
        del inherited["TF_CLI_CONFIG_FILE"]  # Terraform would warn of it in every message
    return {**inherited, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", **setting.environment}


def _run(setting: Setting, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(setting.binary), *arguments]
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(setting),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
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


def stop_all() -> None:
    """End every Terraform that runs, politely and then by force; what waits for one sees it fail."""
    ending = tuple(_running)
    for process in ending:
        process.terminate()
    deadline = time.monotonic() + _POLITENESS_SECONDS
    for process in ending:
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()


def _complaint(completed: subprocess.CompletedProcess[str]) -> str:
    """Return what Terraform complains of, without the frame that it draws around it."""
    text = _COLOUR.sub("", completed.stderr.strip() or completed.stdout.strip())
    return re.sub(r"^[ \t]*[╷│╵]?[ \t]?", "", text, flags=re.MULTILINE).strip()


def _diagnostics(entries: Any) -> list[Diagnostic]:
    found = []
    for entry in entries if isinstance(entries, list) else []:
        area = entry.get("range") or {}
        line = (area.get("start") or {}).get("line")
        found.append(
            Diagnostic(
                severity=str(entry.get("severity", "error")),
                summary=str(entry.get("summary", "")),
                detail=str(entry.get("detail", "")),
                address=str(entry.get("address") or (entry.get("snippet") or {}).get("context") or ""),
                place=f"{area['filename']}:{line}" if area.get("filename") and line else "",
            )
        )
    return found


def read_plan(text: str, where: str) -> Mapping[str, Any]:
    """Read what ``terraform show -json PLAN`` writes.

    Raises ``TerraformError``, with ``where`` in its message, where it is no plan of a known format.
    """
    try:
        plan = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TerraformError(f"{where}: not JSON: {error}") from error
    version = plan.get("format_version") if isinstance(plan, dict) else None
    if not isinstance(version, str):
        raise TerraformError(
            f"{where}: not a plan: it states no format_version; `terraform show -json PLAN` writes one"
        )
    if not version.startswith(_PLAN_FORMAT):
        raise TerraformError(f"{where}: a plan of format {version}; only {_PLAN_FORMAT}x is understood")
    if "configuration" not in plan or not {"resource_changes", "planned_values"} & set(plan):
        raise TerraformError(f"{where}: not a plan: it holds no configuration and no changes (a state file?)")
    return dict(plan)


class Workspace:
    """A mirror of a folder in which Terraform runs; use it as a context manager. Methods raise ``TerraformError``."""

    def __init__(self, folder: Path, setting: Setting, *, state: Path | None = None) -> None:
        self._folder = folder.resolve()
        self._setting = setting
        self._state = state
        self._scratch: Path | None = None
        self.path = self._folder

    def __enter__(self) -> Self:
        """Mirror the folder."""
        self._scratch = Path(tempfile.mkdtemp(prefix="plan-review-"))
        self.path = _mirror(self._folder, self._scratch)
        state = self._scratch / "state.json"
        if self._state:
            shutil.copyfile(self._state, state)
        lock = self._folder / LOCK
        if lock.is_file() and not self._setting.versions:
            shutil.copyfile(lock, self.path / LOCK)  # Terraform writes it anew; not into the folder itself
        overrides: dict[str, Any] = {"backend": {"local": {"path": str(state)}}}
        if self._setting.versions:
            overrides["required_providers"] = {
                name: {"source": source, "version": version}
                for source, version in self._setting.versions.items()
                for name in [source.rpartition("/")[2]]
            }
        (self.path / OVERRIDE).write_text(json.dumps({"terraform": overrides}))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the mirror."""
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def init(self) -> list[Diagnostic]:
        """Prepare the folder; modules and providers are fetched. Return what of the configuration prevents that."""
        completed = _run(self._setting, self.path, "init", "-no-color", "-input=false", "-json")
        if not completed.returncode:
            return []
        said = [each for each in _diagnostics(list(_diagnostic_lines(completed.stdout))) if each.severity == "error"]
        placed = [each for each in said if each.place]
        if placed and all(each.place or _PREAMBLE in each.summary + each.detail for each in said):
            return placed
        told = "\n".join(f"{each.summary}: {each.detail}".rstrip(": ") for each in said) or _complaint(completed)
        hint = f"\n{self._setting.hint}" if self._setting.hint else ""
        raise TerraformError(f"terraform init failed:\n{told}{hint}")

    def validate(self) -> list[Diagnostic]:
        """Return what ``terraform validate`` says of the configuration."""
        completed = _run(self._setting, self.path, "validate", "-no-color", "-json")
        try:
            said = _diagnostics(json.loads(completed.stdout)["diagnostics"])
        except (ValueError, KeyError, TypeError) as error:
            raise TerraformError(f"terraform validate failed:\n{_complaint(completed)}") from error
        return _grounded("validate", said)

    def plan(self) -> tuple[Mapping[str, Any] | None, list[Diagnostic]]:
        """Plan, and return the plan, None where the configuration allows none, with what Terraform says about it."""
        refresh = f"-refresh={str(self._setting.refreshes).lower()}"
        completed = _run(
            self._setting, self.path, "plan", "-no-color", "-input=false", "-json", "-lock=false", refresh, "-out=plan"
        )
        said = _diagnostics(list(_diagnostic_lines(completed.stdout)))
        errors = [each for each in said if each.severity == "error"]
        if completed.returncode and not errors:
            raise TerraformError(f"terraform plan failed:\n{_complaint(completed)}")
        _grounded("plan", said)
        return (None if errors else self.show(self.path / "plan")), said

    def show(self, plan: Path) -> Mapping[str, Any]:
        """Return a plan file as JSON."""
        return show(self._setting, self.path, plan)

    def graph(self, kind: str = "plan") -> str:
        """Return Terraform's graph in DOT; ``kind`` is as ``-type`` takes it."""
        completed = _run(self._setting, self.path, "graph", f"-type={kind}")
        if completed.returncode:
            raise TerraformError(f"terraform graph failed:\n{_complaint(completed)}")
        return completed.stdout

    def destroy_graph(self, state: Mapping[str, Any]) -> str:
        """Return the graph by which Terraform would destroy what ``state`` says is deployed."""
        if not self._scratch:
            raise TerraformError("the folder is not mirrored")
        kept = self._scratch / "state.json"
        before = kept.read_bytes() if kept.exists() else None
        kept.write_text(json.dumps(state))
        try:
            return self.graph("plan-destroy")
        finally:
            kept.unlink()
            if before is not None:
                kept.write_bytes(before)


def show(setting: Setting, folder: Path, plan: Path) -> Mapping[str, Any]:
    """Return a binary plan file as JSON; ``folder`` is one in which its providers are known."""
    completed = _run(setting, folder, "show", "-no-color", "-json", str(plan.resolve()))
    if completed.returncode:
        raise TerraformError(f"{plan.name} cannot be shown:\n{_complaint(completed)}")
    return read_plan(completed.stdout, plan.name)


def _grounded(command: str, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Return the diagnostics, all of which are about the configuration.

    Raises ``TerraformError`` where one is about a provider, the network or Terraform itself.
    """
    foreign = [
        f"{each.summary}: {each.detail}".rstrip(": ")
        for each in diagnostics
        if each.severity == "error"
        and (
            "provider[" in each.address
            or _UNREACHABLE.search(f"{each.summary} {each.detail}")
            or not (each.place or each.address or each.summary.startswith("Cycle:"))
        )
    ]
    if foreign:
        raise TerraformError(f"terraform {command} failed:\n" + "\n".join(foreign))
    return diagnostics


def _diagnostic_lines(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("diagnostic"), dict):
            yield entry["diagnostic"]


def _mirror(folder: Path, scratch: Path) -> Path:
    """Link everything in a folder into ``scratch``, with as many parents as its files refer to by ``../``."""
    texts = [path.read_text(errors="replace") for path in folder.iterdir() if path.name.endswith((".tf", ".tf.json"))]
    climbs = [len(match[0]) // 3 for text in texts for match in _PARENTS.finditer(text)]
    levels = [folder, *folder.parents][: min(max(climbs, default=0), _HIGHEST) + 1][::-1]
    inside = scratch / "configuration"
    inside.mkdir()
    for level, below in zip(levels, [*levels[1:], None], strict=True):
        _link(level, inside, without=below.name if below else None)
        if below:
            inside = inside / below.name
            inside.mkdir()
    return inside


def _link(source: Path, target: Path, *, without: str | None) -> None:
    for entry in source.iterdir():
        if entry.name not in _NOT_MIRRORED and entry.name != without:
            (target / entry.name).symlink_to(entry)
