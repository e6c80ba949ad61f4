"""Two values compared in depth, and the list of what may differ, each entry with its reason.

A list is a TOML file of ``[[difference]]`` tables: ``where`` (one pattern or several, ``*`` for anything), ``kind``
(``added`` where only the offline provider has it, ``removed`` where only the real one has, ``changed``; left out: any)
and ``reason``. What is listed nowhere fails a test, and so does a pattern that nothing matches any more.
"""

from __future__ import annotations

import fnmatch
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SHOWN = 160


class _Absent:
    """The type of ``ABSENT``."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = _Absent()


@dataclass(frozen=True)
class Difference:
    """One place where the two differ. ``where`` is what patterns are held against, ``subject`` whose it is."""

    where: str
    subject: str
    real: Any
    offline: Any

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``, as seen from the real provider."""
        return "added" if self.real is ABSENT else "removed" if self.offline is ABSENT else "changed"

    def __str__(self) -> str:
        return f"{self.where} ({self.subject}): real {_shown(self.real)}, offline {_shown(self.offline)}"


def _shown(value: Any) -> str:
    text = repr(value) if value is ABSENT else json.dumps(value, default=repr, sort_keys=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def differences(real: Any, offline: Any, where: str, subject: str) -> Iterator[Difference]:
    """Yield every place where two values differ; indexes of lists are left out of ``where``, but in ``subject``."""
    if isinstance(real, dict) and isinstance(offline, dict):
        for key in sorted(real.keys() | offline.keys()):
            yield from differences(
                real.get(key, ABSENT), offline.get(key, ABSENT), f"{where}.{key}", f"{subject}.{key}"
            )
    elif isinstance(real, list) and isinstance(offline, list) and len(real) == len(offline):
        for index, (one, other) in enumerate(zip(real, offline, strict=True)):
            yield from differences(one, other, where, f"{subject}[{index}]")
    elif type(real) is not type(offline) or real != offline:
        yield Difference(where, subject, real, offline)


@dataclass(frozen=True)
class Listed:
    """One entry of a list."""

    where: tuple[str, ...]
    reason: str
    kind: str | None = None

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """``where`` as regular expressions."""
        return tuple(re.compile(fnmatch.translate(pattern)) for pattern in self.where)

    def matching(self, difference: Difference) -> set[str]:
        """Return the patterns that allow the difference."""
        if self.kind not in (None, difference.kind):
            return set()
        pairs = zip(self.where, self.patterns, strict=True)
        return {pattern for pattern, compiled in pairs if compiled.match(difference.where)}


def read_list(path: Path) -> list[Listed]:
    """Read a list. Raises ``ValueError`` where an entry says nothing, or no reason."""
    entries = []
    for entry in tomllib.loads(path.read_text()).get("difference", []):
        where = entry.pop("where", ())
        listed = Listed(where=(where,) if isinstance(where, str) else tuple(where), **entry)
        if not listed.where or not listed.reason.strip() or listed.kind not in (None, "added", "removed", "changed"):
            raise ValueError(f"{path.name}: {listed} is not a whole entry")
        entries.append(listed)
    return entries


def judge(found: Iterable[Difference], listed: Iterable[Listed]) -> tuple[list[str], list[str]]:
    """Return the differences that are listed nowhere, and the listed patterns that allow nothing."""
    entries = list(listed)
    dead = {(entry.reason, pattern) for entry in entries for pattern in entry.where}
    unlisted = []
    for difference in found:
        allowed = {(entry.reason, pattern) for entry in entries for pattern in entry.matching(difference)}
        dead -= allowed
        if not allowed:
            unlisted.append(str(difference))
    return unlisted, sorted(f"{pattern} ({reason})" for reason, pattern in dead)
