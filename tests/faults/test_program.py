"""The program says by its exit code what came of it, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.faults import __main__ as program
from tests.faults import base
from tests.faults.catalogue import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.mutation import Mutation, Subject

NAME = "log-delivery-not-allowed"
ONE = ["--provider", "none", "--only", NAME]
# What a scanner that complains of every stack with more than one queue would print.
SCANNER = """\
#!/bin/sh
if [ "$1" = --version ]; then echo 9.8.7; exit; fi
echo '{"results": {"failed_checks": ['
echo '{"check_id": "CKV_1", "resource": "r", "file_path": "/the-stack-without-a-mistake/cdk.tf.json"},'
echo '{"check_id": "CKV_1", "resource": "r", "file_path": "/log-delivery-not-allowed/cdk.tf.json"},'
echo '{"check_id": "CKV_2", "resource": "r", "file_path": "/log-delivery-not-allowed/cdk.tf.json"}]}}'
"""


@pytest.fixture(autouse=True)
def _no_scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHECKOV", raising=False)
    monkeypatch.delenv("TFLINT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def _named() -> Mutation:
    return next(each for each in CATALOGUE if each.name == NAME)


def test_a_mistake_that_is_caught_where_the_catalogue_says_is_a_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(ONE) == program.CAUGHT
    said = capsys.readouterr()
    assert "state-machine-log-delivery" in said.out
    assert said.out.endswith("1 of 1 mistakes are caught before AWS\n")
    assert said.err == ""


def test_a_mistake_that_is_not_caught_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def harmless(subject: Subject) -> None:
        subject.resource("aws_sqs_queue.InboxQueue")["receive_wait_time_seconds"] = 5

    monkeypatch.setattr(program, "CATALOGUE", [replace(_named(), apply=harmless)])

    assert program.main(ONE) == program.MISSED
    assert capsys.readouterr().err == f"{NAME}: caught by nothing, not by synth\n"


def test_a_stack_with_a_finding_before_any_mistake_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mistaken = _named().on(base.subject())
    monkeypatch.setattr(base, "subject", lambda: mistaken)
    other = next(each for each in CATALOGUE if each.name == "name-too-long")

    assert program.main(["--provider", "none", "--only", other.name]) == program.MISSED
    assert "without a mistake (no change), synth finds state-machine-log-delivery" in capsys.readouterr().err


def test_a_name_that_is_no_mistake_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(["--only", "no-such-thing"])
    assert "no such mistake: no-such-thing" in capsys.readouterr().err


def test_a_scanner_counts_what_it_has_against_the_mistake_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scanner = tmp_path / "scanner"
    scanner.write_text(SCANNER)
    scanner.chmod(0o755)
    monkeypatch.setenv("CHECKOV", str(scanner))

    assert program.main(ONE) == program.CAUGHT
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "checkov" in line]
    assert line.split()[-1] == "CKV_2"


@pytest.mark.parametrize("text", ["", "#!/bin/sh\necho no version; exit 3\n"])
def test_a_scanner_that_is_named_and_does_not_run_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    scanner = tmp_path / "scanner"
    if text:
        scanner.write_text(text)
        scanner.chmod(0o755)
    monkeypatch.setenv("TFLINT", str(scanner))

    assert program.main(ONE) == program.FAILED
    assert str(scanner) in capsys.readouterr().err


def test_an_interrupted_run_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": os.defpath, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults"],
        cwd=base.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("plan-review-*")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert (out, err) == ("", "interrupted; nothing is written\n")
    # Python ends by the signal itself where that came while a dataclass was being made by exec; a shell shows 130 too.
    assert process.returncode in (program.INTERRUPTED, -signal.SIGINT)
    assert list(tmp_path.iterdir()) == []
