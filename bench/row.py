"""What a row of the table says, and the list to which the modules of ``bench.rows`` add theirs."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bench.measure import Command, Pairs


@dataclass(frozen=True, slots=True)
class Aim:
    """
    A ratio of times to reach: at least so many times faster than the other, or at most so many times its time.

    Make one with ``times_faster`` or ``at_most``.
    """

    ratio: float
    faster: bool

    def ratios(self, pairs: Pairs) -> tuple[float, ...]:
        """Return the ratio of each pair, in the direction of this aim."""
        return pairs.times_faster() if self.faster else pairs.times_the_other()

    def is_met(self, pairs: Pairs) -> bool:
        """Whether the median of the ratios reaches the aim."""
        median = statistics.median(self.ratios(pairs))
        return median >= self.ratio if self.faster else median <= self.ratio

    def __str__(self) -> str:
        return f"≥ {self.ratio:g}x faster" if self.faster else f"≤ {self.ratio:g}x its time"


def times_faster(ratio: float) -> Aim:
    """Aim at taking at most 1/``ratio`` of the other's time."""
    return Aim(ratio, faster=True)


def at_most(ratio: float) -> Aim:
    """Aim at taking at most ``ratio`` times the other's time."""
    return Aim(ratio, faster=False)


@dataclass(frozen=True, kw_only=True)
class Row:
    """
    One comparison.

    ``name`` is what ``--rows`` takes, ``title`` what is measured, ``other`` what a person would use instead, said
    exactly. ``commands`` makes both commands, ours first, in a scratch folder that goes when the row is done.
    ``facts`` tells more than times by name: what the commands left there, or what another run of them shows.
    """

    name: str
    title: str
    other: str
    aim: Aim
    commands: Callable[[Path], tuple[Command, Command]]
    facts: Callable[[Path], Mapping[str, str]] = lambda _folder: {}


_rows: dict[str, Row] = {}


def register(row: Row) -> None:
    """Add a row to the table. Raises ValueError if the name is taken."""
    if row.name in _rows:
        raise ValueError(f"There is a row {row.name!r} already")
    _rows[row.name] = row


def registered() -> tuple[Row, ...]:
    """Return all rows in the order in which they were added."""
    return tuple(_rows.values())
