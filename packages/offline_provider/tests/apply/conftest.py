"""One emulator and one serving for all tests of this folder, and a working folder for each."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

import offline_provider

from .emulator import Endpoints, emulator
from .workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from offline_provider import Serving

    MakeWorkspace = Callable[..., Workspace]

_PERSONS_OWN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "TF_REATTACH_PROVIDERS")


def environment(endpoints: Endpoints) -> dict[str, str]:
    """Return this process's environment, pointed at an emulator."""
    own = {name: value for name, value in os.environ.items() if name not in _PERSONS_OWN}
    return own | endpoints.environment() | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}


@pytest.fixture(scope="session")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    with emulator(tmp_path_factory.mktemp("emulator")) as started:
        yield started


@pytest.fixture(scope="session")
def serving(endpoints: Endpoints) -> Iterator[Serving]:
    with offline_provider.serve(environ=environment(endpoints)) as provider:
        yield provider


def workspace_maker(serving: Serving, endpoints: Endpoints, parent: Path) -> MakeWorkspace:
    """Return a maker of working folders of their own below ``parent``, with the provider block of an emulator."""

    def make(hcl: str, name: str = "work", **options: str) -> Workspace:
        folder = parent / name
        folder.mkdir()
        made = Workspace(folder, serving.environment(environment(endpoints)), endpoints, **options)
        made.write(hcl)
        return made

    return make


@pytest.fixture
def make_workspace(serving: Serving, endpoints: Endpoints, tmp_path: Path) -> MakeWorkspace:
    return workspace_maker(serving, endpoints, tmp_path)


def allow_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process, which serves the provider, reach this machine alone."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        assert host in {"", "127.0.0.1", "::1"}, f"a connection to {address}"
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_this_machine_alone(monkeypatch)
