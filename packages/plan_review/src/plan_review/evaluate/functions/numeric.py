"""Functions of numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from plan_review.evaluate.conversions import number
from plan_review.evaluate.functions.registry import function, sequence
from plan_review.evaluate.numbers import Counted, Number, absolute, computed, is_number
from plan_review.evaluate.values import ANY, NUMBER, Many, Null, RefusedError, UnknownError

_MOST_WHOLE = 2**63
_MOST_EXACT = 2**53
_HIGHEST_POWER = 1000
_BASES = range(2, 63)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_ITEMS = 1024  # of a range


@function("abs", NUMBER)
def _abs(value: Number) -> Number:
    return absolute(value)


@function("ceil", NUMBER)
def _ceil(value: Number) -> Number:
    return Counted(-(-value // 1))


@function("floor", NUMBER)
def _floor(value: Number) -> Number:
    return Counted(value // 1)


@function("signum", NUMBER)
def _signum(value: Number) -> Number:
    found = whole(value)
    return Counted((found > 0) - (found < 0))


@function("max", NUMBER, rest=NUMBER)
def _max(*values: Number) -> Number:
    return max(values)


@function("min", NUMBER, rest=NUMBER)
def _min(*values: Number) -> Number:
    return min(values)


@function("pow", NUMBER, NUMBER)
def _pow(base: Number, exponent: Number) -> Number:
    """Return a power that a 64-bit float holds exactly: any other depends on the processor's rounding."""
    if isinstance(base, int) and isinstance(exponent, int) and 0 <= exponent < _HIGHEST_POWER:
        made = base**exponent
        if abs(made) < _MOST_EXACT:
            return Counted(made)
    raise UnknownError


@function("log", NUMBER, NUMBER)
def _log(value: Number, base: Number) -> Number:
    """Return a logarithm that needs no rounding."""
    if base > 1 and value in (1, base):
        return Counted(0 if value == 1 else 1)
    raise UnknownError


@function("parseint", ANY, NUMBER)
def _parseint(text: Any, base: Number) -> Number:
    if not isinstance(text, str) or base not in _BASES:
        raise RefusedError
    if base > len(_DIGITS):
        raise UnknownError  # upper and lower case are different digits there
    bare = text[1:] if text[:1] in ("+", "-") else text
    if not bare or any(letter not in _DIGITS[: int(base)] for letter in bare.lower()) or not bare.isascii():
        raise RefusedError if "_" not in bare else UnknownError
    return Counted(int(text, int(base)))


@function("sum", ANY)
def _sum(values: Any) -> Number:
    items = sequence(values).items
    if not items:
        raise RefusedError
    total = number(items[0])
    for item in items[1:]:
        total = computed("+", total, number(item))
    assert is_number(total)  # noqa: S101 - for the type checker: number() returns nothing else
    return total


@function("range", NUMBER, rest=NUMBER)
def _range(*given: Number) -> Many:
    if len(given) > 3:  # noqa: PLR2004  # start, limit, step
        raise RefusedError
    start, limit = (0, given[0]) if len(given) == 1 else given[:2]
    step = given[2] if len(given) > 2 else (1 if limit >= start else -1)  # noqa: PLR2004
    if step == 0 or (limit > start and step < 0) or (limit < start and step > 0):
        raise RefusedError
    made: list[Number] = []
    while (start < limit) if step > 0 else (start > limit):
        if len(made) >= _MOST_ITEMS:
            raise RefusedError
        made.append(start)
        start = computed("+", start, step)
    return Many("list", tuple(made), NUMBER)


@function("tonumber", ANY, nulls=True)
def _tonumber(value: Any) -> Any:
    return Null(NUMBER) if isinstance(value, Null) else number(value)


def whole(value: Number) -> int:
    """Return a number as a Python integer. Raises ``RefusedError`` where it has a fraction, or more than 64 bits."""
    if isinstance(value, Fraction) or abs(value) >= _MOST_WHOLE:
        raise RefusedError
    return int(value)
