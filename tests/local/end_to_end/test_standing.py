"""A cloud that stays says where everything is, takes uploads, and ends without a trace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud import processes
from tests.local.end_to_end.conftest import provider_or_skip
from toolchain.bootstrap import ROOT


def _run(command: str, build: Path) -> "subprocess.CompletedProcess[str]":
    words: list[str | Path] = [sys.executable, "-m", "local_cloud", command, "--build", build]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def test_up_tells_where_everything_is_and_down_ends_all_of_it(tmp_path: Path) -> None:
    provider_or_skip()
    try:
        started = _run("up", tmp_path)
        assert started.returncode == 0, started.stderr
        state = json.loads((tmp_path / "local.json").read_text())
        assert processes.answers(f"{state['endpoint']}/_ministack/health")
        for name in ("upload_bucket", "output_bucket", "topic_arn", "inbox_queue_url", "job_table"):
            assert state[name] in started.stdout
        shell = "set -e; . ./local.env; env"
        variables = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        assert f"AWS_ENDPOINT_URL={state['endpoint']}" in variables
        again = _run("up", tmp_path)
        assert again.returncode == 0
        assert f"runs already at {state['endpoint']}" in again.stdout
        family = [state["pid"], *processes.descendants(state["pid"])]
    finally:
        ended = _run("down", tmp_path)
    assert ended.returncode == 0
    assert [pid for pid in family if processes.is_alive(pid)] == []
    assert list(tmp_path.iterdir()) == []


def test_down_without_a_cloud_says_so(tmp_path: Path) -> None:
    ended = _run("down", tmp_path)
    assert (ended.returncode, ended.stdout.strip()) == (0, "no local cloud runs")


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 - 1])
def test_a_state_left_by_a_crash_ends_nobody(tmp_path: Path, pid: int) -> None:
    (tmp_path / "local.json").write_text(json.dumps({"pid": pid}))
    ended = _run("down", tmp_path)
    assert (ended.returncode, ended.stdout.strip()) == (0, "no local cloud runs")
    assert not (tmp_path / "local.json").exists()
