"""What can be wrong with a definition, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SCHEMA = "SCHEMA_VALIDATION_FAILED"
"""The code under which the service answers most of what it refuses."""


class Level(StrEnum):
    """What comes of a problem."""

    REFUSED = "refused"
    """Step Functions does not take the definition."""
    FAILS = "fails"
    """The definition is taken, and an execution fails or never ends where it comes to this."""
    DOUBTFUL = "doubtful"
    """What the service does is not certain, or it is not certain that an execution comes to this."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a definition.

    ``states`` are the names of the state and of those around it, the outermost first; ``location`` is the path as
    ValidateStateMachineDefinition writes it, such as ``/States/Each/Branches[0]/States/Pay/Next``.
    """

    states: tuple[str, ...] = ()
    location: str = ""

    def at(self, field: str) -> Place:
        """Return the place of a field."""
        return Place(self.states, f"{self.location}/{field}")

    def item(self, index: int) -> Place:
        """Return the place of an entry of a list."""
        return Place(self.states, f"{self.location}[{index}]")

    def state(self, name: str) -> Place:
        """Return the place of a state of the machine that is here."""
        return Place((*self.states, name), f"{self.location}/States/{name}")

    @property
    def field(self) -> str:
        """The field, or the entry of a list, within its state or machine: ``Retry[0]/MaxAttempts``."""
        return self.location[self.location.rfind("/States/") :].removeprefix("/States/").partition("/")[2]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: ``what`` it is and the ``remedy``, in words for a person.

    ``code`` is the service's own, and ``answer`` its words where they are recorded, else empty.
    """

    place: Place
    what: str
    remedy: str
    code: str = SCHEMA
    level: Level = Level.REFUSED
    answer: str = ""

    @property
    def diagnostic(self) -> dict[str, str]:
        """The form in which ValidateStateMachineDefinition answers.

        https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
        """
        severity = "ERROR" if self.level is Level.REFUSED else "WARNING"
        fields = {
            "severity": severity,
            "code": self.code,
            "message": self.answer or f"{self.what}: {self.remedy}",
            "location": self.place.location,
        }
        return {name: text for name, text in fields.items() if text}
