"""Read the definitions of a configuration's state machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from states_language.parsing import parse

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item
    from states_language.problems import Problem

_DOCUMENT = "definition"


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that could be read, or ``problem``: why AWS would refuse it; ``unknown`` where neither is known.

    Texts in ``body`` of which a part is not known are marked: ``states_language.unknown``.
    """

    body: dict[str, Any] | None
    problem: Problem | None = None
    unknown: str = ""


def read_definition(machine: Item) -> Definition:
    """Read the ``definition`` of an ``aws_sfn_state_machine``."""
    text = machine.get(_DOCUMENT)
    if not isinstance(text, str):
        return Definition(None, unknown="the definition is no text")
    body, problem = parse(text, has_symbols)
    if body is None and problem is None:
        return Definition(None, unknown=f"{machine.evaluator.shown(text)} is known after deployment only")
    return Definition(body, problem)
