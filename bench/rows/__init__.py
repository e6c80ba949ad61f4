"""The rows of the table: each module here registers its own when it is imported."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every module of this folder, in the order of their names."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
