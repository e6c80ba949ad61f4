"""Terraform in a folder with one of the two providers: the real one, or the offline one in its place."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import offline_provider
from offline_provider.observed import recorded_file
from terraform_runtime.executable import find_terraform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from terraform_runtime.provider_source import ProviderSource

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

REAL_VERSION = recorded_file().stem.removeprefix("aws-")
"""The version that the offline provider was recorded from, and so the one that it is held against."""


class TerraformFailed(AssertionError):  # noqa: N818 - to a test it is a failed expectation
    """A Terraform command ended with an error; the message is what it said."""


@dataclass(frozen=True)
class Side:
    """One folder, planned and applied with one provider."""

    name: str
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    binary: Path = field(default_factory=lambda: find_terraform().binary)

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Terraform command and return what became of it."""
        command = [str(self.binary), *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=dict(self.environment), capture_output=True, text=True, check=False
        )

    def run(self, *arguments: str) -> str:
        """Run a Terraform command and return its output. Raises ``TerraformFailed``."""
        completed = self.attempt(*arguments)
        if completed.returncode:
            said = _COLOUR.sub("", completed.stderr)[:4000]
            raise TerraformFailed(f"{self.name}: terraform {' '.join(arguments)}:\n{said}")
        return completed.stdout

    def configure(self, document: Mapping[str, Any]) -> None:
        """Replace the folder's configuration."""
        (self.folder / "cdk.tf.json").write_text(json.dumps(document))

    def init(self) -> None:
        """Prepare the folder."""
        self.run("init", "-input=false")

    def plan(self, *arguments: str) -> dict[str, Any]:
        """Plan into the file ``plan`` and return the plan as JSON."""
        self.run("plan", "-input=false", "-out=plan", *arguments)
        shown: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        return shown

    def state(self) -> dict[str, Any]:
        """Return the state file's content."""
        content: dict[str, Any] = json.loads((self.folder / "terraform.tfstate").read_text())
        return content


def _environment(added: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    return {**kept, "CHECKPOINT_DISABLE": "1", "AWS_EC2_METADATA_DISABLED": "true", **added}


def real_side(folder: Path, source: ProviderSource, environment: Mapping[str, str]) -> Side:
    """Return a folder's side with HashiCorp's provider."""
    if source.version not in (None, REAL_VERSION):
        raise AssertionError(
            f"the offline provider was recorded from version {REAL_VERSION}, and TERRAFORM_MIRROR holds "
            f"{source.version}: record anew (python -m offline_provider.recording), or change the mirror"
        )
    return Side("real", folder, _environment({**source.environment(), **environment}))


@contextmanager
def offline_side(folder: Path, environment: Mapping[str, str], *, every_type: bool = False) -> Iterator[Side]:
    """Serve the offline provider for a folder, and give the folder's side."""
    environ = _environment(environment)
    with offline_provider.serve(configuration=None if every_type else folder, environ=environ) as provider:
        yield Side("offline", folder, provider.environment(environ))
