"""Where the schemas are kept between runs, and that nothing depends on it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from offline_provider.schema.cache import CACHE_VARIABLE, cache_folder, open_store

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path


def test_it_is_in_the_users_cache_folder_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    within = "Library/Caches" if sys.platform == "darwin" else ".cache"
    assert cache_folder() == tmp_path / within / "offline-provider"
    if sys.platform != "darwin":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
        assert cache_folder() == tmp_path / "elsewhere" / "offline-provider"


def test_what_was_kept_is_read_again_and_what_is_damaged_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    made = open_store().resource("aws_sqs_queue")
    (kept,) = tmp_path.iterdir()
    content = kept.read_bytes()
    assert open_store().resource("aws_sqs_queue") == made
    kept.write_bytes(content[: len(content) // 2])
    assert open_store().resource("aws_sqs_queue") == made
    assert kept.read_bytes() == content


def test_a_cache_that_cannot_be_written_is_done_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    assert open_store().resource("aws_sqs_queue").block.attributes["name"].optional
