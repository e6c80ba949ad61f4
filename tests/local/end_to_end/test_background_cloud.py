"""A cloud that stays says where everything is, takes uploads, and ends without a trace."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud import processes
from terraform_runtime.executable import find_terraform
from toolchain.bootstrap import ROOT, path_with_tools

_TOOLS = {
    **os.environ,
    "PATH": path_with_tools(),
    "TERRAFORM_BINARY_NAME": str(find_terraform().binary),
    "CI": "true",
}


def _run(command: str, build: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    words: list[str | Path] = [sys.executable, "-m", "local_cloud", command, "--build", build]
    environment = {**os.environ, "PROVIDER": "offline", **variables}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["demo", "up"])
def test_a_provider_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path, command: str) -> None:
    place = "--out" if command == "demo" else "--build"
    words: list[str | Path] = [sys.executable, "-m", "local_cloud", command, place, tmp_path]
    environment = {**os.environ, "PROVIDER": "Real"}
    ended = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert re.fullmatch(rf"{command}: PROVIDER is 'Real': it must be offline .* or real .*\n", ended.stderr)
    assert list(tmp_path.iterdir()) == []


def test_up_tells_where_everything_is_and_down_ends_all_of_it(tmp_path: Path) -> None:
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
        assert again.returncode == 0, again.stderr
        assert f"runs already at {state['endpoint']}" in again.stdout
        assert json.loads((tmp_path / "local.json").read_text()) == state
        diff = "set -e; . ./local.env; cd local/stack; cdktf diff media-pipeline-local --skip-provider-lock --no-color"
        told = subprocess.run(["sh", "-c", diff], cwd=tmp_path, env=_TOOLS, capture_output=True, text=True, check=False)
        assert "No changes." in told.stdout, told.stdout + told.stderr
        other = _run("up", tmp_path, PROVIDER="real")
        assert other.returncode == 2
        assert "PROVIDER is 'real', but the local cloud that runs was deployed with 'offline'" in other.stderr
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
