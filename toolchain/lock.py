"""Make both lock files anew and keep them free of host names: ``make lock``.

pipenv and npm write down where they found each package. A lock that names a host ties the project to it, so both are
written without: the machine's own pip and npm configuration says where packages come from.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from typing import TYPE_CHECKING, Any

from toolchain.bootstrap import ROOT, VENV

if TYPE_CHECKING:
    from pathlib import Path

PIPENV_VERSION = "2026.10.3"
PIPENV_HOME = ROOT / "build" / "pipenv"


def without_hosts(lock: dict[str, Any]) -> dict[str, Any]:
    """Return a ``Pipfile.lock`` document without sources and without the index each package came from."""
    groups = {
        group: {
            name: {key: value for key, value in entry.items() if key != "index"} for name, entry in lock[group].items()
        }
        for group in ("default", "develop")
    }
    return {**lock, **groups, "_meta": {**lock["_meta"], "sources": []}}


def _lock_python() -> None:
    if not PIPENV_HOME.exists():
        venv.create(PIPENV_HOME, with_pip=True)
    pip: list[str | Path] = [
        PIPENV_HOME / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        f"pipenv=={PIPENV_VERSION}",
    ]
    subprocess.run(pip, check=True)
    # pipenv must not take the project's own virtualenv for its working one.
    environment = {**os.environ, "PIPENV_IGNORE_VIRTUALENVS": "1", "WORKON_HOME": str(PIPENV_HOME / "scratch")}
    environment.pop("PIPENV_VENV_IN_PROJECT", None)
    subprocess.run([PIPENV_HOME / "bin" / "pipenv", "lock"], cwd=ROOT, env=environment, check=True)
    path = ROOT / "Pipfile.lock"
    path.write_text(json.dumps(without_hosts(json.loads(path.read_text())), indent=4, sort_keys=True) + "\n")


def _lock_node() -> None:
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    command: list[str | Path] = ["npm", "install", "--package-lock-only", "--omit-lockfile-registry-resolved"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def main() -> int:
    """Write ``Pipfile.lock`` and ``package-lock.json`` from ``Pipfile`` and ``package.json``; 1 where a tool fails."""
    try:
        _lock_python()
        _lock_node()
    except subprocess.CalledProcessError as error:
        print(f"lock: {error.cmd[0]} failed with exit code {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
