"""Configurations as other people write them, all of which work: none may be told that something is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plan_review.findings import check
from plan_review.synthesized import read_folder
from tests.rules.examples import findings, missing

FOLDER = Path(__file__).parent / "other_people"
FILES = [pytest.param(file, id=file.name.partition(".")[0]) for file in sorted(FOLDER.glob("*.tf.json"))]

FOLDERS = [pytest.param(folder, id=folder.name) for folder in sorted(FOLDER.iterdir()) if folder.is_dir()]


@pytest.mark.parametrize("file", FILES)
def test_a_configuration_that_works_has_nothing_missing(file: Path) -> None:
    found = findings(json.loads(file.read_text(encoding="utf-8")), origin=FOLDER)

    assert missing(found) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_in_native_syntax_has_nothing_missing(folder: Path) -> None:
    configuration = read_folder(folder)

    assert configuration.incomplete == ()
    assert missing(check(configuration)) == []


def test_there_are_a_dozen_of_them() -> None:
    assert len(FILES) >= 12
