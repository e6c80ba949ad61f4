"""What is installed is what the lock says, checked by hash, and the lock files tie nobody to a host."""

import json
import os
import subprocess
import sys
import textwrap
import venv
from pathlib import Path

import pytest

from toolchain import bootstrap
from toolchain.bootstrap import ROOT, BootstrapError, own_packages, requirements
from toolchain.lock import without_hosts
from toolchain.pip_settings import for_uv, parsed


def _lock(**entry: object) -> str:
    return json.dumps({"default": {"example": entry}, "develop": {}})


def test_a_requirement_carries_version_extras_marker_and_every_hash() -> None:
    text = _lock(version="==1.2", hashes=["sha256:b", "sha256:a"], extras=["x"], markers="python_version >= '3.9'")
    assert requirements(text) == "example[x]==1.2 ; python_version >= '3.9' --hash=sha256:a --hash=sha256:b\n"


@pytest.mark.parametrize("entry", [{"version": "==1.2"}, {"hashes": ["sha256:a"]}, {"version": "==1", "hashes": []}])
def test_a_package_without_version_or_hash_is_refused_by_name(entry: dict[str, object]) -> None:
    with pytest.raises(BootstrapError, match="example has no version or no hashes"):
        requirements(_lock(**entry))


def test_a_part_of_the_lock_can_be_asked_for_by_name() -> None:
    entry = {"version": "==1", "hashes": ["sha256:a"]}
    lock = json.dumps({"default": {"uv": entry, "uvloop": entry}})
    assert requirements(lock, "uv") == "uv==1 --hash=sha256:a\n"


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


def test_the_virtualenv_that_runs_the_set_up_is_replaced_by_one_of_the_same_python(tmp_path: Path) -> None:
    old = tmp_path / ".venv"
    venv.create(old, with_pip=False, symlinks=True)
    script = f"""
        import pathlib, sys
        sys.path.insert(0, {str(ROOT)!r})
        from toolchain import bootstrap
        bootstrap.VENV = pathlib.Path({str(old)!r})
        (bootstrap.VENV / "old").touch()
        bootstrap._create_virtualenv()
    """
    subprocess.run([old / "bin" / "python", "-c", textwrap.dedent(script)], check=True, cwd=tmp_path)
    assert not (old / "old").exists()
    asked = subprocess.run(
        [old / "bin" / "python", "-c", "import sys, pip; print(sys.base_prefix)"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert asked.stdout.strip() == sys.base_prefix


def test_a_missing_lock_file_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    with pytest.raises(BootstrapError, match=r"Pipfile\.lock cannot be read .*restore it from git"):
        bootstrap.fingerprint()


def _tool(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _project(folder: Path) -> None:
    """Lay out a project whose virtualenv holds a pip and a uv that write down how they were called."""
    (folder / "Pipfile.lock").write_text(
        json.dumps(
            {
                "default": {
                    "example": {"version": "==1", "hashes": ["sha256:a"]},
                    "own": {"path": "packages/own", "editable": True},
                    "uv": {"version": "==2", "hashes": ["sha256:b"]},
                }
            }
        )
    )
    listing = "global.index-url='https://mirror.example/simple'"
    _tool(
        folder / ".venv" / "bin" / "python",
        f'case "$*" in *"config list"*) echo "{listing}"; exit ;; esac; echo "pip $*" >> {folder}/calls',
    )


def _calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


def test_uv_installs_what_is_checked_by_hash_and_then_the_own_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    _project(tmp_path)
    _tool(tmp_path / ".venv" / "bin" / "uv", f'echo "uv $* from $UV_DEFAULT_INDEX" >> {tmp_path}/calls')
    bootstrap._install_python_packages()
    by_pip, rest, own = _calls(tmp_path)
    assert by_pip.startswith("pip -m pip install")
    assert "--require-hashes" in by_pip
    assert rest.startswith("uv pip install")
    assert "--require-hashes" in rest
    assert "--no-deps" in rest
    assert rest.endswith("from https://mirror.example/simple")
    assert f"--no-build-isolation --editable {tmp_path}/packages/own" in own


def test_pip_does_it_all_where_uv_fails_and_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    _project(tmp_path)
    _tool(tmp_path / ".venv" / "bin" / "uv", 'echo "error: no room" >&2; exit 2')
    bootstrap._install_python_packages()
    assert "uv cannot do it (error: no room); pip does, which takes longer" in capsys.readouterr().out
    _, everything, own = _calls(tmp_path)
    assert everything.startswith("pip -m pip install")
    assert "--require-hashes" in everything
    assert f"--no-build-isolation --editable {tmp_path}/packages/own" in own


def test_what_pip_is_configured_with_reaches_uv(tmp_path: Path) -> None:
    listing = rf"""
        global.cert='/etc/own.pem'
        global.extra-index-url='\nhttps://one.example/simple\nhttps://two.example/simple'
        global.find-links='{tmp_path} {tmp_path}/missing https://files.example/'
        global.index-url='https://old.example/simple'
        global.no-cache-dir='1'
        global.proxy='http://proxy.example:3128'
        global.trusted-host='one.example two.example'
        install.index-url='https://mirror.example/simple'
        download.timeout='1'
        :env:.timeout='90'
    """
    settings = for_uv(textwrap.dedent(listing), {})
    assert settings == {
        "HTTPS_PROXY": "http://proxy.example:3128",
        "HTTP_PROXY": "http://proxy.example:3128",
        "SSL_CERT_FILE": "/etc/own.pem",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_FIND_LINKS": f"{tmp_path},https://files.example/",
        "UV_HTTP_TIMEOUT": "90",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INSECURE_HOST": "one.example two.example",
        "UV_NO_CACHE": "1",
        "UV_SYSTEM_CERTS": "1",
        "http_proxy": "http://proxy.example:3128",
        "https_proxy": "http://proxy.example:3128",
    }


def test_what_the_person_has_set_for_uv_stands() -> None:
    listing = "global.index-url='https://mirror.example/simple'"
    assert "UV_DEFAULT_INDEX" not in for_uv(listing, {"UV_DEFAULT_INDEX": "https://mine.example/simple"})


def test_the_settings_are_read_from_what_pip_itself_lists(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = https://mirror.example/simple\n[install]\nfind-links =\n  /a\n  /b\n")
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PIP_CONFIG_FILE": str(config), "PIP_TIMEOUT": "7"},
    )
    options = parsed(asked.stdout)
    assert options["index-url"] == "https://mirror.example/simple"
    assert options["find-links"].split() == ["/a", "/b"]
    assert options["timeout"] == "7"
