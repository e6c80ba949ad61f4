"""Other people's scanners, where they are installed; they look for what is on or off and for what is mistyped."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.checks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.faults.mutation import Subject

_FILE = "cdk.tf.json"
_VERSION = re.compile(r"\d+(?:\.\d+)+")
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


class ScannerError(Exception):
    """A scanner that is installed does not run."""


@dataclass(frozen=True)
class Scanner:
    """A scanner, whose findings on the stack without a mistake (``clean``) do not count."""

    name: str
    version: str
    failed: Callable[[Mapping[str, Any]], frozenset[str]]
    clean: frozenset[str]

    def outcome(self, subject: Subject) -> Outcome:
        """Return what it has against a subject that it does not have without the mistake: the rules' names."""
        start = time.perf_counter()
        found = self.failed(subject.document) - self.clean
        by = tuple(sorted({each.partition(" ")[0] for each in found}))
        return Outcome(layer=self.name, by=by, seconds=time.perf_counter() - start)


def installed(subject: Subject) -> list[Scanner]:
    """Return the scanners that are installed, with what each has against the stack as it is."""
    known = (("checkov", _checkov), ("tflint", _tflint))
    return [
        Scanner(name, _version(name), failed, failed(subject.document)) for name, failed in known if shutil.which(name)
    ]


def _version(name: str) -> str:
    done = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    match = _VERSION.search(done.stdout)
    return match.group() if match else ""


def _checkov(document: Mapping[str, Any]) -> frozenset[str]:
    command = ["checkov", "--directory", ".", "--framework", "terraform_json", "--output", "json", "--quiet"]
    reports = _run(document, [*command, "--skip-download"])
    return frozenset(
        f"{failed['check_id']} {failed['resource']}"
        for report in (reports if isinstance(reports, list) else [reports])
        for failed in report.get("results", {}).get("failed_checks", [])
    )


def _tflint(document: Mapping[str, Any]) -> frozenset[str]:
    settings = _TFLINT + (_TFLINT_AWS if shutil.which("tflint-ruleset-aws") else "")
    report = _run(document, ["tflint", "--format", "json"], {".tflint.hcl": settings})
    found = [(issue["rule"]["name"], issue["message"]) for issue in report["issues"]]
    found += [("error", error["message"]) for error in report["errors"]]
    return frozenset(" ".join(each) for each in found)


def _run(document: Mapping[str, Any], command: list[str], files: Mapping[str, str] | None = None) -> Any:
    with tempfile.TemporaryDirectory() as name:
        for file, text in {**(files or {}), _FILE: json.dumps(document)}.items():
            (Path(name) / file).write_text(text, encoding="utf-8")
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=name)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise ScannerError(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}") from error
