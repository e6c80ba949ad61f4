"""Regular expressions, which are Go's in Terraform: https://github.com/google/re2/wiki/Syntax .

Only what means the same in Python, or can be written so, is computed. What Go refuses and Python takes (a look-ahead, a
reference back) is unknown, as is all that is not listed here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.functions.registry import function
from plan_review.evaluate.symbols import has_symbols
from plan_review.evaluate.values import (
    STRING,
    Null,
    ObjectOf,
    RefusedError,
    TupleOf,
    Type,
    UnknownError,
    list_of,
    object_of,
    tuple_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPES = {letter: f"\\{letter}" for letter in "dDwWbBtnrfv.\\+*?()|[]{}^$/-_~!@#%&=:;,<>\"'` "}
_ESCAPES |= {"s": "[\\t\\n\\f\\r ]", "S": "[^\\t\\n\\f\\r ]", "A": "\\A", "z": "\\Z", "/": "/"}
_IN_CLASS = {"s": "\\t\\n\\f\\r "}
_NAMED = {
    "alpha": "A-Za-z", "digit": "0-9", "alnum": "0-9A-Za-z", "lower": "a-z", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
    "word": "0-9A-Za-z_", "space": "\\t\\n\\v\\f\\r ", "blank": "\\t ",
}  # fmt: skip
_GROUP = re.compile(r"\(\?(?::|P?<[A-Za-z_]\w*>|[ims]+\)|[ims]+:)")
_REPEAT = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}")
_MOST_REPEATS = 1000
_PLACE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)
_LONGEST = 10_000


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return Go's pattern as Python's. Raises ``UnknownError``."""
    try:
        return re.compile("".join(_translated(pattern)), re.ASCII)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnknownError from error


def _translated(pattern: str) -> Iterator[str]:
    at = 0
    repeats = False
    while at < len(pattern):
        letter = pattern[at]
        part, after = letter, at + 1
        if letter == "\\":
            part, after = _escape(pattern, at, _ESCAPES)
        elif letter == "[":
            part, after = _class(pattern, at)
        elif letter == "(" and pattern[at : at + 2] == "(?":
            part, after = _group(pattern, at)
        elif letter == "{":
            part, after = _repeated(pattern, at)
        elif letter == "$":
            part = "\\Z"
        if repeats and letter in "*+{":
            raise UnknownError  # Go refuses it, or Python takes it for something else
        repeats = letter in "*+?{" and not (repeats and letter == "?")
        yield part
        at = after


def _escape(pattern: str, at: int, known: dict[str, str]) -> tuple[str, int]:
    letter = pattern[at + 1 : at + 2]
    if letter not in known or not letter:
        raise UnknownError
    return known[letter], at + 2


def _group(pattern: str, at: int) -> tuple[str, int]:
    match = _GROUP.match(pattern, at)
    if match is None or (match[0].endswith(")") and at):
        raise UnknownError
    text = match[0]
    return (text if "<" not in text or "P<" in text else text.replace("<", "P<")), match.end()


def _repeated(pattern: str, at: int) -> tuple[str, int]:
    match = _REPEAT.match(pattern, at)
    if match is None or any(int(each) > _MOST_REPEATS for each in match.groups() if each):
        raise UnknownError
    return match[0], match.end()


def _class(pattern: str, at: int) -> tuple[str, int]:
    end = at + 1
    text = "["
    if pattern[end : end + 1] == "^":
        text, end = "[^", end + 1
    if pattern[end : end + 1] == "]":
        text, end = text + "\\]", end + 1
    while end < len(pattern) and pattern[end] != "]":
        if pattern[end : end + 2] == "[:":
            name, closed, _ = pattern[end + 2 :].partition(":]")
            if not closed or name not in _NAMED:
                raise UnknownError
            text, end = text + _NAMED[name], end + len(name) + 4
        elif pattern[end] == "\\":
            part, end = _escape(pattern, end, _ESCAPES | _IN_CLASS | {"b": "", "B": "", "A": "", "z": "", "S": ""})
            if not part:
                raise UnknownError
            text += part
        else:
            text += "\\[" if pattern[end] == "[" else pattern[end]
            end += 1
    if end >= len(pattern):
        raise UnknownError
    return re.sub(r"([&|~])\1", r"\1\\\1", text) + "]", end + 1


def _compared(pattern: str, text: str) -> re.Pattern[str]:
    """Compile a pattern for a text. Case beyond ASCII is folded otherwise in Go, and a long text takes too long."""
    if len(text) > _LONGEST or len(pattern) > _LONGEST or ("(?" in pattern and not (pattern + text).isascii()):
        raise UnknownError
    return _compiled(pattern)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches as Go does: none that is empty at the end of the one before."""
    end = -1
    for match in pattern.finditer(text):
        if match.end() > match.start() or match.start() != end:
            yield match
        end = match.end()


def _result(pattern: re.Pattern[str]) -> Type:
    """Return the type of a match: a text, a tuple of what the groups hold, or an object of the named ones."""
    if not pattern.groups:
        return STRING
    if not pattern.groupindex:
        return TupleOf((STRING,) * pattern.groups)
    if len(pattern.groupindex) != pattern.groups:
        raise RefusedError
    return ObjectOf(tuple((name, STRING) for name in sorted(pattern.groupindex)))


def _captured(match: re.Match[str]) -> Any:
    kind = _result(match.re)
    if isinstance(kind, ObjectOf):
        return object_of({name: _or_null(text) for name, text in match.groupdict().items()})
    return match[0] if kind is STRING else tuple_of(map(_or_null, match.groups()))


def _or_null(text: str | None) -> Any:
    return Null(STRING) if text is None else text


@function("regex", STRING, STRING)
def _regex(pattern: str, text: str) -> Any:
    compiled = _compared(pattern, text)
    _result(compiled)
    match = compiled.search(text)
    if match is None:
        raise RefusedError
    return _captured(match)


@function("regexall", STRING, STRING)
def _regexall(pattern: str, text: str) -> Any:
    compiled = _compared(pattern, text)
    return list_of([_captured(match) for match in _matches(compiled, text)], _result(compiled))


@function("replace", STRING, STRING, STRING, unknowns=True)
def _replace(text: Any, part: Any, by: Any) -> str:
    if has_symbols(text) or has_symbols(part):
        raise UnknownError
    if not (len(part) > 1 and part.startswith("/") and part.endswith("/")):
        return str(text.replace(part, by))
    if has_symbols(by):
        raise UnknownError
    made, end = "", 0
    for match in _matches(_compared(part[1:-1], text), text):
        made += text[end : match.start()] + _filled(by, match)
        end = match.end()
    return made + str(text[end:])


def _filled(template: str, match: re.Match[str]) -> str:
    def group(place: re.Match[str]) -> str:
        if place[0] == "$$":
            return "$"
        name = place[1] or place[2]
        if name.isdigit():
            return (match[int(name)] or "") if int(name) <= match.re.groups else ""
        return (match[name] or "") if name in match.re.groupindex else ""

    return _PLACE.sub(group, template)
