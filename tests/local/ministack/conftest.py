from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local.ministack.support import MEDIACONVERT, WORKERS, Emulator, running

if TYPE_CHECKING:
    from collections.abc import Iterator

_FAST = ("--lambda-workers", str(WORKERS), "--lambda-retry-seconds", "0.05", "--mediaconvert-endpoint", MEDIACONVERT)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for all tests, with settings of the caller's own in its environment that must not get through."""
    foreign = {
        "AWS_PROFILE": "nobody",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "PYTHONPATH": "/nowhere",
        "LEAK": "yes",
    }
    with running(tmp_path_factory.mktemp("emulator"), *_FAST, environment=foreign) as started:
        yield started


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator that checks signatures and enforces policies."""
    with running(tmp_path_factory.mktemp("guarded"), *_FAST, "--auth") as started:
        yield started
