"""The output folder holds the stacks of today, and whatever else a person put there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stacks.output_folder import listed_stacks, remove_gone

if TYPE_CHECKING:
    from pathlib import Path


def _synthesize(output: Path, *names: str) -> None:
    """Leave behind what CDKTF leaves behind."""
    for name in names:
        folder = output / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text("{}")
    stacks = {name: {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json"} for name in names}
    (output / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": stacks}))


def _folders(output: Path) -> set[str]:
    return {path.name for path in (output / "stacks").iterdir()}


def test_the_stack_of_an_environment_that_is_gone_goes_too(tmp_path: Path) -> None:
    _synthesize(tmp_path, "dev", "old")
    before = listed_stacks(tmp_path)
    _synthesize(tmp_path, "dev", "new")
    assert remove_gone(tmp_path, before) == ["old"]
    assert _folders(tmp_path) == {"dev", "new"}


def test_what_no_synthesis_listed_stays(tmp_path: Path) -> None:
    _synthesize(tmp_path, "dev", "old")
    (tmp_path / "stacks" / "mine").mkdir()
    (tmp_path / "old").mkdir()
    before = listed_stacks(tmp_path)
    _synthesize(tmp_path, "dev")
    remove_gone(tmp_path, before)
    assert _folders(tmp_path) == {"dev", "mine"}
    assert (tmp_path / "old").is_dir()


def test_a_folder_that_holds_a_state_stays(tmp_path: Path) -> None:
    _synthesize(tmp_path, "dev", "old")
    (tmp_path / "stacks" / "old" / "terraform.tfstate.backup").write_text("{}")
    before = listed_stacks(tmp_path)
    _synthesize(tmp_path, "dev")
    assert remove_gone(tmp_path, before) == []
    assert _folders(tmp_path) == {"dev", "old"}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    output = tmp_path / "cdktf.out"
    _synthesize(output, "dev", "old")
    (output / "stacks" / "old").rename(tmp_path / "elsewhere")
    (output / "stacks" / "old").symlink_to(tmp_path / "elsewhere")
    before = listed_stacks(output)
    _synthesize(output, "dev")
    assert remove_gone(output, before) == []
    assert (tmp_path / "elsewhere" / "cdk.tf.json").exists()


@pytest.mark.parametrize("name", ["..", ".", "", "../precious", "/"])
def test_no_name_in_a_manifest_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "precious").mkdir()
    _synthesize(tmp_path, "dev")
    assert remove_gone(tmp_path, frozenset({name})) == []
    assert (tmp_path / "precious").is_dir()
    assert _folders(tmp_path) == {"dev"}


@pytest.mark.parametrize("manifest", [None, "{", "[]", '{"stacks": ["old"]}', "{}"])
def test_without_a_sound_manifest_nothing_is_taken_for_an_earlier_stack(tmp_path: Path, manifest: str | None) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    assert listed_stacks(tmp_path) == frozenset()
