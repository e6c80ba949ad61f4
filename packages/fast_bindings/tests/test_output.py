"""A sample app is synthesized alike by the ordinary bindings and by the fast ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .both_bindings import Files, synthesized_by_both

SAMPLE = Path(__file__).with_name("aws_sample.py")


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, Files]:
    """What is synthesized by the ordinary bindings and by the fast ones: path → content."""
    return synthesized_by_both([SAMPLE], tmp_path_factory.mktemp("synth"))


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
