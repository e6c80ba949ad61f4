"""What is installed is what the lock says, checked by hash, and the lock files tie nobody to a host."""

import json

import pytest

from toolchain.bootstrap import ROOT, BootstrapError, own_packages, requirements
from toolchain.lock import without_hosts


def _lock(**entry: object) -> str:
    return json.dumps({"default": {"example": entry}, "develop": {}})


def test_a_requirement_carries_version_extras_marker_and_every_hash() -> None:
    text = _lock(version="==1.2", hashes=["sha256:b", "sha256:a"], extras=["x"], markers="python_version >= '3.9'")
    assert requirements(text) == "example[x]==1.2 ; python_version >= '3.9' --hash=sha256:a --hash=sha256:b\n"


@pytest.mark.parametrize("entry", [{"version": "==1.2"}, {"hashes": ["sha256:a"]}, {"version": "==1", "hashes": []}])
def test_a_package_without_version_or_hash_is_refused_by_name(entry: dict[str, object]) -> None:
    with pytest.raises(BootstrapError, match="example has no version or no hashes"):
        requirements(_lock(**entry))


def test_a_broken_lock_is_refused_with_the_remedy() -> None:
    with pytest.raises(BootstrapError, match="make lock"):
        requirements("{")


def test_every_locked_package_can_be_installed_by_hash() -> None:
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    lines = requirements((ROOT / "Pipfile.lock").read_text()).splitlines()
    fetched = [name for name, entry in {**lock["develop"], **lock["default"]}.items() if "path" not in entry]
    assert [line.partition("==")[0].partition("[")[0] for line in lines] == sorted(fetched)
    assert all("==" in line and "--hash=sha256:" in line for line in lines)


def test_every_package_of_the_repository_is_installed_from_its_folder() -> None:
    folders = [path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("packages/*/pyproject.toml")]
    assert own_packages((ROOT / "Pipfile.lock").read_text()) == sorted(folders)


def test_a_fresh_lock_loses_its_sources_and_indexes() -> None:
    document = {
        "_meta": {"hash": {"sha256": "0"}, "sources": [{"url": "https://host"}]},
        "default": {"example": {"index": "somewhere", "version": "==1"}},
        "develop": {"other": {"index": "somewhere", "version": "==2"}},
    }
    assert without_hosts(document) == {
        "_meta": {"hash": {"sha256": "0"}, "sources": []},
        "default": {"example": {"version": "==1"}},
        "develop": {"other": {"version": "==2"}},
    }


def test_the_committed_lock_files_name_no_host() -> None:
    python = json.loads((ROOT / "Pipfile.lock").read_text())
    assert without_hosts(python) == python
    assert "[[source]]" not in (ROOT / "Pipfile").read_text()
    node = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, entry in node["packages"].items() if "resolved" in entry] == []
