"""``python -m offline_provider -- COMMAND``: which program runs, how it ends, and what is said where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def _run(path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(path)}
    environment.pop("TERRAFORM_BINARY_NAME", None)
    words = [sys.executable, "-m", "offline_provider", "--", *command]
    return subprocess.run(words, cwd=path, env=environment, capture_output=True, text=True, check=False)


def test_terraform_comes_out_of_the_wheel_where_path_has_none(tmp_path: Path) -> None:
    ended = _run(tmp_path, "terraform", "version")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("Terraform v1.")


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    ended = _run(tmp_path, "terrafrom", "plan")
    assert (ended.returncode, ended.stderr) == (2, "offline provider: there is no command terrafrom\n")


def test_the_commands_exit_code_is_its_own(tmp_path: Path) -> None:
    assert _run(tmp_path, sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_the_help_has_an_example_and_the_exit_codes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "offline_provider", "--help"], capture_output=True, text=True, check=True
    )
    assert "python -m offline_provider -- terraform plan" in done.stdout
    assert "exit codes: the command's own; 2 " in done.stdout
