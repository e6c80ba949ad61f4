"""The order in which the real provider's library walks a set of blocks: by a checksum of what each holds.

It shows where two blocks of a set end up in one list, as principals of the same type do.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def ordered(elements: list[Mapping[str, Any]], sets: frozenset[str] = frozenset()) -> list[Mapping[str, Any]]:
    """Return blocks of strings and lists of strings in that order; ``sets`` names the members that are sets."""
    codes = {_code(_serialized(element, sets)): element for element in elements}
    return [codes[code] for code in sorted(codes)]


def _code(text: str) -> str:
    """Return the key of an element in the library's set: its checksum as a decimal number, sorted as text."""
    return str(zlib.crc32(text.encode()))


def _serialized(element: Mapping[str, Any], sets: frozenset[str]) -> str:
    return "".join(f"{name}:{_member(element[name], is_set=name in sets)};" for name in sorted(element))


def _member(value: Any, *, is_set: bool) -> str:
    if not isinstance(value, list):
        return value or ""
    if is_set:
        items = sorted(value, key=lambda item: _code(f"{item};"))
        return "{" + "".join(f"{item};" for item in items) + "}"
    return "(" + "".join(f"{item or ''};" for item in value) + ")"
