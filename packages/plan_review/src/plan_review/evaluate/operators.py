"""Terraform's operators on values that may be unknown in parts."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.conversions import convert, number, same, truth, unify
from plan_review.evaluate.numbers import computed
from plan_review.evaluate.values import (
    ANY,
    NULL,
    Keyed,
    Many,
    Null,
    RefusedError,
    UnknownError,
    is_known,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def unary(sign: str, value: Any) -> Any:
    """Apply ``!`` or ``-``. Raises ``RefusedError`` or ``UnknownError``."""
    if sign == "!":
        return not truth(value)
    if number(value) == 0:
        raise UnknownError  # Terraform writes it as -0
    return -number(value)


def binary(sign: str, left: Any, right: Any) -> Any:
    """Apply an operator with two operands. Raises ``RefusedError``, or ``UnknownError`` where that is not known."""
    if sign in ("==", "!="):
        return equal(left, right) is (sign == "==")
    if sign in ("&&", "||"):
        return _logical(left, right, decided_by=sign == "||")
    one, other = number(left), number(right)
    if sign in _COMPARED:
        return _COMPARED[sign](one, other)
    if sign in "/%" and other == 0:
        raise UnknownError  # infinity in some places, an error in others
    return computed(sign, one, other)


def equal(left: Any, right: Any) -> bool:
    """Return whether two values are equal: of one type and with the same content, or both null."""
    if isinstance(left, Null) or isinstance(right, Null):
        other = right if isinstance(left, Null) else left
        if not isinstance(other, (Null, bool, Many, Keyed)) and not is_known(other):
            raise UnknownError
        return isinstance(left, Null) and isinstance(right, Null)
    if same(left, right) and type_of(left) is not ANY:
        return True
    if isinstance(left, str) and left == right:
        return True
    if not (is_known(left) and is_known(right)):
        raise UnknownError
    return False


def _logical(left: Any, right: Any, *, decided_by: bool) -> bool:
    sides: list[bool | None] = []
    for side in (left, right):
        try:
            sides.append(truth(side))
        except UnknownError:
            sides.append(None)
    if decided_by in sides:
        return decided_by
    if None in sides:
        raise UnknownError
    return not decided_by


def chosen(condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """Return the branch that ``?`` chooses, as the type that both have in common; where both agree, that.

    A branch that is not chosen may fail; it raises ``UnknownError`` then where it has a type all the same. Raises
    ``RefusedError`` or ``UnknownError``.
    """
    first, second = _attempted(yes), _attempted(no)
    kind = _type_of_both(first, second)
    try:
        decided = truth(condition)
    except UnknownError:
        if isinstance(first, Exception) or isinstance(second, Exception) or not equal(first, second):
            raise
        decided = True
    taken = first if decided else second
    if isinstance(taken, Exception):
        raise taken
    return convert(taken, kind)


def _attempted(branch: Callable[[], Any]) -> Any:
    try:
        return branch()
    except (RefusedError, UnknownError) as error:
        return error


def _type_of_both(first: Any, second: Any) -> Any:
    """Return what both branches become. A failing one has no type, nor has null."""
    if isinstance(first, UnknownError) or isinstance(second, UnknownError):
        raise UnknownError  # its type may make another one of what is chosen
    if isinstance(first, Exception) or isinstance(second, Exception):
        return ANY
    if NULL in (first, second):
        return type_of(second if first == NULL else first)
    try:
        return unify([type_of(first), type_of(second)])
    except RefusedError:
        if is_known(first) and is_known(second):
            raise
        raise UnknownError from None  # what is not known may be refused itself, and has no type then
