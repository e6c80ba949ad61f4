"""The project's own stacks, such that either provider plans them without an account."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from packages.offline_provider.tests.terraform_run import REAL_VERSION
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENTS = ("local", "dev", "prod")

WHOLE = "whole"
"""One more environment: the local one with everything that the settings can ask for."""

_WHOLE_SETTINGS: dict[str, dict[str, Any]] = {
    "uploads": {"retention_days": 30, "noncurrent_days": 7, "abort_multipart_days": 1},
    "output": {"retention_days": 30, "abort_multipart_days": 1},
    "functions": {"orchestrator_concurrency": 20},
    "notifications": {
        "subscriptions": [{"protocol": "email", "endpoint": "ops@example.com", "events": ["transcode.failed"]}]
    },
    "tags": {"Team": "media"},
}

# What HashiCorp's provider would ask AWS when it is configured; the account is asked for where only some are allowed.
_WITHOUT_ACCOUNT = {
    "access_key": "test",
    "secret_key": "test",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": "true",
    "skip_requesting_account_id": True,
}

Document = dict[str, Any]


def synthesize(folder: Path) -> dict[str, Path]:
    """Synthesize the project's environments and ``WHOLE`` into ``folder``; return the folder of each."""
    environments = json.loads((ROOT / "cdktf.json").read_text())["context"]["environments"]
    whole = {name: value for name, value in environments["local"].items() if name != "emulated"}
    for section, settings in _WHOLE_SETTINGS.items():
        whole = {**whole, section: {**whole[section], **settings}}
    context = {"environments": {**environments, WHOLE: whole}}
    environment = {**os.environ, "CDKTF_OUTDIR": str(folder), "CDKTF_CONTEXT_JSON": json.dumps(context)}
    subprocess.run([sys.executable, "main.py"], cwd=ROOT, env=environment, check=True)
    return {path.name.rpartition("-")[2]: path for path in sorted((folder / "stacks").iterdir())}


def document(stack: Path) -> Document:
    """Return a stack's configuration with the recorded provider's version, and with its state kept beside it."""
    content: Document = json.loads((stack / "cdk.tf.json").read_text())
    content["terraform"].pop("backend")
    content["terraform"]["required_providers"]["aws"]["version"] = REAL_VERSION
    return content


def without_account(content: Document) -> Document:
    """Return a configuration that asks AWS nothing when it is planned."""
    content = copy.deepcopy(content)
    for block in content["provider"]["aws"]:
        block.pop("allowed_account_ids", None)
        block.update(_WITHOUT_ACCOUNT)
    return content


def for_an_emulator(content: Document) -> Document:
    """Return a configuration that is applied to an emulator, as that of the local environment is."""
    content = copy.deepcopy(content)
    for block in content["provider"]["aws"]:
        block.update(s3_use_path_style=True, skip_credentials_validation=True, skip_metadata_api_check="true")
    return content


def folder_of(stack: Path, folder: Path, content: Document) -> Path:
    """Make a folder with this configuration and the stack's assets, and return it."""
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(content))
    (folder / "assets").symlink_to(stack / "assets")
    return folder
