"""Which versions of the AWS provider the configuration is valid for."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The oldest version that the stacks are planned and applied with in the tests.
OLDEST = (5, 100, 0)
# The bindings are made from this major version; a later one may take away what they write.
NEWEST_MAJOR = 6

_EXACT = re.compile(r"(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class ProviderVersion:
    """An exact version that the configuration is valid for."""

    def remedy(self, value: str) -> str | None:
        """Say what would be right where ``value`` is no exact version, or one outside the bounds."""
        exact = _EXACT.fullmatch(value)
        if exact is None:
            return f"give {self}"
        version = tuple(int(part) for part in exact.groups())
        if version < OLDEST:
            return f"the stacks are tried from {_shown(OLDEST)} on; give {self}"
        if version[0] > NEWEST_MAJOR:
            return f"the bindings are made from version {NEWEST_MAJOR}, and a later one may refuse them; give {self}"
        return None

    def __str__(self) -> str:
        return f"an exact version such as {_shown(OLDEST)}, from that up to the last {NEWEST_MAJOR}.x"


def _shown(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
