"""A cloud that stays says where everything is, takes uploads, and ends without a trace."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud import background_cloud, local_settings, processes
from local_cloud.cloud import Endpoints
from stacks.settings import SettingsError
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
        (tmp_path / "local.json").write_text("null")
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

        # As `rm -rf build` does.
        shutil.rmtree(tmp_path)
        lost = _run("up", tmp_path)
        assert lost.returncode == 2
        assert f"a local cloud runs (process {state['pid']})" in lost.stderr
        assert "end it with `make down`" in lost.stderr
        assert "Traceback" not in lost.stderr
        assert processes.find(["-m", "local_cloud", "serve", "--build", str(tmp_path)]) == [state["pid"]]
    finally:
        ended = _run("down", tmp_path)
    assert ended.returncode == 0
    assert "end the local cloud" in ended.stdout
    assert [pid for pid in family if processes.is_alive(pid)] == []
    assert list(tmp_path.iterdir()) == []


def test_down_without_a_cloud_says_so(tmp_path: Path) -> None:
    ended = _run("down", tmp_path)
    assert (ended.returncode, ended.stdout.strip()) == (0, "no local cloud runs")


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 - 1], ids=["of a stranger", "of nobody"])
def test_a_state_left_by_a_crash_ends_nobody(tmp_path: Path, pid: int) -> None:
    (tmp_path / "local.json").write_text(json.dumps({"pid": pid}))
    ended = _run("down", tmp_path)
    assert (ended.returncode, ended.stdout.strip()) == (0, "no local cloud runs")
    assert not (tmp_path / "local.json").exists()


@pytest.mark.parametrize("content", ["[]", "null", "{", '{"pid": "one"}', ""])
def test_a_damaged_state_is_no_matter(tmp_path: Path, content: str) -> None:
    (tmp_path / "local.json").write_text(content)
    ended = _run("down", tmp_path)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "no local cloud runs", "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_place_of_a_file_is_named_and_left(tmp_path: Path) -> None:
    mine = tmp_path / "local.json" / "mine.txt"
    mine.parent.mkdir()
    mine.touch()
    ended = _run("down", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "local.json is a folder, which no command here has made; it is left as it is" in ended.stdout
    refused = _run("up", tmp_path)
    assert refused.returncode == 2
    assert re.search(r"local\.json is a folder, and `make up` needs a file there; move it away", refused.stderr)
    assert mine.exists()


def test_two_commands_do_not_work_on_one_cloud(tmp_path: Path) -> None:
    with background_cloud.Places(tmp_path).locked():
        ended = _run("down", tmp_path)
    assert ended.returncode == 2
    assert "another `make up` or `make down` is at work" in ended.stderr


def test_a_region_that_the_running_cloud_does_not_speak_for_is_named() -> None:
    endpoints = Endpoints("http://127.0.0.1:1", "http://127.0.0.1:2", region="eu-west-1", account="123456789012")
    told = r'environments\.local\.region = "ap-southeast-1": the local cloud that runs has eu-west-1; end it first'
    with pytest.raises(SettingsError, match=told):
        background_cloud._refuse_another_place(endpoints, local_settings.read())
