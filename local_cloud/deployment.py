"""The real ``cdktf deploy`` of the local environment's stack, against a local cloud.

cdktf runs in a working folder of its own, so that its output and the Terraform state of a local run never mix with
those of the project. The folder's ``cdktf.json`` is the project's, with the app command made absolute and, where the
provider comes from a mirror, the provider version that the mirror holds.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_cloud import processes
from local_cloud.local_settings import ENVIRONMENT, PROJECT_FILE
from local_cloud.temporary_folder import temporary_folder
from stacks.config import PROJECT
from terraform_runtime.signals import uninterrupted
from toolchain.bootstrap import ROOT, path_with_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local_cloud.cloud import Endpoints
    from terraform_runtime.executable import Terraform
    from terraform_runtime.provider_source import ProviderSource

STACK = f"{PROJECT}-{ENVIRONMENT}"
OUTPUT = "cdktf.out"
_REGISTRY = "registry"  # the kind of a ``ProviderSource`` that Terraform downloads
_JSII_CACHE_VARIABLE = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"
_CREATED = re.compile(r"(Creation|Destruction) complete after")
_PLANNED = re.compile(r"Plan: (\d+) to add, \d+ to change, (\d+) to destroy")
_COLOR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SHOWN_LINES = 40
# Node shows the line that failed, and cdktf's program has lines of a hundred thousand characters.
_LONGEST_SHOWN_LINE = 300
# What Node, Python and Terraform say where the machine is in the way, and what helps.
_REMEDIES = (
    (
        re.compile(r"ENOSPC|EDQUOT|no space left on device|disk quota exceeded", re.IGNORECASE),
        "a disk is full: free some space, or set TMPDIR to a folder on another one",
    ),
    (
        re.compile(r"EROFS|EACCES|read-only file system|permission denied", re.IGNORECASE),
        "a folder cannot be written: make the one that is named above writable, or set HOME or TMPDIR to one that is",
    ),
)


class DeploymentError(Exception):
    """``cdktf`` failed; the message holds what it said last, its log, and a remedy where the machine is in the way."""

    def __init__(self, summary: str, lines: list[str], log: Path) -> None:
        super().__init__(summary)
        self.summary = summary
        self.lines = lines
        self.log = log

    def __str__(self) -> str:
        said = [_shortened(line) for line in self.lines[-_SHOWN_LINES:]]
        remedies = [remedy for pattern, remedy in _REMEDIES if any(map(pattern.search, self.lines))]
        return "\n".join([f"{self.summary} (log: {self.log}):", *said, *remedies])


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST_SHOWN_LINE else f"{line[:_LONGEST_SHOWN_LINE]} …"


@dataclass(frozen=True)
class Outputs:
    """What the stack says of itself after a deployment, named as in the stack's Terraform outputs."""

    upload_bucket: str
    output_bucket: str
    topic_arn: str
    job_table: str
    state_machine_arn: str
    orchestrator_function: str
    job_events_function: str
    mediaconvert_queue_arn: str
    dead_letter_queue_url: str
    inbox_queue_url: str

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Outputs:
        """Read the file that ``cdktf deploy --outputs-file`` writes."""
        values = document[STACK]
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Tools:
    """What deploys: Terraform, the AWS provider, and the variables by which Terraform finds that provider."""

    terraform: Terraform
    provider: ProviderSource
    variables: Mapping[str, str]


def synthesized(folder: Path) -> Path:
    """Return where cdktf puts the stack when it works in ``folder``."""
    return folder / OUTPUT / "stacks" / STACK


class Deployment:
    """One stack in one working folder, which is made where it does not exist; Terraform's state stays in it.

    ``project`` is the ``cdktf.json`` whose context holds the settings.
    """

    def __init__(self, folder: Path, endpoints: Endpoints, tools: Tools, *, project: Path = PROJECT_FILE) -> None:
        self.folder = folder
        self.log = folder / "cdktf.log.txt"
        self._environment = {
            **os.environ,
            **tools.variables,
            **endpoints.environment(),
            **_outside_home(tools.provider),
            "PATH": path_with_tools(),
            "TERRAFORM_BINARY_NAME": str(tools.terraform.binary),
            # Half a second of each start of cdktf is compiling its own code.
            "NODE_COMPILE_CACHE": str(ROOT / "build" / "node-compile-cache"),
            # The bar and boxes of an interactive terminal would only fill the log.
            "CI": "true",
        }
        folder.mkdir(parents=True, exist_ok=True)
        document = _project_document(project, tools.provider)
        (folder / "cdktf.json").write_text(json.dumps(document, indent=2) + "\n")

    def deploy(self, *, progress: Callable[[int, int], None] | None = None) -> Outputs:
        """Deploy the stack; ``progress`` is told how many of how many resources are made. Returns the outputs."""
        outputs = self.folder / "outputs.json"
        self._cdktf(
            "deploy", STACK, "--auto-approve", "--skip-provider-lock", "--outputs-file", str(outputs), progress=progress
        )
        return Outputs.from_json(json.loads(outputs.read_text()))

    def diff(self) -> str:
        """Return what ``cdktf diff`` says, without colour; it holds ``No changes.`` where nothing differs."""
        return self._cdktf("diff", STACK, "--skip-provider-lock")

    def destroy(self, *, progress: Callable[[int, int], None] | None = None) -> None:
        """Destroy all that ``deploy`` made."""
        self._cdktf("destroy", STACK, "--auto-approve", "--skip-provider-lock", progress=progress)

    def _cdktf(self, *arguments: str, progress: Callable[[int, int], None] | None = None) -> str:
        """Run cdktf, follow its output, and return it without colour; raises ``DeploymentError`` where it fails."""
        command = ["cdktf", *arguments, "--no-color"]
        lines: list[str] = []
        with temporary_folder() as temporary:
            # jsii and cdktf leave their folders there when they are interrupted.
            environment = {**self._environment, "TMPDIR": str(temporary), "CDKTF_HOME": str(temporary)}
            child = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
            try:
                self._follow(child, lines, progress)
            except BaseException:
                with uninterrupted():
                    processes.end(child)
                raise
            if child.wait():
                summary = f"`cdktf {arguments[0]}` failed with exit code {child.returncode}"
                raise DeploymentError(summary, lines, self.log)
        return "\n".join(lines)

    def _follow(
        self, child: subprocess.Popen[str], lines: list[str], progress: Callable[[int, int], None] | None
    ) -> None:
        done = total = 0
        assert child.stdout is not None  # noqa: S101 - asked for above
        with self.log.open("a") as log:
            for raw in child.stdout:
                line = _COLOR.sub("", raw).rstrip()
                log.write(line + "\n")
                log.flush()
                lines.append(line)
                done += len(_CREATED.findall(line))
                if planned := _PLANNED.search(line):
                    total = int(planned[1]) + int(planned[2])
                if progress:
                    progress(done, total)


def _project_document(project: Path, provider: ProviderSource) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(project.read_text())
    document["app"] = f'"{sys.executable}" "{ROOT / "main.py"}"'
    document["output"] = OUTPUT
    if provider.version:
        document["context"]["aws_provider_version"] = provider.version
    return document


def _outside_home(provider: ProviderSource) -> dict[str, str]:
    """Return the variables that keep cdktf out of the home folder where it gains nothing there or cannot write."""
    writable = os.access(Path("~").expanduser(), os.W_OK | os.X_OK)
    variables = {}
    if provider.kind != _REGISTRY or not writable:
        # cdktf makes a plugin cache in the home folder, for providers that are downloaded.
        variables["CDKTF_DISABLE_PLUGIN_CACHE_ENV"] = "1"
    if not writable and _JSII_CACHE_VARIABLE not in os.environ:
        variables[_JSII_CACHE_VARIABLE] = str(ROOT / "build" / "jsii-package-cache")
    return variables
