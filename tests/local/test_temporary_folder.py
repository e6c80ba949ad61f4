"""A temporary folder that will not do is named with its remedy before anything is started."""

import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from local_cloud.errors import UsageError
from local_cloud.temporary_folder import check_temporary_folder, temporary_folder


def test_a_full_folder_is_named_with_what_is_left_and_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(total=2**30, used=2**30 - 3 * 2**20, free=3 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(UsageError, match=rf"{tempfile.gettempdir()} has 3 MB left and \d+ MB are needed; .* TMPDIR"):
        check_temporary_folder()


def test_no_folder_that_can_be_written_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/dev/null"])
    with pytest.raises(UsageError, match=r"no temporary folder can be written \(.*/dev/null.*; set TMPDIR"):
        check_temporary_folder()


def test_the_folder_goes_with_all_that_is_in_it() -> None:
    with temporary_folder() as folder:
        (folder / "below").mkdir()
        (folder / "below" / "file").touch()
    assert not folder.exists()


def test_a_socket_in_the_folder_has_a_path_that_the_system_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    macos = "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with temporary_folder() as folder:
        assert len(f"{macos}/{folder.name}/plugin1234567890") <= 103
