from __future__ import annotations

import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from plan_review import providers
from plan_review.terraform import TerraformError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An offline provider that notes when it serves."""
    noted: list[str] = []

    @contextmanager
    def serve() -> Iterator[dict[str, str]]:
        noted.append("begins")
        yield {"TF_REATTACH_PROVIDERS": "{}"}
        noted.append("ends")

    module = ModuleType("offline_provider")
    vars(module)["serve"] = serve
    monkeypatch.setitem(sys.modules, "offline_provider", module)
    return noted


def test_the_stand_in_serves_as_long_as_it_is_used(stand_in: list[str]) -> None:
    assert providers.default() == "offline"
    with providers.chosen("offline") as setting:
        assert setting.environment["TF_REATTACH_PROVIDERS"] == "{}"
        assert not setting.refreshes
        assert stand_in == ["begins"]
    assert stand_in == ["begins", "ends"]


def test_without_the_stand_in_the_real_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "offline_provider", ModuleType("offline_provider"))
    assert providers.default() == "real"
    with pytest.raises(TerraformError, match="use --provider real"), providers.chosen("offline"):
        pass


def test_a_terraform_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "no-such-terraform")
    with pytest.raises(TerraformError, match="TERRAFORM_BINARY_NAME is 'no-such-terraform'"), providers.chosen("real"):
        pass
