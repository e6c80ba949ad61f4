"""Configurations as other people write them, all of which work: none may be told that something is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rules.examples import findings, missing

FOLDER = Path(__file__).parent / "other_people"
FILES = [pytest.param(file, id=file.name.partition(".")[0]) for file in sorted(FOLDER.glob("*.tf.json"))]


@pytest.mark.parametrize("file", FILES)
def test_a_configuration_that_works_has_nothing_missing(file: Path) -> None:
    found = findings(json.loads(file.read_text(encoding="utf-8")), origin=FOLDER)

    assert missing(found) == []


def test_there_are_a_dozen_of_them() -> None:
    assert len(FILES) >= 12
