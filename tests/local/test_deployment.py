"""What a run of cdktf leaves on the machine, and what a failed one says: a fake cdktf that behaves badly."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from local_cloud.cloud import Endpoints
from local_cloud.deployment import Deployment, DeploymentError, Tools
from terraform_runtime.executable import find_terraform
from terraform_runtime.provider_source import OFFLINE, ProviderSource

FakeCdktf = Callable[[str], Deployment]


@pytest.fixture
def with_cdktf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCdktf:
    """Return what makes a deployment whose ``cdktf`` is a shell script, with a temporary folder of the test's own."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))

    def make(script: str) -> Deployment:
        program = tmp_path / "bin" / "cdktf"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        tools = Tools(find_terraform(), ProviderSource(OFFLINE, None, None), {})
        made = Deployment(tmp_path / "stack", Endpoints("http://127.0.0.1:1", "http://127.0.0.1:2"), tools)
        made._environment["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        return made

    return make


def test_what_cdktf_leaves_in_the_temporary_folder_goes_with_it(with_cdktf: FakeCdktf, tmp_path: Path) -> None:
    told = with_cdktf('mkdir "$TMPDIR/jsii-kernel"; touch "$CDKTF_HOME/user-id"; ls "$TMPDIR"').diff()
    assert "jsii-kernel" in told
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_an_interrupted_cdktf_leaves_goes_as_well(with_cdktf: FakeCdktf, tmp_path: Path) -> None:
    script = 'mkdir "$TMPDIR/jsii-kernel"; echo "1 Creation complete after"; exec sleep 600'
    made = threading.Event()

    def interrupt(done: int, total: int) -> None:
        del done, total
        assert list((tmp_path / "tmp").glob("*/jsii-kernel"))
        made.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        with_cdktf(script).deploy(progress=interrupt)
    assert made.is_set()
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("Error: ENOSPC: no space left on device, write", "a disk is full: free some space, or set TMPDIR"),
        ("Error: EROFS: read-only file system, mkdir '/home/x/.terraform.d'", "a folder cannot be written: make the"),
    ],
)
def test_a_dump_of_node_is_cut_and_ends_in_a_remedy(with_cdktf: FakeCdktf, said: str, remedy: str) -> None:
    dump = f"head -c 100000 /dev/zero | tr '\\0' x; echo; echo \"{said}\"; exit 1"
    with pytest.raises(DeploymentError) as failed:
        with_cdktf(dump).diff()
    lines = str(failed.value).splitlines()
    assert lines[0].startswith("`cdktf diff` failed with exit code 1 (log: ")
    assert lines[-2] == said
    assert lines[-1].startswith(remedy)
    assert max(map(len, lines[1:])) < 320
    assert failed.value.log.stat().st_size > 100_000


def test_a_failure_of_the_stack_itself_names_no_remedy_of_the_machine(with_cdktf: FakeCdktf) -> None:
    with pytest.raises(DeploymentError) as failed:
        with_cdktf("echo 'Error: the role may not be assumed'; exit 1").diff()
    assert str(failed.value).splitlines()[1:] == ["Error: the role may not be assumed"]


def test_a_home_that_cannot_be_written_is_left_alone(with_cdktf: FakeCdktf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/dev/null")
    monkeypatch.delenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", raising=False)
    told = with_cdktf("env").diff()
    assert "CDKTF_DISABLE_PLUGIN_CACHE_ENV=1" in told
    assert "JSII_RUNTIME_PACKAGE_CACHE_ROOT=" in told
    monkeypatch.setenv("JSII_RUNTIME_PACKAGE_CACHE_ROOT", "/of/the/person")
    assert "JSII_RUNTIME_PACKAGE_CACHE_ROOT=/of/the/person" in with_cdktf("env").diff()


def test_the_stack_is_synthesized_where_it_is_looked_for(with_cdktf: FakeCdktf, tmp_path: Path) -> None:
    with_cdktf("true")
    assert json.loads((tmp_path / "stack" / "cdktf.json").read_text())["output"] == "cdktf.out"
