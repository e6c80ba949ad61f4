"""Texts of which a part is not known, such as a name that is made up at deployment. Nothing is said of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Partial(str):
    """A text of which a part is not known; where it is the whole of a value, that may be of any type."""

    __slots__ = ()


def marked(value: Any, is_unknown: Callable[[str], bool]) -> Any:
    """Return a JSON value in which every text, also as a key, with an unknown part is a ``Partial``."""
    if isinstance(value, str):
        return Partial(value) if is_unknown(value) else value
    if isinstance(value, dict):
        return {marked(name, is_unknown): marked(inner, is_unknown) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner, is_unknown) for inner in value]
    return value


def is_partial(value: object) -> bool:
    """Whether a part of a text is not known."""
    return isinstance(value, Partial)
