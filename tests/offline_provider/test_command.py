"""``python -m offline_provider -- COMMAND``: which program runs, and what is said where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def _run(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(path), "PYTHONPATH": str(ROOT)}
    environment.pop("TERRAFORM_BINARY_NAME", None)
    words = [sys.executable, "-m", "offline_provider", "--", *command]
    return subprocess.run(words, cwd=path, env=environment, capture_output=True, text=True, check=False)


def test_terraform_comes_out_of_the_lock_file_where_path_has_none(tmp_path: Path) -> None:
    ended = _run(tmp_path, "terraform", "version")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("Terraform v1.")


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    ended = _run(tmp_path, "terrafrom", "plan")
    assert (ended.returncode, ended.stderr) == (2, "offline provider: there is no command terrafrom\n")
