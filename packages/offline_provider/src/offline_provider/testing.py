"""For unit tests: ``Testing.to_be_valid_terraform`` of CDKTF without a registry, by real Terraform and exact schemas.

In a ``conftest.py``::

    from offline_provider.testing import offline_aws  # noqa: F401

and then::

    def test_my_stack_is_valid(offline_aws):
        assert Testing.to_be_valid_terraform(Testing.full_synth(stack))

CDKTF runs Terraform from the Node process behind its Python classes. That process has the environment of the moment in
which it was started, mostly long before the test. So it is given a module that adds what is in a file of ours to the
environment of each command that it starts; without the file, nothing is added.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from offline_provider.serving import REATTACH_VARIABLE, Serving, serve
from terraform_runtime.executable import find_terraform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME, _VERSION = "offline-provider-environment", "1.0.0"
_MODULE = """
const fs = require("fs");
const processes = require("child_process");
const execute = processes.execSync;
processes.execSync = (command, options = {}) => {
  let added;
  try {
    added = JSON.parse(fs.readFileSync(%s, "utf8"));
  } catch (error) {
    return execute(command, options);
  }
  return execute(command, { ...options, env: { ...(options.env || process.env), ...added } });
};
"""
_ASSEMBLY = {
    "schema": "jsii/0.10.0",
    "name": _NAME,
    "version": _VERSION,
    "jsiiVersion": "5.0.0",
    "description": "Adds variables to the environment of commands.",
    "homepage": "https://localhost",
    "repository": {"type": "git", "url": "https://localhost"},
    "author": {"name": "offline_provider", "roles": ["author"]},
    "license": "MIT",
    "fingerprint": _NAME,
    "targets": {},
    "types": {},
}

_folders: list[tempfile.TemporaryDirectory[str]] = []
"""Kept as long as the process, and removed with it."""


@pytest.fixture
def offline_aws() -> Iterator[Serving]:
    """Serve the offline provider to every Terraform that CDKTF's ``Testing`` starts in the test."""
    with serve() as provider, _given_to_cdktf(_environment(provider)):
        yield provider


def _environment(provider: Serving) -> dict[str, str]:
    return {
        REATTACH_VARIABLE: provider.environment({})[REATTACH_VARIABLE],
        "CHECKPOINT_DISABLE": "1",
        "PATH": os.pathsep.join([str(_programs()), os.environ.get("PATH", os.defpath)]),
    }


@cache
def _programs() -> Path:
    """Return a folder in which Terraform has the name by which CDKTF calls it; the one of the lock file has another."""
    folder = _environment_file().parent / "bin"
    folder.mkdir()
    (folder / "terraform").symlink_to(find_terraform().binary)
    return folder


@contextmanager
def _given_to_cdktf(environment: Mapping[str, str]) -> Iterator[None]:
    file = _environment_file()
    file.write_text(json.dumps(environment))
    try:
        yield
    finally:
        file.unlink()


@cache
def _environment_file() -> Path:
    """Return where the variables are read from; the Node process is told of it once."""
    # Starts the Node process where it does not run yet.
    from jsii._runtime import kernel  # noqa: PLC0415 - a second, and only where the fixture is used

    folder = tempfile.TemporaryDirectory(prefix="offline-provider-")
    _folders.append(folder)
    file = Path(folder.name) / "environment.json"
    package = Path(folder.name) / "module.tgz"
    with tarfile.open(package, "w:gz") as archive:
        manifest = {"name": _NAME, "version": _VERSION, "main": "index.js", "jsii": {"outdir": "."}}
        _add(archive, "package.json", json.dumps(manifest))
        _add(archive, ".jsii", json.dumps(_ASSEMBLY))
        _add(archive, "index.js", _MODULE % json.dumps(str(file)))
    kernel.load(_NAME, _VERSION, str(package))
    return file


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(f"package/{name}")
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
