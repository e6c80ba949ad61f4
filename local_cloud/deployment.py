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
from typing import TYPE_CHECKING, Any

from local_cloud import processes
from terraform_runtime.signals import uninterrupted
from toolchain.bootstrap import ROOT, path_with_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from local_cloud.cloud import Endpoints
    from terraform_runtime.executable import Terraform
    from terraform_runtime.provider_source import ProviderSource

STACK = "media-pipeline-local"
_CREATED = re.compile(r"(Creation|Destruction) complete after")
_PLANNED = re.compile(r"Plan: (\d+) to add, \d+ to change, (\d+) to destroy")
_COLOR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class DeploymentError(Exception):
    """``cdktf`` failed; the message holds what it said last and names its log."""


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
    return folder / "cdktf.out" / "stacks" / STACK


class Deployment:
    """One stack in one working folder, which is made where it does not exist; Terraform's state stays in it."""

    def __init__(self, folder: Path, endpoints: Endpoints, tools: Tools) -> None:
        self.folder = folder
        self.log = folder / "cdktf.log.txt"
        self._environment = {
            **os.environ,
            **tools.variables,
            **endpoints.environment(),
            "PATH": path_with_tools(),
            "TERRAFORM_BINARY_NAME": str(tools.terraform.binary),
            # Half a second of each start of cdktf is compiling its own code.
            "NODE_COMPILE_CACHE": str(ROOT / "build" / "node-compile-cache"),
            # The bar and boxes of an interactive terminal would only fill the log.
            "CI": "true",
        }
        folder.mkdir(parents=True, exist_ok=True)
        project = self._project(tools.provider)
        (folder / "cdktf.json").write_text(json.dumps(project, indent=2) + "\n")
        self.key_prefix: str = project["context"]["environments"]["local"]["uploads"]["key_prefix"]

    @staticmethod
    def _project(provider: ProviderSource) -> dict[str, Any]:
        project: dict[str, Any] = json.loads((ROOT / "cdktf.json").read_text())
        project["app"] = f'"{sys.executable}" "{ROOT / "main.py"}"'
        if provider.version:
            project["context"]["aws_provider_version"] = provider.version
        return project

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
        child = subprocess.Popen(
            command, cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        lines: list[str] = []
        try:
            self._follow(child, lines, progress)
        except BaseException:
            with uninterrupted():
                processes.end(child)
            raise
        if child.wait():
            said = "\n".join(lines[-40:])
            raise DeploymentError(
                f"`{' '.join(command)}` failed with exit code {child.returncode} (log: {self.log}):\n{said}"
            )
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
