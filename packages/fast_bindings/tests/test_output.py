"""A sample app is synthesized alike by the ordinary bindings and by the fast ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).with_name("aws_sample.py")

Files = dict[str, bytes]


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, Files]:
    """What is synthesized by the ordinary bindings and by the fast ones: path → content."""
    folders = {switch: tmp_path_factory.mktemp("synth") / "out" for switch in "01"}
    runs = [
        subprocess.Popen(
            [sys.executable, SAMPLE, folder],
            env={
                **os.environ,
                "FAST_BINDINGS": switch,
                # The ordinary way takes the first Node on PATH: here that of the virtualenv, whatever the machine has.
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


def test_the_same_files_are_synthesized(synthesized: tuple[Files, Files]) -> None:
    ordinary, fast = synthesized
    assert list(fast) == list(ordinary)


def test_every_file_is_the_same_to_the_byte(synthesized: tuple[Files, Files]) -> None:
    ordinary, fast = synthesized
    assert [path for path in ordinary if fast.get(path) != ordinary[path]] == []


def test_the_sample_uses_what_may_differ(synthesized: tuple[Files, Files]) -> None:
    _, fast = synthesized
    stack = json.loads(fast["stacks/first/cdk.tf.json"])
    assert {"aws_cloudfront_distribution", "aws_s3_bucket", "aws_wafv2_web_acl"} <= set(stack["resource"])
    assert stack["data"]["aws_iam_policy_document"]
    assert stack["resource"]["aws_s3_bucket"]["bucket"]["tags"] == {"kind": "bucket"}
