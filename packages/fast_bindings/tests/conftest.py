from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .app import App
from .fake_provider import FakeProvider

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = App(tmp_path)
    app.provide(FakeProvider())
    return app
