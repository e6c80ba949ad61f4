"""What came of trying mistakes: a row for each, and the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.checks import Outcome
    from tests.faults.mutation import Mutation


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mistake and what every layer that ran says of it, in order."""

    mutation: Mutation
    outcomes: tuple[Outcome, ...]

    @property
    def first(self) -> Outcome | None:
        """The first layer that catches it."""
        return next((outcome for outcome in self.outcomes if outcome.caught), None)

    @property
    def layers(self) -> list[str]:
        """Every layer that catches it."""
        return [outcome.layer for outcome in self.outcomes if outcome.caught]


@dataclass(slots=True)
class Trial:
    """What came of it. ``alarms`` are false ones: what is found without a mistake, by the harmless change."""

    rows: list[Row]
    alarms: list[tuple[str, Outcome]]
    provider: str = ""
    scanners: dict[str, str] = field(default_factory=dict)

    @property
    def layers(self) -> set[str]:
        """The layers that ran."""
        return {outcome.layer for row in self.rows for outcome in row.outcomes}
