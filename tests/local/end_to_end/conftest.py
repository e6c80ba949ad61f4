"""One deployment for all tests of this folder: local cloud, ``cdktf deploy``, and a follower of its notifications."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.deployment import Deployment, Outputs
from local_cloud.follow import Follower
from toolchain.bootstrap import ROOT
from toolchain.terraform import ProviderSource, ToolchainError, find_terraform, provider_source


@dataclass(frozen=True)
class Deployed:
    """The deployed stack and the means to talk to it."""

    deployment: Deployment
    outputs: Outputs
    session: boto3.Session
    follower: Follower


def provider_or_skip() -> ProviderSource:
    """Return the AWS provider's source; without one CI fails and a person is told what is missing."""
    try:
        return provider_source()
    except ToolchainError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def deployed() -> Iterator[Deployed]:
    provider = provider_or_skip()
    folder = ROOT / "build" / "end-to-end"
    shutil.rmtree(folder, ignore_errors=True)
    # Signatures and role policies are checked: what a role may not do fails here as well.
    with LocalCloud(folder / "cloud", authenticate=True) as cloud, cloud.endpoints.applied():
        deployment = Deployment(folder / "stack", cloud.endpoints, find_terraform(), provider)
        outputs = deployment.deploy()
        session = boto3.Session(region_name=cloud.endpoints.region)
        yield Deployed(deployment, outputs, session, Follower(session, outputs))


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the videos that the tests make."""
    return tmp_path_factory.mktemp("videos")
