"""Whether an event matches an event pattern, as the matcher of EventBridge decides it.

https://github.com/aws/event-ruler (README, JsonRuleCompiler, ACFinder; read 2026-11-29)
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from plan_review.rules.shared.event_patterns import OR, address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_EXISTS = "exists"
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


# A pattern without $or: each field by its name and whether its parts are asked for, with these parts or its filters.
# A field may be asked for both ways, which no event meets but one where neither is there.
_Fields = dict[tuple[str, bool], Any]


def matches(pattern: Mapping[str, Any], event: Any, ignoring: frozenset[str] = frozenset()) -> bool:
    """Whether an event matches a valid pattern; constraints at the paths in ``ignoring`` are taken as met."""
    return isinstance(event, dict) and any(
        _object_matches(each, event, ignoring, "") for each in _without_or(pattern, [{}])
    )


def _without_or(pattern: Mapping[str, Any], begun: list[_Fields]) -> list[_Fields]:
    """Return the patterns of which one must match, each what one of ``begun`` and this one ask for.

    A field that is asked for beside ``$or`` and in it is asked for as it was written last.
    """
    found = begun
    for name, wanted in pattern.items():
        step, _, rest = name.partition(".")
        if name == OR and isinstance(wanted, list):
            branches = [each for each in wanted if isinstance(each, dict)]
            found = [one for each in branches for one in _without_or(each, found)]
        elif rest or isinstance(wanted, dict):
            # The matcher joins the names of a path with dots, so that a dotted name is the path.
            inner = {rest: wanted} if rest else wanted
            found = [
                {**earlier, (step, True): one}
                for earlier in found
                for one in _without_or(inner, [earlier.get((step, True), {})])
            ]
        else:
            found = [{**earlier, (name, False): wanted} for earlier in found]
    return found


def _object_matches(fields: _Fields, event: Mapping[str, Any], ignoring: frozenset[str], path: str) -> bool:
    for (name, in_parts), wanted in fields.items():
        place = f"{path}.{name}" if path else name
        values = list(_flat(event[name])) if name in event else []
        if in_parts:
            # Of a list of objects one must have all that is asked for; what is no object has no fields.
            candidates = [each for each in values if isinstance(each, dict)] or [{}]
            if not any(_object_matches(wanted, each, ignoring, place) for each in candidates):
                return False
        elif place not in ignoring and not _leaf_matches(
            wanted, [each for each in values if not isinstance(each, dict)]
        ):
            return False
    return True


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    else:
        yield value


def _leaf_matches(filters: Any, leaves: list[Any]) -> bool:
    """Whether one filter takes one of a field's values; objects and empty lists are no values."""
    if not isinstance(filters, list):
        return False
    for each in filters:
        if isinstance(each, dict) and _EXISTS in each:
            if each[_EXISTS] is bool(leaves):
                return True
        elif any(value_matches(each, one) for one in leaves):
            return True
    return False


def value_matches(given: Any, value: Any) -> bool:
    """Whether one filter of a list takes a value that is there."""
    if not isinstance(given, dict):
        return _equal(given, value)
    operator: str = next(iter(given), "")
    test = _TESTS.get(operator)
    return test is not None and test(given[operator], value)


def _equal(given: Any, value: Any) -> bool:
    if isinstance(given, str) and isinstance(value, str) and given != value:
        wanted = address(given)
        return wanted is not None and wanted == address(value)
    return isinstance(given, bool) is isinstance(value, bool) and bool(given == value)


def _affix(operand: Any, value: Any, test: Callable[[str, str], bool]) -> bool:
    if not isinstance(value, str):
        return False
    if isinstance(operand, dict):
        text = str(operand.get("equals-ignore-case", ""))
        begins, ends = ("", "[\\s\\S]*") if test is str.startswith else ("[\\s\\S]*", "")
        return re.fullmatch(f"{begins}{_in_any_case(text)}{ends}", value) is not None
    return isinstance(operand, str) and test(value, operand)


def _wildcard(operand: Any, value: Any) -> bool:
    return isinstance(operand, str) and isinstance(value, str) and bool(_expression(operand).fullmatch(value))


def _in_any_case(text: str) -> str:
    """Return an expression for a text, each character as it is in lower or in upper case, as the matcher takes it."""
    return "".join(f"(?:{re.escape(one.lower())}|{re.escape(one.upper())})" for one in text)


@lru_cache(maxsize=512)
def _expression(wildcard: str) -> re.Pattern[str]:
    parts = re.findall(r"\\[\s\S]|[\s\S]", wildcard)
    return re.compile("".join(".*?" if part == "*" else re.escape(part[-1]) for part in parts), re.DOTALL)


def _numeric(operand: Any, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isinstance(operand, list):
        return False
    pairs = list(zip(operand[::2], operand[1::2], strict=False))
    known = all(sign in _COMPARISONS and isinstance(bound, (int, float)) for sign, bound in pairs)
    return known and bool(pairs) and all(_COMPARISONS[sign](value, bound) for sign, bound in pairs)


def _cidr(operand: Any, value: Any) -> bool:
    found = address(value) if isinstance(value, str) else None
    given, _, bits = str(operand).partition("/")
    block = address(given)
    if found is None or block is None or found.version != block.version or not bits.isdecimal():
        return False
    return found in ipaddress.ip_network(f"{block}/{bits}", strict=False)


def _anything_but(operand: Any, value: Any) -> bool:
    if isinstance(operand, dict):
        operator: str = next(iter(operand), "")
        given = operand.get(operator)
        taken = [{operator: each} for each in (given if isinstance(given, list) else [given])]
    else:
        taken = operand if isinstance(operand, list) else [operand]
    return not any(value_matches(each, value) for each in taken)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "exactly": lambda operand, value: isinstance(operand, str) and operand == value,
    # Whether a field is there is decided by the caller; a value that is given is there.
    _EXISTS: lambda operand, _value: operand is True,
    "prefix": lambda operand, value: _affix(operand, value, str.startswith),
    "suffix": lambda operand, value: _affix(operand, value, str.endswith),
    "equals-ignore-case": lambda operand, value: (
        isinstance(operand, str) and isinstance(value, str) and re.fullmatch(_in_any_case(operand), value) is not None
    ),
    "wildcard": _wildcard,
    "numeric": _numeric,
    "cidr": _cidr,
    "anything-but": _anything_but,
}
