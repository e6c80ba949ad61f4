"""How a patch wraps a piece of MiniStack, and makes sure first that it is the piece it was written for."""

from __future__ import annotations

import functools
import hashlib
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

_FINGERPRINT_LENGTH = 12


class PatchMismatchError(Exception):
    """A piece of MiniStack is not the one a patch was written for; the message names both."""


def fingerprint(piece: Callable[..., Any] | type) -> str:
    """Return a short digest of a function's or class's source text.

    A function that another patch has wrapped counts as the one below the wrapper.
    """
    text = inspect.getsource(inspect.unwrap(piece))
    return hashlib.sha256(text.encode()).hexdigest()[:_FINGERPRINT_LENGTH]


def expect(module: ModuleType, name: str, expected: str) -> Any:
    """Return ``module.name`` as it stands; raises ``PatchMismatchError`` where its source has another fingerprint."""
    piece = getattr(module, name, None)
    if piece is None:
        raise PatchMismatchError(
            f"{module.__name__}.{name} is gone: look whether the gap is closed, then drop its patch"
        )
    found = fingerprint(piece)
    if found != expected:
        raise PatchMismatchError(
            f"{module.__name__}.{name} has changed (fingerprint {found}, the patch expects {expected}): "
            "compare the two versions, then adapt or drop the patch"
        )
    return piece


def wrap(module: ModuleType, name: str, expected: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate the function that takes the place of ``module.name``; it gets the function so far as first argument.

    Raises ``PatchMismatchError`` as ``expect`` does.
    """
    below = expect(module, name, expected)

    def put(replacement: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(below)
        def wrapper(*arguments: Any, **named: Any) -> Any:
            return replacement(below, *arguments, **named)

        setattr(module, name, wrapper)
        return wrapper

    return put
