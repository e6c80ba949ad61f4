from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambda_src import telemetry
from tests.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the handlers' logs and metrics of simulated histories to themselves."""
    level = telemetry.logger.log_level
    telemetry.logger.setLevel("CRITICAL")
    monkeypatch.setattr(telemetry.metrics, "add_metric", lambda **_: None)
    yield
    telemetry.logger.setLevel(level)


@pytest.fixture
def world() -> World:
    return World()
