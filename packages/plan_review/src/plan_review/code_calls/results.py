"""What an analysis of a handler's code finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plan_review.code_calls.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class BotoCall:
    """A call to AWS. ``arguments`` are what is known of them; ``certain`` is false where it may never be reached.

    ``misuse`` says why the SDK would not send it, ``surely`` whether that is so with every version of the SDK.
    """

    service: str
    operation: str
    arguments: tuple[tuple[str, Values], ...]
    file: str
    line: int
    certain: bool = True
    misuse: str = ""
    surely: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A call that may be one to AWS and cannot be told."""

    what: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An environment variable that is read. ``required`` is None where its absence may be handled."""

    name: str
    required: bool | None
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A module that is imported, by its whole name. ``certain`` where that happens when the handler is loaded."""

    name: str
    file: str
    line: int
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a handler does. ``problem`` says why it cannot start; ``found`` whether its code is here at all.

    ``unparsed`` where the problem is that this Python cannot parse the source, which a newer one may. ``files`` are
    the sources that it leads to, and ``imports`` what they import, wherever that comes from; where
    ``searches_elsewhere`` they say themselves where modules are looked for.
    """

    found: bool
    problem: str = ""
    unparsed: bool = False
    calls: tuple[BotoCall, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    reads: tuple[Read, ...] = ()
    writes: frozenset[str] = frozenset()
    dynamic_environment: bool = False
    libraries: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    imports: tuple[Imported, ...] = ()
    searches_elsewhere: bool = False
