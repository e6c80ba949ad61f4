"""One local cloud and one serving for all tests of this folder, and a working folder for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import offline_provider
from local_cloud.cloud import LocalCloud
from packages.offline_provider.tests.apply.conftest import allow_this_machine_alone, environment, workspace_maker
from packages.offline_provider.tests.apply.emulator import Endpoints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from offline_provider import Serving
    from packages.offline_provider.tests.apply.conftest import MakeWorkspace


def endpoints_of(cloud: LocalCloud) -> Endpoints:
    """Return where a cloud answers, as the tests of the package want it."""
    return Endpoints(cloud.endpoints.aws, cloud.endpoints.mediaconvert, cloud.endpoints.region)


@pytest.fixture(scope="session")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as started:
        yield endpoints_of(started)


@pytest.fixture(scope="session")
def serving(endpoints: Endpoints) -> Iterator[Serving]:
    with offline_provider.serve(environ=environment(endpoints)) as provider:
        yield provider


@pytest.fixture
def make_workspace(serving: Serving, endpoints: Endpoints, tmp_path: Path) -> MakeWorkspace:
    return workspace_maker(serving, endpoints, tmp_path)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_this_machine_alone(monkeypatch)
