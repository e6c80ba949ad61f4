"""What the value of an argument is known to be before anything is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan_review.model import Resource


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is stated in full: a string, number, truth value, None, or lists and mappings of those."""

    value: Any


@dataclass(frozen=True, slots=True)
class Known:
    """An attribute of a resource that the configuration holds; None is the resource as a whole.

    ``attribute`` is the first step only, such as ``arn``; ``text`` is the whole expression.
    """

    resource: Resource
    attribute: str | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told from the configuration. ``references`` are the addresses that it is made of."""

    reason: str
    references: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A string of literal parts and references, such as ``${aws_s3_bucket.x.arn}/*``."""

    parts: tuple[Literal | Known | Unknown, ...]


@dataclass(frozen=True, slots=True)
class Composite:
    """A list or mapping with at least one reference somewhere in it.

    Inside ``value``, plain Python values are literal and every other value is one of these classes.
    """

    value: list[Any] | dict[str, Any]


Value = Literal | Known | Template | Unknown | Composite
