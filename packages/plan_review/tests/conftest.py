from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.configuration.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from plan_review.configuration.model import Configuration


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Write a file of the folder under test, JSON where it is not text; return the file."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def configuration(resources: Mapping[str, Any], **sections: Any) -> Configuration:
    """Read a configuration whose resources are given by address, such as ``aws_x.y`` or ``data.aws_x.y``."""
    document: dict[str, Any] = dict(sections)
    for address, body in resources.items():
        *mode, kind, name = address.split(".")
        document.setdefault("data" if mode else "resource", {}).setdefault(kind, {})[name] = body
    return read(document)
