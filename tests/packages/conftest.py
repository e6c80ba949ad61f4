"""Wheels of all packages, and virtualenvs that hold one with what it needs, at the versions of the lock file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from toolchain import pip_settings
from toolchain.bootstrap import ROOT, VENV

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FOLDERS = ("bench", "lambda_src", "local_cloud", "stacks", "toolchain")
_NO_INDEX = ("dns error", "Failed to fetch", "client error (Connect)", "error sending request")


@dataclass(frozen=True)
class Alone:
    """A virtualenv in which one package is installed; ``folder`` is an empty one to work in."""

    environment: Path
    folder: Path

    def run(
        self, *command: str, check: bool = True, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the virtualenv, whose programs come first and whose Python knows no other place."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS_", "TF_"))}
        path = os.pathsep.join([str(self.environment / "bin"), "/usr/bin", "/bin"])
        return subprocess.run(
            [str(self.environment / "bin" / command[0]), *command[1:]],
            cwd=self.folder,
            env={**kept, "PATH": path, "CHECKPOINT_DISABLE": "1", **(variables or {})},
            capture_output=True,
            text=True,
            check=check,
        )


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every package of the repository as a wheel, by the package's name."""
    out = tmp_path_factory.mktemp("wheels")
    found = {}
    for folder in sorted((ROOT / "packages").iterdir()):
        subprocess.run([sys.executable, "-m", "flit_core.wheel", "--outdir", str(out), str(folder)], check=True)
        (found[folder.name],) = out.glob(f"{folder.name}-*.whl")
    return found


@pytest.fixture(scope="session")
def constraints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The versions of the lock file, for uv."""
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    locked = {**lock["develop"], **lock["default"]}
    file = tmp_path_factory.mktemp("constraints") / "constraints.txt"
    file.write_text("".join(f"{name}{entry['version']}\n" for name, entry in locked.items() if "version" in entry))
    return file


@pytest.fixture(scope="session")
def uv_variables() -> dict[str, str]:
    """An environment in which uv takes packages from where pip does."""
    listing = [sys.executable, "-m", "pip", "config", "list"]
    configured = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    return {**os.environ, **pip_settings.for_uv(configured)}


@pytest.fixture
def alone(
    wheels: dict[str, Path], constraints: Path, uv_variables: dict[str, str], tmp_path: Path
) -> Callable[..., Alone]:
    """Return what makes a virtualenv with a package, the others of this repository that it needs, and ``more``."""

    def alone(*packages: str, more: tuple[str, ...] = ()) -> Alone:
        environment, folder = tmp_path / "environment", tmp_path / "work"
        folder.mkdir(exist_ok=True)
        program = str(VENV / "bin" / "uv")
        if not environment.exists():
            base = [program, "venv", "--quiet", "--python", sys.executable, str(environment)]
            subprocess.run(base, env=uv_variables, check=True)
        install = [program, "pip", "install", "--quiet", "--python", str(environment / "bin" / "python")]
        wanted = [*(str(wheels[package]) for package in packages), *more]
        done = subprocess.run(
            [*install, "--constraint", str(constraints), *wanted],
            env=uv_variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and any(each in done.stderr for each in _NO_INDEX) and not os.environ.get("CI"):
            pytest.skip("a package index cannot be reached, from which a fresh virtualenv is filled")
        assert done.returncode == 0, done.stderr
        made = Alone(environment, folder)
        known = f"import importlib.util as u; print([n for n in {FOLDERS} if u.find_spec(n)])"
        assert made.run("python", "-c", known).stdout == "[]\n"
        return made

    return alone
