"""Files that a configuration reads: ``file``, ``templatefile`` and the ``template_file`` data source."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.functions import UnknownError
from plan_review.evaluate.symbols import has_symbols

if TYPE_CHECKING:
    from plan_review.configuration.model import Configuration

_MOST_BYTES = 1_000_000


def contents(configuration: Configuration, name: str) -> str:
    """Return what a file holds; its name is as ``file`` takes it. Raises ``UnknownError`` where it cannot be read."""
    origin = configuration.origin
    if origin is None or has_symbols(name):
        raise UnknownError
    path = (origin if origin.is_dir() else origin.parent) / name
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnknownError
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnknownError from error


def folder_of(configuration: Configuration, module: str) -> str:
    """Return ``path.module``, as seen from the root module's folder."""
    scope = configuration.scopes.get(module)
    root = configuration.scopes[""].folder if "" in configuration.scopes else None
    if not module:
        return "."
    if scope is None or scope.folder is None or root is None:
        raise UnknownError
    return os.path.relpath(scope.folder, root)


def variables(given: Any) -> dict[str, Any]:
    """Return a template's variables. Raises ``UnknownError`` where they are not known one by one."""
    if not isinstance(given, dict) or any(has_symbols(str(name)) for name in given):
        raise UnknownError
    return given
