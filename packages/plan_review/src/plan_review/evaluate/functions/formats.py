"""``format`` and ``formatlist``: https://developer.hashicorp.com/terraform/language/functions/format ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.conversions import as_text, convert, truth
from plan_review.evaluate.functions.encodings import json_text
from plan_review.evaluate.functions.graphemes import clusters
from plan_review.evaluate.functions.registry import function
from plan_review.evaluate.numbers import (
    Number,
    absolute,
    fixed_text_of,
    general_text_of,
    is_number,
    scientific_text_of,
)
from plan_review.evaluate.symbols import has_symbols
from plan_review.evaluate.values import (
    ANY,
    NUMBER,
    STRING,
    Many,
    Null,
    RefusedError,
    UnknownError,
    is_known,
    list_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_VERB = re.compile(
    r"%(?:%|(?P<flags>[ +0#-]*)(?P<width>[1-9]\d{0,3})?(?:\.(?P<precision>\d{1,3}))?(?:\[(?P<index>\d{1,3})\])?"
    r"(?P<mode>[vtbdoxXeEfgGsq]))"
)
_INTEGERS = {"b": "b", "d": "d", "o": "o", "x": "x", "X": "X"}
_DEFAULT_PLACES = 6


@function("format", STRING, rest=ANY, nulls=True, unknowns=True)
def _format(pattern: Any, *values: Any) -> str:
    if isinstance(pattern, Null):
        raise RefusedError
    return _formatted(pattern, values)


@function("formatlist", STRING, rest=ANY, nulls=True, unknowns=True)
def _formatlist(pattern: Any, *values: Any) -> Many:
    if isinstance(pattern, Null):
        raise RefusedError
    many = [value for value in values if isinstance(value, Many)]
    if any(not is_known(value) and not isinstance(value, (str, Many)) for value in values):
        raise UnknownError
    lengths = {len(value.items) for value in many} or {1}
    if len(lengths) > 1:
        raise RefusedError
    rows = [
        [value.in_order[row] if isinstance(value, Many) else value for value in values] for row in range(lengths.pop())
    ]
    return list_of([_formatted(pattern, row) for row in rows], STRING)


def _formatted(pattern: str, values: Sequence[Any]) -> str:
    if has_symbols(pattern):
        raise UnknownError
    made, end, place, used = "", 0, 0, 0
    for match in _VERB.finditer(pattern):
        made += _literal(pattern[end : match.start()])
        end = match.end()
        if match[0] == "%%":
            made += "%"
            continue
        place = int(match["index"]) if match["index"] else place + 1
        if not 0 < place <= len(values):
            raise RefusedError
        used = max(used, place)
        made += _filled(match, values[place - 1])
    made += _literal(pattern[end:])
    if used < len(values):
        raise RefusedError
    return made


def _literal(text: str) -> str:
    if "%" in text:
        raise UnknownError
    return text


def _filled(verb: re.Match[str], value: Any) -> str:
    mode = verb["mode"]
    bare = not (verb["flags"] or verb["width"] or verb["precision"])
    if not is_known(value):
        if isinstance(value, str) and bare and mode in "sv":
            return value
        raise UnknownError
    if isinstance(value, Null) and mode != "v":
        raise RefusedError
    writers: dict[str, Callable[[], str]] = {
        "v": lambda: _padded(_as_it_is(verb, value), verb),
        "t": lambda: "true" if truth(value) else "false",
        "s": lambda: _padded(_cut(as_text(value), verb), verb),
        "q": lambda: _padded(json_text(_cut(as_text(value), verb)), verb),
    }
    return writers[mode]() if mode in writers else _number(verb, convert(value, NUMBER))


def _as_it_is(verb: re.Match[str], value: Any) -> str:
    if "#" not in verb["flags"]:
        if isinstance(value, str):
            return value
        if is_number(value):
            return general_text_of(value)
    return json_text(value)


def _cut(text: str, verb: re.Match[str]) -> str:
    wanted = int(verb["precision"] or 0)
    return "".join(clusters(text)[:wanted]) if wanted else text


def _padded(text: str, verb: re.Match[str]) -> str:
    missing = int(verb["width"]) - len(clusters(text)) if verb["width"] else 0
    if missing <= 0:
        return text
    padding = ("0" if "0" in verb["flags"] else " ") * missing
    return text + padding if "-" in verb["flags"] else padding + text


def _number(verb: re.Match[str], value: Number) -> str:
    flags, mode = verb["flags"], verb["mode"]
    if "#" in flags or (mode in _INTEGERS and verb["precision"]):
        raise UnknownError
    sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
    digits = _digits(mode, value, verb["precision"])
    missing = int(verb["width"] or 0) - len(sign) - len(digits)
    if missing <= 0:
        return sign + digits
    if "-" in flags:
        if "0" in flags:
            raise UnknownError
        return sign + digits + " " * missing
    return sign + "0" * missing + digits if "0" in flags else " " * missing + sign + digits


def _digits(mode: str, value: Number, precision: str | None) -> str:
    if mode in _INTEGERS:
        if not isinstance(value, int):
            raise RefusedError
        return format(abs(int(value)), _INTEGERS[mode])
    places = int(precision) if precision else _DEFAULT_PLACES
    if mode == "f":
        return fixed_text_of(value, places)
    if mode in "eE":
        text = scientific_text_of(value, places)
    elif precision:
        raise UnknownError
    else:
        text = general_text_of(absolute(value))
    return text.upper() if mode.isupper() else text
