"""One deployment for all tests of this folder: local cloud, ``cdktf deploy``, and a follower of its notifications."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.deployment import Deployment, Outputs, Tools, synthesized
from local_cloud.follow import Follower
from local_cloud.provider import attached, local_provider
from terraform_runtime.executable import find_terraform
from toolchain.bootstrap import ROOT


@dataclass(frozen=True)
class Deployed:
    """The deployed stack and the means to talk to it."""

    deployment: Deployment
    outputs: Outputs
    session: boto3.Session
    follower: Follower


@pytest.fixture(scope="session")
def deployed() -> Iterator[Deployed]:
    provider = local_provider()
    folder = ROOT / "build" / "end-to-end"
    shutil.rmtree(folder, ignore_errors=True)
    # Signatures and role policies are checked: what a role may not do fails here as well.
    stack = folder / "stack"
    with (
        LocalCloud(folder / "cloud", authenticate=True) as cloud,
        attached(provider, cloud.endpoints, synthesized(stack)) as variables,
        cloud.endpoints.applied(),
    ):
        deployment = Deployment(stack, cloud.endpoints, Tools(find_terraform(), provider, variables))
        outputs = deployment.deploy()
        session = boto3.Session(region_name=cloud.endpoints.region)
        yield Deployed(deployment, outputs, session, Follower(session, outputs))


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the videos that the tests make."""
    return tmp_path_factory.mktemp("videos")
