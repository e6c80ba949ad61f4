"""The stacks are synthesized to the byte as the ordinary bindings do it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.synth.conftest import ENVIRONMENTS, ROOT

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, Files]:
    """What ``main.py`` writes with the ordinary bindings and with the fast ones: path → content."""
    folders = {switch: tmp_path_factory.mktemp("synth") / "out" for switch in "01"}
    runs = [
        subprocess.Popen(
            [sys.executable, "main.py"],
            cwd=ROOT,
            env={
                **os.environ,
                "FAST_BINDINGS": switch,
                "CDKTF_OUTDIR": str(folder),
                # The ordinary way takes the first Node on PATH: here that of the lock file, whatever the machine has.
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        for switch, folder in folders.items()
    ]
    for run in runs:
        _, err = run.communicate(timeout=300)
        assert (run.returncode, err) == (0, "")
    ordinary, fast = (
        {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        for folder in folders.values()
    )
    return ordinary, fast


def test_every_file_of_every_stack_is_the_same_to_the_byte(synthesized: tuple[Files, Files]) -> None:
    ordinary, fast = synthesized
    assert list(fast) == list(ordinary)
    assert [path for path in ordinary if fast[path] != ordinary[path]] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_stack_is_among_them(synthesized: tuple[Files, Files], environment: str) -> None:
    for files in synthesized:
        stack = json.loads(files[f"stacks/media-pipeline-{environment}/cdk.tf.json"])
        assert stack["resource"]
