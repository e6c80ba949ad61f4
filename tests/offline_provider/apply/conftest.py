"""One local cloud and one serving for all tests of this folder, and a working folder for each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import offline_provider
from local_cloud.cloud import Endpoints, LocalCloud
from tests.offline_provider.apply.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from offline_provider import Serving

    MakeWorkspace = Callable[..., Workspace]

_PERSONS_OWN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "TF_REATTACH_PROVIDERS")


def environment(endpoints: Endpoints) -> dict[str, str]:
    """Return this process's environment, pointed at a cloud."""
    own = {name: value for name, value in os.environ.items() if name not in _PERSONS_OWN}
    return own | endpoints.environment() | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as started:
        yield started


@pytest.fixture(scope="session")
def serving(cloud: LocalCloud) -> Iterator[Serving]:
    with offline_provider.serve(environ=environment(cloud.endpoints)) as provider:
        yield provider


@pytest.fixture
def make_workspace(serving: Serving, cloud: LocalCloud, tmp_path: Path) -> MakeWorkspace:
    """Return a maker of working folders of their own, with the provider block of an emulator."""

    def make(hcl: str, name: str = "work", **options: str) -> Workspace:
        folder = tmp_path / name
        folder.mkdir()
        made = Workspace(folder, serving.environment(environment(cloud.endpoints)), cloud.endpoints, **options)
        made.write(hcl)
        return made

    return make
