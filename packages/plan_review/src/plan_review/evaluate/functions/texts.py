"""Functions of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.functions.graphemes import clusters
from plan_review.evaluate.functions.numeric import whole
from plan_review.evaluate.functions.registry import function, sequence
from plan_review.evaluate.symbols import has_symbols
from plan_review.evaluate.values import (
    NUMBER,
    STRING,
    CollectionOf,
    Many,
    Null,
    RefusedError,
    UnknownError,
    list_of,
)
from plan_review.language.lexer import normal
from plan_review.language.templates import SPACE

if TYPE_CHECKING:
    from plan_review.evaluate.numbers import Number

_TEXTS = CollectionOf("list", STRING)
_SAME_UPPER = "ß"  # has no upper case of one character


def _one_to_one(letter: str, other: str) -> str:
    if len(other) == 1:
        return other
    if letter in _SAME_UPPER:
        return letter
    raise UnknownError  # Go has a case of one character for some of these


@function("upper", STRING)
def _upper(text: str) -> str:
    return "".join(_one_to_one(letter, letter.upper()) for letter in text)


@function("lower", STRING)
def _lower(text: str) -> str:
    return "".join(_one_to_one(letter, letter.lower()) for letter in text)


@function("title", STRING)
def _title(text: str) -> str:
    made, before = "", " "
    for letter in text:
        made += _one_to_one(letter, letter.title()) if _separates(before) else letter
        before = letter
    return made


def _separates(letter: str) -> bool:
    if letter.isalpha() or letter.isdigit() or letter == "_":
        return False
    return letter.isascii() or letter in SPACE


@function("chomp", STRING)
def _chomp(text: str) -> str:
    return text.rstrip("\r\n")


@function("indent", NUMBER, STRING)
def _indent(spaces: Number, text: str) -> str:
    if whole(spaces) < 0:
        raise UnknownError
    return text.replace("\n", "\n" + " " * whole(spaces))


@function("join", STRING, rest=_TEXTS, unknowns=True)
def _join(separator: Any, *lists: Any) -> str:
    if not lists:
        raise RefusedError
    items = [item for each in lists for item in sequence(each).in_order]
    if any(isinstance(item, Null) for item in items):
        raise RefusedError
    return str(separator).join(map(str, items))


@function("split", STRING, STRING, unknowns=True)
def _split(separator: Any, text: Any) -> Many:
    """Split a text; no unknown part of an ARN holds a colon, so that an ARN can be taken apart at one."""
    if has_symbols(separator) or (has_symbols(text) and (":" not in separator or not text.startswith("arn:"))):
        raise UnknownError
    if not separator:
        return list_of(list(text), STRING)
    return list_of(text.split(separator), STRING)


@function("strrev", STRING)
def _strrev(text: str) -> str:
    return normal("".join(reversed(clusters(text))))


@function("substr", STRING, NUMBER, NUMBER)
def _substr(text: str, offset: Number, length: Number) -> str:
    letters = clusters(text)
    start, count = whole(offset), whole(length)
    if start < 0:
        start += len(letters)
        if start < 0 or not count:
            raise UnknownError
    if count < 0:
        return "".join(letters[start:])
    return "".join(letters[start : start + count])


@function("trim", STRING, STRING)
def _trim(text: str, letters: str) -> str:
    return text.strip(letters) if letters else text


@function("trimspace", STRING)
def _trimspace(text: str) -> str:
    return text.strip(SPACE)


@function("trimprefix", STRING, STRING, unknowns=True)
def _trimprefix(text: Any, prefix: Any) -> str:
    return str(text[len(prefix) :]) if _starts(text, prefix) else str(text)


@function("trimsuffix", STRING, STRING, unknowns=True)
def _trimsuffix(text: Any, suffix: Any) -> str:
    if not suffix:
        return str(text)
    return str(text[: -len(suffix)]) if _starts(text[::-1], suffix[::-1]) else str(text)


@function("startswith", STRING, STRING, unknowns=True)
def _startswith(text: Any, prefix: Any) -> bool:
    return _starts(text, prefix)


@function("endswith", STRING, STRING, unknowns=True)
def _endswith(text: Any, suffix: Any) -> bool:
    return _starts(text[::-1], suffix[::-1])


def _starts(text: str, prefix: str) -> bool:
    """Whether a text starts with another; of unknown parts only what is the same is known to be."""
    for one, other in zip(text, prefix, strict=False):
        if one != other:
            if has_symbols(one) or has_symbols(other):
                raise UnknownError
            return False
    if len(prefix) > len(text) and (has_symbols(text) or has_symbols(prefix[len(text) :])):
        raise UnknownError
    return len(prefix) <= len(text)


@function("strcontains", STRING, STRING)
def _strcontains(text: str, part: str) -> bool:
    return part in text
