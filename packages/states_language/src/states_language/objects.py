"""Check an object against its shape: its fields, their types and ranges, and which exclude each other."""

from __future__ import annotations

import difflib
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from states_language.definition import CLOSE, JSONATA, JSONPATH, OPEN
from states_language.fields import Field, Kind, Shape
from states_language.paths import path_problem, reference_problem
from states_language.problems import Problem
from states_language.templates import template_problems
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states_language.problems import Place

_LONGEST_SHOWN = 60
_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.FLAG: (bool,),
    Kind.WHOLE: (int,),
    Kind.NUMBER: (int, float),
    Kind.OBJECT: (dict,),
    Kind.LIST: (list,),
    Kind.ITEMS: (list, dict),
    Kind.CONDITION: (bool,),
    Kind.CREDENTIALS: (dict,),
    Kind.TIMESTAMP: (str,),
    Kind.PATH: (str,),
    Kind.REFERENCE: (str,),
    Kind.TEMPLATE: (dict, list, str, int, float, bool, type(None)),
}
_WORDS = {Kind.TEXT: "STRING", Kind.FLAG: "BOOLEAN", Kind.WHOLE: "INTEGER", Kind.NUMBER: "NUMBER"}
_WORDS |= {Kind.OBJECT: "OBJECT", Kind.LIST: "ARRAY"}
# RFC 3339 with an upper-case T, and Z where there is no offset: https://states-language.net/spec.html#timestamps
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


def check(given: dict[str, Any], shape: Shape, place: Place, language: str, whose: str) -> Iterator[Problem]:
    """Yield what is wrong with an object's own fields and with the objects in it whose shape is known.

    ``whose`` names it for a person: "a Map state".
    """
    for name, value in given.items():
        yield from _field(name, value, shape=shape, place=place, language=language, whose=whose)
    for group in shape.one_of:
        names = [name for name in group if name in given and shape.fields[name].language in ("", language)]
        if len(names) > 1:
            listed = " and ".join(names)
            yield Problem(
                place,
                f"{whose} has both {listed}",
                "keep one of them",
                answer=f"There should only be one of the following fields: [{', '.join(group)}]",
            )
    if lacking := _lacking(given, shape):
        names = [_either(group, shape, language) for group in lacking]
        answer = f"These fields are required: [{', '.join(' | '.join(group) for group in lacking)}]"
        yield Problem(place, f"{whose} has no {' and no '.join(names)}", f"give {' and '.join(names)}", answer=answer)
    for name, inner in shape.nested.items():
        if isinstance(given.get(name), dict):
            yield from check(given[name], inner, place.at(name), language, f"its {name}")


def _lacking(given: dict[str, Any], shape: Shape) -> list[tuple[str, ...]]:
    if any(map(is_partial, given)):
        return []
    return [group for group in shape.required if not any(name in given for name in group)]


def _either(group: tuple[str, ...], shape: Shape, language: str) -> str:
    return " or ".join([name for name in group if shape.fields[name].language in ("", language)] or group)


def _field(name: str, value: Any, *, shape: Shape, place: Place, language: str, whose: str) -> Iterator[Problem]:
    known = shape.fields.get(name)
    if known is None:
        if not is_partial(name):
            yield _unknown(name, shape, place, whose)
    elif known.language and known.language != language:
        yield Problem(
            place,
            f"{name} is not for {language}",
            f"write it in the way of {language}",
            answer=f"The QueryLanguage is set to '{language}', but field '{name}' is only supported for the "
            f"'{known.language}' QueryLanguage",
        )
    else:
        yield from value_problems(name, value, known, place.at(name), language)


def _unknown(name: str, shape: Shape, place: Place, whose: str) -> Problem:
    lower = {each.lower(): each for each in shape.fields}
    near = difflib.get_close_matches(name.lower(), lower, n=1)
    remedy = f"did you mean {lower[near[0]]}?" if near else "take it out"
    return Problem(place, f"there is no field {name} in {whose}", remedy, answer=f"Field '{name}' is not supported")


def value_problems(name: str, value: Any, known: Field, place: Place, language: str) -> Iterator[Problem]:
    """Yield what is wrong with the value of a field."""
    if is_partial(value) or (value is None and known.empty):
        return
    if (
        isinstance(value, str)
        and language == JSONATA
        and (known.computed or known.kind in (Kind.CONDITION, Kind.ITEMS))
    ):
        if value.startswith(OPEN) or value.endswith(CLOSE):
            return
        if known.kind in (Kind.CONDITION, Kind.ITEMS):
            yield _wrong(name, value, known, place)
            return
    wanted = _TYPES.get(known.kind)
    if wanted is not None and (not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted)):
        # Whether a whole number may be written as 60.0 is not known.
        if not (known.kind is Kind.WHOLE and isinstance(value, float) and value.is_integer()):
            yield _wrong(name, value, known, place)
        return
    if known.kind is Kind.TEMPLATE or (known.kind in (Kind.PAYLOAD, Kind.CREDENTIALS) and language == JSONPATH):
        yield from template_problems(value, place)
    else:
        yield from _content(name, value, known, place)


def _content(name: str, value: Any, known: Field, place: Place) -> Iterator[Problem]:
    if known.options and value not in known.options:
        listed = ", ".join(known.options)
        answer = f"Value should be one of the following: [{listed}]"
        yield Problem(place, f"{name} is {shown(value)}", f"use one of {listed}", answer=answer)
    if known.kind in (Kind.WHOLE, Kind.NUMBER):
        yield from _range(name, value, known, place)
    elif known.kind is Kind.TIMESTAMP and not is_timestamp(value):
        yield _wrong(name, value, known, place)
    elif known.kind in (Kind.PATH, Kind.REFERENCE):
        what = (path_problem if known.kind is Kind.PATH else reference_problem)(name, value)
        if what:
            words = "Value must be a valid JSONPath." if known.kind is Kind.PATH else "Value is not a Reference Path"
            remedy = f"write {known.kind}"
            yield Problem(place, f"{name} is {shown(value)}: {what}", remedy, answer=words)


def _range(name: str, value: float, known: Field, place: Place) -> Iterator[Problem]:
    low, high = known.low, known.high
    if (low is None or value >= low) and (high is None or value <= high):
        return
    allowed = (
        f"give {low:.12g} to {high:.12g}" if low is not None and high is not None else f"give at least {low or 0:g}"
    )
    below = low is not None and value < low
    answer = f"Minimum value is {low:g}" if below else f"Maximum value is {high:.12g}"
    yield Problem(place, f"{name} is {value}", allowed, answer=answer)


def _wrong(name: str, value: Any, known: Field, place: Place) -> Problem:
    article = "the text " if isinstance(value, str) else ""
    word = _WORDS.get(known.kind)
    answer = f"Expected value of type [{word}]" if word else ""
    return Problem(place, f"{name} is {article}{shown(value)}", f"write {known.kind}", answer=answer)


def is_timestamp(text: str) -> bool:
    """Whether a text is a timestamp as the language takes it."""
    if _TIMESTAMP.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def shown(value: Any) -> str:
    """Return a value as a person finds it in the definition, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
