"""Terraform's operators on values that may be unknown in parts."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.functions import UnknownError
from plan_review.evaluate.symbols import has_symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NUMERIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def unary(sign: str, value: Any) -> Any:
    """Apply ``!`` or ``-``. Raises ``UnknownError``."""
    if sign == "!" and isinstance(value, bool):
        return not value
    if sign == "-" and isinstance(value, (int, float)):
        return -value
    raise UnknownError


def binary(sign: str, left: Any, right: Any) -> Any:
    """Apply an operator with two operands. Raises ``UnknownError`` where the unknown parts decide."""
    if sign in ("&&", "||"):
        return _logical(left, right, decided_by=sign == "||")
    if sign in ("==", "!="):
        if left != right and any(isinstance(side, str) and has_symbols(side) for side in (left, right)):
            raise UnknownError
        return (left == right) is (sign == "==")
    if not all(isinstance(side, (int, float)) for side in (left, right)):
        raise UnknownError
    return _NUMERIC[sign](left, right)


def _logical(left: Any, right: Any, *, decided_by: bool) -> bool:
    if decided_by in (left, right):
        return decided_by
    if isinstance(left, bool) and isinstance(right, bool):
        return not decided_by
    raise UnknownError


def chosen(condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """Return the branch that ``?`` chooses, or both branches' value where they agree. Raises ``UnknownError``."""
    if isinstance(condition, bool):
        return yes() if condition else no()
    first, second = yes(), no()
    if first == second:
        return first
    raise UnknownError
