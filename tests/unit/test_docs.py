"""The docs name what exists, and what exists is named in the docs."""

import re
from pathlib import Path

import pytest

from toolchain.bootstrap import ROOT
from toolchain.docs import FILES, generated
from toolchain.docs import PAGES as PAGES_WITH_GENERATED_PARTS

_TARGET = re.compile(r"^([a-z][a-z-]*):(?:.*?)## ", re.MULTILINE)
_NAMED = re.compile(r"`make ([a-z][a-z-]*)")
_LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
PAGES = [
    *ROOT.glob("*.md"),
    *sorted((ROOT / "docs").glob("**/*.md")),
    *sorted((ROOT / "packages").glob("*/*.md")),
    *sorted((ROOT / "packages").glob("*/docs/**/*.md")),
]


def _targets() -> set[str]:
    return set(_TARGET.findall((ROOT / "Makefile").read_text()))


@pytest.mark.parametrize("name", PAGES_WITH_GENERATED_PARTS)
def test_the_generated_parts_are_those_of_the_code(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "<!-- generated: " in text
    assert generated(text) == text, "run `make docs`"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_data_that_is_generated_is_what_its_source_says(file: Path) -> None:
    assert file.read_text() == FILES[file](), "run `make docs`"


def test_every_make_target_is_in_the_readme() -> None:
    assert _targets() - {"help"} == _targets() & set(_NAMED.findall((ROOT / "README.md").read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_make_targets_that_exist(page: Path) -> None:
    assert set(_NAMED.findall(page.read_text())) <= _targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_links_only_to_files_that_exist(page: Path) -> None:
    missing = [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []
