"""What a setting may hold beyond its type; each kind of constraint words its own remedy.

They stand in a field's annotation: ``Annotated[int, Doc("…"), Between(1, 900, "seconds")]``.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence


@runtime_checkable
class Constraint(Protocol):
    """What a value has to satisfy beyond its type; ``str()`` of it describes the allowed values."""

    def remedy(self, value: Any) -> str | None:
        """Return what would be right, or ``None`` where ``value`` is right."""


@dataclass(frozen=True, slots=True)
class Doc:
    """What a setting means, in a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class FromKey:
    """The field is not a setting: it takes the key under which its object stands."""


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """The object has to hold at least one entry."""


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number in a closed range."""

    low: int
    high: int
    unit: str

    def remedy(self, value: int) -> str | None:
        """Name the range where ``value`` is outside it."""
        return None if self.low <= value <= self.high else f"give {self}"

    def __str__(self) -> str:
        return f"{self.low} to {self.high} {self.unit}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few values; ``owner`` is who accepts only these."""

    values: tuple[int | str, ...]
    owner: str

    def remedy(self, value: int | str) -> str | None:
        """List the values and the nearest one where ``value`` is none of them."""
        if value in self.values:
            return None
        return f"{self.owner} accepts only {self}{nearest(value, self.values)}"

    def __str__(self) -> str:
        return ", ".join(map(str, self.values))


@dataclass(frozen=True, slots=True)
class Matches:
    """A string of a given form; ``form`` says it in words.

    ``exceptions`` are patterns of what the form lets through and is wrong nevertheless, each with its remedy.
    """

    pattern: str
    form: str
    exceptions: tuple[tuple[str, str], ...] = ()

    def remedy(self, value: str) -> str | None:
        """Describe the form where ``value`` does not have it, or say which exception it is."""
        if not re.fullmatch(self.pattern, value):
            return f"give {self.form}"
        return next((remedy for pattern, remedy in self.exceptions if re.search(pattern, value)), None)

    def __str__(self) -> str:
        return self.form


def nearest(value: object, allowed: Sequence[object]) -> str:
    """Return a hint at the allowed value that was probably meant; empty where none is near."""
    numbers = [item for item in allowed if isinstance(item, int)]
    if isinstance(value, int) and numbers:
        return f" (nearest: {min(numbers, key=lambda item: abs(item - value))})"
    matches = difflib.get_close_matches(str(value), [str(item) for item in allowed], n=1)
    return f' (did you mean "{matches[0]}"?)' if matches else ""
