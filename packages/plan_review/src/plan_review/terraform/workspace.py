"""Run Terraform on a folder without leaving anything in it: init, validate, plan, graph, show.

The folder is mirrored into a temporary one by symbolic links, and an override file beside them replaces the backend by
an empty local state (or a copy of a given one): what is deployed is never read or locked.
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

from plan_review.configuration.files import configuration_files
from plan_review.terraform.commands import (
    Diagnostic,
    Served,
    Setting,
    TerraformError,
    UnpreparedError,
    complaint,
    run,
    stop_all,
)
from plan_review.terraform.leftovers import Guard

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

OVERRIDE = "zzz_plan_review_override.tf.json"
LOCK = ".terraform.lock.hcl"
_NOT_MIRRORED = {".terraform", LOCK, "terraform.tfstate", "terraform.tfstate.backup", ".git"}
_WRITTEN = (".zip", ".gz")  # what the provider archive writes
_LARGE = {"node_modules", ".venv", "venv"}  # nothing is archived into these
_PARENTS = re.compile(r"(?:\.\./)+")
# What is said of the network, of a provider or of this Terraform tells nothing of the configuration.
_FOREIGN = re.compile(
    r"request send failed|dial tcp|no such host|connection refused|no valid credential sources|Plugin (error|did not)"
    r"|Error accessing remote module registry|Failed to download module|Unsupported Terraform Core version"
)
# What an init lacks that can be brought: a provider, a module, or another Terraform than this.
_NOT_HERE = re.compile(
    r"query available provider packages|install provider|remote module registry|download module"
    r"|Module not (found|installed)|Unsupported Terraform Core version"
)
_PROVIDER = re.compile(r"available versions for provider ([\w./-]+\w)|installing ([\w./-]+\w) v")
_MODULE = re.compile(r'(?:module|modules for) "([^"]+)"')
_PREAMBLE = "Terraform encountered problems during initialisation"
_ELSEWHERE = (
    "A plan can be shown where it was made, by the same Terraform and providers: "
    "`terraform show -json PLAN > plan.json` there, and --plan plan.json here."
)
_HIGHEST = 6
# Format 1 is what every Terraform since 1.0 writes; a higher one promises nothing about what it changed.
_PLAN_FORMAT = "1."


__all__ = ["Diagnostic", "Setting", "TerraformError", "UnpreparedError", "Workspace", "read_plan"]


def _diagnostics(entries: Any) -> list[Diagnostic]:
    found = []
    for entry in entries if isinstance(entries, list) else []:
        area = entry.get("range") or {}
        snippet = entry.get("snippet") or {}
        line = (area.get("start") or {}).get("line")
        found.append(
            Diagnostic(
                severity=str(entry.get("severity", "error")),
                summary=str(entry.get("summary", "")),
                detail=str(entry.get("detail", "")),
                address=str(entry.get("address") or snippet.get("context") or ""),
                place=f"{area['filename']}:{line}" if area.get("filename") and line else "",
                uses=tuple(str(each.get("traversal", "")) for each in snippet.get("values") or ()),
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

    def __init__(
        self, folder: Path, setting: Setting, *, state: Path | None = None, plans: Sequence[Path] = ()
    ) -> None:
        self._folder = folder.resolve()
        self._setting = setting
        self._state = state
        self._plans = plans
        self._open = ExitStack()
        self.served = Served({})
        self._scratch: Path | None = None
        self._group: int | None = None
        self.path = self._folder

    def __enter__(self) -> Self:
        """Mirror the folder, and serve the provider where the setting has one."""
        with ExitStack() as opening:
            guard = opening.enter_context(Guard())
            self._group, self._scratch = guard.group, guard.folder
            # The real provider archive writes when it plans: what it writes over must not be a link into the folder.
            self.path = _mirror(self._folder, self._scratch, copied=_WRITTEN if self._setting.serve is None else ())
            _link_modules(self._folder, self.path)
            self._override(self._scratch / "state.json")
            if self._setting.serve:
                self.served = opening.enter_context(self._setting.serve(self.path, self._plans))
            self._open = opening.pop_all()
        return self

    def _override(self, state: Path) -> None:
        if self._state:
            shutil.copyfile(self._state, state)
        lock = self._folder / LOCK
        if lock.is_file() and not self._setting.versions:
            shutil.copyfile(lock, self.path / LOCK)  # Terraform writes it anew; not into the folder itself
        # Which Terraform the folder asks for is said in the review, and keeps none from being made.
        overrides: dict[str, Any] = {"backend": {"local": {"path": str(state)}}, "required_version": ">= 1.0.0"}
        if self._setting.versions:
            overrides["required_providers"] = {
                source.rpartition("/")[2]: {"source": source, "version": version}
                for source, version in self._setting.versions.items()
            }
        (self.path / OVERRIDE).write_text(json.dumps({"terraform": overrides}))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the provider and remove the mirror."""
        self._open.close()

    def _run(self, *arguments: str, where: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {} if where else self.served.environment  # elsewhere its own providers are asked
        return run(self._setting, environment, where or self.path, *arguments, group=self._group)

    def stop(self) -> None:
        """End what runs here; every method that waits for it fails."""
        stop_all(self._group)

    def init(self) -> list[Diagnostic]:
        """Prepare the folder; modules and providers are fetched. Return what of the configuration prevents that."""
        completed = self._run("init", "-no-color", "-input=false", "-json")
        if not completed.returncode:
            return []
        said = [each for each in _diagnostics(list(_diagnostic_lines(completed.stdout))) if each.severity == "error"]
        placed = [each for each in said if each.place]
        foreign = any(_FOREIGN.search(f"{each.summary} {each.detail}") for each in said)
        if placed and not foreign and all(each.place or _PREAMBLE in each.summary + each.detail for each in said):
            return placed
        told = "\n".join(f"{each.summary}: {each.detail}".rstrip(": ") for each in said) or complaint(completed)
        hint = f"\n{self._setting.hint}" if self._setting.hint else ""
        if any(_NOT_HERE.search(f"{each.summary} {each.detail}") for each in said):
            raise UnpreparedError(_not_here(said))
        raise TerraformError(f"terraform init failed:\n{told}{hint}")

    def validate(self) -> list[Diagnostic]:
        """Return what ``terraform validate`` says of the configuration."""
        completed = self._run("validate", "-no-color", "-json")
        try:
            said = _diagnostics(json.loads(completed.stdout)["diagnostics"])
        except (ValueError, KeyError, TypeError) as error:
            raise TerraformError(f"terraform validate failed:\n{complaint(completed)}") from error
        return self._grounded("validate", said)

    def plan(self) -> tuple[Mapping[str, Any] | None, list[Diagnostic]]:
        """Plan, and return the plan, None where the configuration allows none, with what Terraform says about it."""
        refresh = f"-refresh={str(self._setting.refreshes).lower()}"
        flags = ("-no-color", "-input=false", "-json", "-lock=false", refresh, "-out=plan")
        completed = self._run("plan", *flags, *self._setting.plan_arguments)
        said = _diagnostics(list(_diagnostic_lines(completed.stdout)))
        errors = [each for each in said if each.severity == "error"]
        if completed.returncode and not errors:
            raise TerraformError(f"terraform plan failed:\n{complaint(completed)}")
        self._grounded("plan", said)
        return (None if errors else self.show(self.path / "plan")), said

    def _grounded(self, command: str, diagnostics: list[Diagnostic]) -> list[Diagnostic]:
        """Return the diagnostics, all of which are about the configuration, or about what a stand-in cannot do.

        Raises ``TerraformError`` where one is about a provider, the network or Terraform itself.
        """
        foreign = [
            f"{each.summary}: {each.detail}".rstrip(": ")
            for each in diagnostics
            if each.severity == "error"
            and not (self._setting.limits and each.summary.startswith(self._setting.limits))
            and (
                "provider[" in each.address
                or _FOREIGN.search(f"{each.summary} {each.detail}")
                or not (each.place or each.address or each.summary.startswith("Cycle:"))
            )
        ]
        if foreign:
            raise TerraformError(f"terraform {command} failed:\n" + "\n".join(foreign))
        return diagnostics

    def show(self, plan: Path, *, where_made: bool = False) -> Mapping[str, Any]:
        """Return a plan file as JSON; ``where_made`` asks for it in the folder itself, not in the mirror."""
        where = self._folder if where_made else None
        completed = self._run("show", "-no-color", "-json", str(plan.resolve()), where=where)
        if completed.returncode:
            raise TerraformError(f"{plan.name} cannot be shown:\n{complaint(completed)}\n{_ELSEWHERE}")
        return read_plan(completed.stdout, plan.name)

    def graph(self, kind: str = "plan") -> str:
        """Return Terraform's graph in DOT; ``kind`` is as ``-type`` takes it."""
        completed = self._run("graph", f"-type={kind}")
        if completed.returncode:
            raise TerraformError(f"terraform graph failed:\n{complaint(completed)}")
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


def _not_here(said: Sequence[Diagnostic]) -> str:
    """Say which providers and modules cannot be had, else what Terraform says."""
    texts = [f"{each.summary}: {each.detail}" for each in said if each.severity == "error"]
    providers = dict.fromkeys(one or other for text in texts for one, other in _PROVIDER.findall(text))
    modules = dict.fromkeys(name for text in texts if "odule" in text for name in _MODULE.findall(text))
    named = [f"the provider {name} cannot be had" for name in providers]
    named += [f"the module {name} cannot be had" for name in modules]
    return "; ".join(named) or " ".join(texts)


def _diagnostic_lines(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and isinstance(entry.get("diagnostic"), dict):
            yield entry["diagnostic"]


def _mirror(folder: Path, scratch: Path, copied: Sequence[str] = ()) -> Path:
    """Link everything in a folder into ``scratch``, with as many parents as its files refer to by ``../``.

    Files with the ``copied`` endings are copied, and the folders that a plan may write to are made anew.
    """
    texts = [path.read_text(errors="replace") for path in configuration_files(folder)]
    climbs = [len(match[0]) // 3 for text in texts for match in _PARENTS.finditer(text)]
    levels = [folder, *folder.parents][: min(max(climbs, default=0), _HIGHEST) + 1][::-1]
    inside = scratch / "configuration"
    inside.mkdir()
    for level, below in zip(levels, [*levels[1:], None], strict=True):
        _link(level, inside, without=below.name if below else None, copied=copied if below is None else ())
        if below:
            inside = inside / below.name
            inside.mkdir()
    return inside


def _link_modules(folder: Path, mirror: Path) -> None:
    """Give the mirror the modules that an ``init`` in the folder has brought; what is written of them stays here."""
    modules = folder / ".terraform" / "modules"
    if not (modules / "modules.json").is_file():
        return
    inside = mirror / ".terraform" / "modules"
    inside.mkdir(parents=True)
    for entry in modules.iterdir():
        if entry.is_dir():
            (inside / entry.name).symlink_to(entry)
    shutil.copyfile(modules / "modules.json", inside / "modules.json")


def _link(source: Path, target: Path, *, without: str | None, copied: Sequence[str] = ()) -> None:
    for entry in source.iterdir():
        special = entry.exists() and not (entry.is_file() or entry.is_dir())  # Terraform would wait for a pipe for ever
        if entry.name in _NOT_MIRRORED or entry.name == without or special:
            continue
        inside = target / entry.name
        if copied and entry.is_dir() and not entry.is_symlink() and entry.name not in _LARGE:
            inside.mkdir()
            _link(entry, inside, without=None, copied=copied)
        elif copied and entry.suffix in copied and entry.is_file():
            shutil.copyfile(entry, inside)
        else:
            inside.symlink_to(entry)
