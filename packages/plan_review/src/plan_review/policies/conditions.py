"""Whether the conditions of a statement are met by a request of which some things are known.

Operators: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
Keys of several values: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import operator as compare
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import Kind, both, either, has_symbols, literally
from plan_review.findings import Verdict
from plan_review.policies.condition_values import moment, network, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plan_review.evaluate.symbols import SymbolTable
    from plan_review.policies.statements import Conditions

ABSENT = ("<absent>",)
"""Value of a condition key that the request is known not to carry."""

_ALL, _ANY = "ForAllValues:", "ForAnyValue:"
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
_OPPOSITE = {Verdict.HOLDS: Verdict.MISSING, Verdict.MISSING: Verdict.HOLDS, Verdict.CANNOT_TELL: Verdict.CANNOT_TELL}
# How a request's value compares with the policy's.
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Equals": compare.eq,
    "LessThan": compare.lt,
    "LessThanEquals": compare.le,
    "GreaterThan": compare.gt,
    "GreaterThanEquals": compare.ge,
}
_ORDERED: tuple[tuple[str, Callable[[str], Any]], ...] = (("Numeric", number), ("Date", moment))
_ARN_PARTS = 6
# What can only be more than this: time goes on, and AWS's endpoints take no older TLS.
# https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/
_AT_LEAST: Mapping[str, Callable[[], Any]] = {
    "aws:currenttime": lambda: datetime.now(tz=UTC),
    "aws:epochtime": lambda: datetime.now(tz=UTC),
    "s3:tlsversion": lambda: Decimal("1.2"),
}


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
            given = [filled_in(each, request, symbols) for each in wanted]
            known = [each for each in given if each is not None]
            if key.lower() in _AT_LEAST and key.lower() not in request:
                one = either(*(_above(test, each, _AT_LEAST[key.lower()]()) for each in known))
            else:
                one = _condition(test, known, request.get(key.lower()), symbols)
            if one is not Verdict.HOLDS:
                shown = ", ".join(map(symbols.show, wanted))
                open_ones.append(f"{test} {key} = {shown}")
            verdict = both(verdict, one)
    return verdict, tuple(open_ones)


def filled_in(pattern: str, request: Mapping[str, tuple[str, ...]], symbols: SymbolTable) -> str | None:
    """Return a pattern with the request's values in the place of policy variables.

    None where the request does not carry one that has no default: nothing matches such a pattern. What is unknown, or
    has several values, stays.
    """
    if not has_symbols(pattern):
        return pattern
    found = ""
    for character in pattern:
        symbol = symbols.symbol(character)
        if symbol is None or symbol.kind is not Kind.VARIABLE:
            found += character
            continue
        key, _, default = symbol.text.partition(",")
        carried = request.get(key.strip().lower())
        if carried is ABSENT or carried == ():
            if not default:
                return None
            found += literally(default.strip().strip("'"))
        else:
            found += literally(carried[0]) if carried is not None and len(carried) == 1 else character
    return found


def _condition(test: str, wanted: list[str], carried: tuple[str, ...] | None, symbols: SymbolTable) -> Verdict:
    qualifier = next((each for each in (_ALL, _ANY) if test.startswith(each)), "")
    operator = test.removeprefix(qualifier)
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if operator == "Null":
        return _null(wanted, carried)
    if carried is None:
        return Verdict.CANNOT_TELL
    negated = operator in _NEGATIONS
    if carried is ABSENT or not carried:
        # A key that is not there matches no value, and with ForAnyValue it has none that is another.
        return Verdict.HOLDS if if_exists or qualifier == _ALL or (negated and not qualifier) else Verdict.MISSING
    each = [
        either(*(_matches(_NEGATIONS.get(operator, operator), one, value, symbols) for one in wanted))
        for value in carried
    ]
    if not qualifier:
        found = either(*each)
        return _OPPOSITE[found] if negated else found
    each = [_OPPOSITE[one] for one in each] if negated else each
    return both(*each) if qualifier == _ALL else either(*each)


def _above(test: str, pattern: str, least: Any) -> Verdict:
    """Compare with a value that is known to be this at least, and may be more."""
    operator = test.removesuffix("IfExists")
    for kind, read in _ORDERED:
        wanted = read(pattern) if operator.startswith(kind) and not has_symbols(pattern) else None
        if wanted is None or not isinstance(wanted, type(least)):
            continue
        order = operator.removeprefix(kind)
        if order.startswith("LessThan") and (wanted < least or (wanted == least and order == "LessThan")):
            return Verdict.MISSING
        if order.startswith("GreaterThan") and (wanted < least or (wanted == least and order != "GreaterThan")):
            return Verdict.HOLDS
    return Verdict.CANNOT_TELL


def _null(wanted: list[str], carried: tuple[str, ...] | None) -> Verdict:
    if carried is None:
        return Verdict.CANNOT_TELL
    absent = carried is ABSENT or not carried
    return Verdict.HOLDS if ("true" in [each.lower() for each in wanted]) is absent else Verdict.MISSING


def _matches(operator: str, pattern: str, value: str, symbols: SymbolTable) -> Verdict:
    if operator in ("StringLike", "ArnEquals", "ArnLike"):
        return symbols.matches(pattern, value) if operator == "StringLike" else _arn(pattern, value, symbols)
    if operator in ("StringEquals", "StringEqualsIgnoreCase", "Bool", "BinaryEquals"):
        return symbols.matches(literally(pattern), value, ignore_case=operator in ("StringEqualsIgnoreCase", "Bool"))
    if has_symbols(pattern) or has_symbols(value):
        return Verdict.CANNOT_TELL
    if operator == "IpAddress":
        return _told(
            network(pattern), network(value), lambda one, other: one.version == other.version and one.subnet_of(other)
        )
    for kind, read in _ORDERED:
        order = _ORDERS.get(operator.removeprefix(kind)) if operator.startswith(kind) else None
        if order is not None:
            return _told(read(pattern), read(value), order)
    return Verdict.CANNOT_TELL


def _told(wanted: Any, value: Any, test: Callable[[Any, Any], bool]) -> Verdict:
    """Compare what was read of two texts; a text that is not of the operator's type matches nothing."""
    if wanted is None or value is None:
        return Verdict.MISSING
    return Verdict.HOLDS if test(value, wanted) else Verdict.MISSING


def _arn(pattern: str, value: str, symbols: SymbolTable) -> Verdict:
    """Match an ARN part by part, so that no wildcard reaches over a colon but in the last part."""
    ours, theirs = pattern.split(":", _ARN_PARTS - 1), value.split(":", _ARN_PARTS - 1)
    hidden = any(_may_hold_colon(part, symbols) for part in (*ours[:-1], *theirs[:-1]))
    if len(ours) == len(theirs) == _ARN_PARTS and not hidden:
        return both(*(symbols.matches(one, other) for one, other in zip(ours, theirs, strict=True)))
    # What AWS makes of an ARN and a pattern of fewer parts, which * alone is not, it does not say.
    found = symbols.matches(pattern, value)
    uncertain = pattern not in ("*", value) and (hidden or len(theirs) == _ARN_PARTS)
    return Verdict.CANNOT_TELL if found is Verdict.HOLDS and uncertain else found


def _may_hold_colon(text: str, symbols: SymbolTable) -> bool:
    found = symbols.symbols(text) if has_symbols(text) else ()
    return any(symbol.kind in (Kind.OPAQUE, Kind.VARIABLE) for symbol in found)
