"""Read the definitions of a configuration's state machines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from states_language.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from states_language.problems import Problem

_DOCUMENT = "definition"
_PLACE = re.compile(r"\$\{\s*[A-Za-z_][\w.]*\s*\}")


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that could be read, or ``problem``: why AWS would refuse it; ``unknown`` where neither is known.

    ``unrendered`` names the places of a template that was taken as it is: nothing else can be said of such a text.

    Texts in ``body`` of which a part is not known are marked: ``states_language.unknown``.
    """

    body: dict[str, Any] | None
    problem: Problem | None = None
    unknown: str = ""
    unrendered: tuple[str, ...] = ()


def read_definition(machine: Item) -> Definition:
    """Read the ``definition`` of an ``aws_sfn_state_machine``."""
    # An empty text counts as left out, and the argument is one that must be given.
    text = machine.get(_DOCUMENT, "")
    if not isinstance(text, str):
        return Definition(None, unknown="the definition is no text")
    body, problem = parse(text, has_symbols)
    if body is None and problem is None:
        return Definition(None, unknown=f"{machine.evaluator.shown(text)} is known after deployment only")
    if body is not None and (places := tuple(dict.fromkeys(_places(body)))):
        return Definition(None, unrendered=places)
    return Definition(body, problem)


def _places(value: Any) -> Iterator[str]:
    """Yield the values that are a template's place and nothing else, such as ``${FunctionArn}``."""
    if isinstance(value, str) and _PLACE.fullmatch(value):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _places(inner)
