"""The local cloud starts whole, ends whole, and does not outlive its owner."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from local_cloud import processes
from local_cloud.cloud import Endpoints, LocalCloud
from toolchain.bootstrap import ROOT

_OWNER = """
import sys, time
from pathlib import Path
from local_cloud.cloud import LocalCloud
with LocalCloud(Path(sys.argv[1])):
    print("running", flush=True)
    time.sleep(600)
"""


def test_both_servers_answer_within_the_block_and_are_gone_after_it(tmp_path: Path) -> None:
    others = processes.descendants(os.getpid())
    with LocalCloud(tmp_path) as cloud:
        endpoints = cloud.endpoints
        with endpoints.applied():
            assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
            assert [queue["Name"] for queue in boto3.client("mediaconvert").list_queues()["Queues"]] == ["Default"]
        assert not cloud.ended()
        children = set(processes.descendants(os.getpid())).difference(others)
        assert len(children) >= 2
    assert not processes.answers(f"{endpoints.aws}/_ministack/health")
    assert not processes.answers(f"{endpoints.mediaconvert}/_health")
    assert [pid for pid in children if processes.is_alive(pid)] == []


def test_the_servers_do_not_outlive_an_owner_that_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    owner = processes.start([sys.executable, "-c", _OWNER, tmp_path / "cloud"], log=log, cwd=ROOT)
    try:
        _wait(lambda: "running" in processes.tail(log))
        servers = processes.descendants(owner.pid)
        assert len(servers) >= 2
    finally:
        owner.kill()
        owner.wait()
    _wait(lambda: not any(map(processes.is_alive, servers)))


def test_a_server_that_cannot_start_ends_the_other_and_is_named(tmp_path: Path) -> None:
    others = processes.descendants(os.getpid())
    (tmp_path / "mediaconvert").write_text("a file where a folder must be")
    with pytest.raises(FileExistsError), LocalCloud(tmp_path):
        pass
    _wait(lambda: set(processes.descendants(os.getpid())) <= set(others))


def test_the_persons_own_profile_and_token_are_out_of_the_way_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with Endpoints("http://127.0.0.1:1", "http://127.0.0.1:2").applied():
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert os.environ["AWS_PROFILE"] == "production"
    assert os.environ["AWS_REGION"] == "eu-west-1"
    assert "AWS_ENDPOINT_URL" not in os.environ


def _wait(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
