"""The stacks are synthesized to the byte as the ordinary bindings do it."""

from __future__ import annotations

import json

import pytest

from packages.fast_bindings.tests.both_bindings import Files, synthesized_by_both
from tests.synth.conftest import ENVIRONMENTS, ROOT


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, Files]:
    """What ``main.py`` writes with the ordinary bindings and with the fast ones: path → content."""
    return synthesized_by_both(["main.py"], tmp_path_factory.mktemp("synth"), working_folder=ROOT)


def test_every_file_of_every_stack_is_the_same_to_the_byte(synthesized: tuple[Files, Files]) -> None:
    ordinary, fast = synthesized
    assert list(fast) == list(ordinary)
    assert [path for path in ordinary if fast[path] != ordinary[path]] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_stack_is_among_them(synthesized: tuple[Files, Files], environment: str) -> None:
    for files in synthesized:
        stack = json.loads(files[f"stacks/media-pipeline-{environment}/cdk.tf.json"])
        assert stack["resource"]
