"""Configurations as other people write them, all of which work: none may be told that something is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from plan_review.configuration.reading import read_folder
from plan_review.findings import Verdict
from plan_review.folding import fold
from plan_review.rules import check

from .examples import findings, missing, of_rule

FOLDER = Path(__file__).parent / "other_people"
FILES = [pytest.param(file, id=file.name.partition(".")[0]) for file in sorted(FOLDER.glob("*.tf.json"))]

FOLDERS = [pytest.param(folder, id=folder.name) for folder in sorted(FOLDER.iterdir()) if folder.is_dir()]


@pytest.mark.parametrize("file", FILES)
def test_a_configuration_that_works_has_nothing_missing(file: Path) -> None:
    found = findings(json.loads(file.read_text(encoding="utf-8")), origin=FOLDER)

    assert missing(found) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_in_native_syntax_has_nothing_missing(folder: Path, tmp_path: Path) -> None:
    # Code as others write it stands in texts, which this project's own linters leave alone.
    for file in folder.rglob("*.*"):
        target = tmp_path / file.relative_to(folder).parent / file.name.removesuffix(".txt")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    configuration = read_folder(tmp_path)

    found = check(configuration)

    assert configuration.incomplete == ()
    assert missing(found) == []
    assert of_rule(found, "unresolved-call") == []


def test_there_are_many_of_them() -> None:
    assert len(FILES) + len(FOLDERS) >= 60


def test_what_cannot_be_told_of_them_is_little() -> None:
    """Whoever reads a list of doubts as long as the configuration turns the review off."""
    doubts = {
        folder.name: sum(
            # Packages are built before a deployment, and are not in these folders.
            folded.verdict is Verdict.CANNOT_TELL and folded.cause.rule_id != "package-file"
            for folded in fold(check(read_folder(folder)))
        )
        for folder in sorted(FOLDER.iterdir())
        if folder.is_dir() and not list(folder.rglob("*.txt"))
    }

    assert {name: count for name, count in doubts.items() if count > 3} == {}
