"""Other people's scanners, where they can be had; they look for what is on or off and for what is mistyped.

Neither belongs to the project: checkov's dependencies would fight with its own, and tflint is no package. ``CHECKOV``
and ``TFLINT`` name their programs; else they are looked for on ``PATH``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.checks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FILE = "cdk.tf.json"
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_CLEAN = "the-stack-without-a-mistake"
# The rules of the AWS plugin run where the plugin is installed; the plugin is not fetched.
_TFLINT = """
plugin "terraform" {
  enabled = true
  preset  = "recommended"
}
"""
_TFLINT_AWS = """
plugin "aws" {
  enabled = true
}
"""

Found = dict[str, frozenset[str]]


class ScannerError(Exception):
    """A scanner that is named or installed does not run; the message is for people."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner. ``look`` looks at a folder of stacks and returns what it has against each, by the folder's name."""

    name: str
    program: str
    version: str
    look: Callable[[str, Path], Found]

    def outcomes(self, clean: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Outcome]:
        """Return what it has against each document that it does not have against the one without a mistake.

        All are looked at in one go, for the scanners take seconds to start; the time of an outcome is that of a run
        on the stack alone.
        """
        seconds, _ = self._timed({_CLEAN: clean})
        _, found = self._timed({_CLEAN: clean, **documents})
        known = found.get(_CLEAN, frozenset())
        return {
            name: Outcome(
                layer=self.name,
                by=tuple(sorted({each.partition(" ")[0] for each in found.get(name, frozenset()) - known})),
                seconds=seconds,
            )
            for name in documents
        }

    def _timed(self, documents: Mapping[str, Mapping[str, Any]]) -> tuple[float, Found]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for each, document in documents.items():
                (folder / each).mkdir()
                (folder / each / _FILE).write_text(json.dumps(document), encoding="utf-8")
            start = time.perf_counter()
            found = self.look(self.program, folder)
            return time.perf_counter() - start, found


def available() -> list[Scanner]:
    """Return the scanners that can be had. Raises ``ScannerError`` where one that is named does not run."""
    found = []
    for name, look in (("checkov", _checkov), ("tflint", _tflint)):
        named = os.environ.get(name.upper())
        program = shutil.which(named or name)
        if named and not program:
            raise ScannerError(f"{name.upper()} is {named!r}, which is no program; unset it, or name {name}")
        if program:
            found.append(Scanner(name, program, _version(program), look))
    return found


def _version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    match = _VERSION.search(done.stdout)
    if done.returncode or not match:
        raise ScannerError(f"{program} does not state its version: {done.stderr.strip() or done.stdout.strip()}")
    return match.group()


def _checkov(program: str, folder: Path) -> Found:
    options = ["--directory", ".", "--framework", "terraform_json", "--output", "json", "--quiet", "--skip-download"]
    reports = _run([program, *options], folder)
    found: dict[str, set[str]] = defaultdict(set)
    for report in reports if isinstance(reports, list) else [reports]:
        for failed in report.get("results", {}).get("failed_checks", []):
            found[Path(failed["file_path"]).parent.name].add(f"{failed['check_id']} {failed['resource']}")
    return {name: frozenset(each) for name, each in found.items()}


def _tflint(program: str, folder: Path) -> Found:
    settings = _TFLINT + (_TFLINT_AWS if shutil.which("tflint-ruleset-aws") else "")
    found = {}
    for stack in folder.iterdir():
        (stack / ".tflint.hcl").write_text(settings, encoding="utf-8")
        report = _run([program, "--format", "json"], stack)
        said = [(issue["rule"]["name"], issue["message"]) for issue in report["issues"]]
        said += [("error", error["message"]) for error in report["errors"]]
        found[stack.name] = frozenset(" ".join(each) for each in said)
    return found


def _run(command: list[str], folder: Path) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise ScannerError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}") from error
