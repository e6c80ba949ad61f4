"""A folder with a configuration, and Terraform's commands on it."""

from __future__ import annotations

import io
import json
import subprocess
import uuid
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3

from terraform_runtime.executable import find_terraform

if TYPE_CHECKING:
    from pathlib import Path

    from .emulator import Endpoints

EMULATED = """
provider "aws" {
  region                      = "ap-southeast-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
  default_tags { tags = { Project = "test" } }
}
"""
_CODE = "def handler(event, context):\n    return event\n"


@dataclass(frozen=True)
class Outcome:
    """What a command of Terraform said, and its exit code."""

    code: int
    text: str

    @property
    def words(self) -> str:
        """The text without Terraform's frames and line breaks, for looking for sentences."""
        return " ".join(self.text.replace("│", " ").split())


@dataclass
class Workspace:
    """One folder, state included; ``name`` is what its resources are called."""

    folder: Path
    environ: dict[str, str]
    endpoints: Endpoints
    provider: str = EMULATED
    name: str = field(default_factory=lambda: f"t-{uuid.uuid4().hex[:8]}")
    binary: Path = field(init=False, default_factory=lambda: find_terraform().binary)

    def write(self, hcl: str) -> None:
        """Write the configuration, with a zip that a function can be made of beside it."""
        terraform = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n'
        (self.folder / "main.tf").write_text(terraform + self.provider + hcl.replace("NAME", self.name))
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(zipfile.ZipInfo("code.py"), _CODE)
        (self.folder / "code.zip").write_bytes(content.getvalue())

    def change(self, before: str, after: str) -> None:
        """Replace a text in the configuration, which must be there."""
        path = self.folder / "main.tf"
        text, before = path.read_text(), before.replace("NAME", self.name)
        assert before in text, f"{before!r} is not in the configuration"
        path.write_text(text.replace(before, after.replace("NAME", self.name)))

    def run(self, *arguments: str, check: bool = True, **environ: str) -> Outcome:
        """Run a command of Terraform; fails the test where it fails, unless told not to ``check``."""
        done = subprocess.run(
            [self.binary, *arguments, "-no-color"], cwd=self.folder, env={**self.environ, **environ},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout
        return Outcome(done.returncode, done.stdout)

    def apply(self, *arguments: str, check: bool = True) -> Outcome:
        return self.run("apply", "-auto-approve", *arguments, check=check)

    def destroy(self) -> Outcome:
        return self.run("destroy", "-auto-approve")

    def actions(self, *arguments: str) -> dict[str, str]:
        """Plan into ``plan.bin``, and return what it does to each resource: create, update, delete, replace, import."""
        found = {}
        for line in self.run("plan", "-json", "-out", "plan.bin", *arguments).text.splitlines():
            event = json.loads(line)
            if event["type"] == "planned_change":
                change = event["change"]
                found[change["resource"]["addr"]] = change["action"]
        return found

    def apply_plan(self) -> None:
        """Apply what ``actions`` planned."""
        self.run("apply", "plan.bin")

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the attributes in the state by address."""
        path = self.folder / "terraform.tfstate"
        content = json.loads(path.read_text())
        return {
            f"{resource['type']}.{resource['name']}": instance["attributes"]
            for resource in content["resources"]
            for instance in resource["instances"]
        }

    def client(self, service: str) -> Any:
        """Return a client of the emulator's, to look or to meddle behind Terraform's back."""
        own = self.endpoints.mediaconvert if service == "mediaconvert" else self.endpoints.aws
        return boto3.session.Session().client(  # type: ignore[call-overload]  # any service
            service, endpoint_url=own, region_name=self.endpoints.region, aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - what the emulator takes from everybody
        )  # fmt: skip
