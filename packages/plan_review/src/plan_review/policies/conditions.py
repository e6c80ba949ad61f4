"""Whether the conditions of a statement are met by a request of which some things are known.

Operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import both, either, has_symbols
from plan_review.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plan_review.evaluate.symbols import SymbolTable
    from plan_review.policies.statements import Conditions

ABSENT = ("<absent>",)
"""Value of a condition key that the request is known not to carry."""

_NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
_WITH_WILDCARDS = {"StringLike", "ArnEquals", "ArnLike"}
_EXACT = {"StringEquals", "StringEqualsIgnoreCase", "Bool", "NumericEquals"}
_OPPOSITE = {Verdict.HOLDS: Verdict.MISSING, Verdict.MISSING: Verdict.HOLDS, Verdict.CANNOT_TELL: Verdict.CANNOT_TELL}


def conditions_hold(
    conditions: Conditions, request: Mapping[str, tuple[str, ...]], symbols: SymbolTable
) -> tuple[Verdict, tuple[str, ...]]:
    """Return whether all conditions hold, and the ones that do not or cannot be told.

    ``request`` maps condition keys, in lower case, to the values that the request carries; a key that is not there is
    unknown, one that is ``ABSENT`` is not part of the request.
    """
    verdict = Verdict.HOLDS
    open_ones: list[str] = []
    for test, keys in conditions.items():
        for key, wanted in keys.items():
            one = _condition(test, key.lower(), wanted, request, symbols)
            if one is not Verdict.HOLDS:
                shown = ", ".join(map(symbols.show, wanted))
                open_ones.append(f"{test} {key} = {shown}")
            verdict = both(verdict, one)
    return verdict, tuple(open_ones)


def _condition(
    test: str, key: str, wanted: tuple[str, ...], request: Mapping[str, tuple[str, ...]], symbols: SymbolTable
) -> Verdict:
    operator = test.rsplit(":", maxsplit=1)[-1]
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    carried = request.get(key)
    if operator == "Null":
        return _null(wanted, carried)
    if carried is None:
        return Verdict.CANNOT_TELL
    if carried is ABSENT:
        return (
            Verdict.HOLDS
            if if_exists or operator in _NEGATIONS or test.startswith("ForAllValues:")
            else Verdict.MISSING
        )
    if operator in _NEGATIONS:
        return _OPPOSITE[_any(_NEGATIONS[operator], wanted, carried, symbols)]
    return _any(operator, wanted, carried, symbols)


def _null(wanted: tuple[str, ...], carried: tuple[str, ...] | None) -> Verdict:
    if carried is None:
        return Verdict.CANNOT_TELL
    return Verdict.HOLDS if ("true" in wanted) is (carried is ABSENT) else Verdict.MISSING


def _any(operator: str, wanted: Iterable[str], carried: Iterable[str], symbols: SymbolTable) -> Verdict:
    return either(*(_matches(operator, pattern, value, symbols) for pattern in wanted for value in carried))


def _matches(operator: str, pattern: str, value: str, symbols: SymbolTable) -> Verdict:
    if operator in _WITH_WILDCARDS:
        return symbols.matches(pattern, value)
    if operator not in _EXACT:
        return Verdict.CANNOT_TELL
    if operator in ("StringEqualsIgnoreCase", "Bool"):
        pattern, value = pattern.lower(), value.lower()
    if pattern == value:
        return Verdict.HOLDS
    if has_symbols(pattern) or has_symbols(value):
        return symbols.matches(pattern.replace("*", "[*]"), value)
    return Verdict.MISSING
