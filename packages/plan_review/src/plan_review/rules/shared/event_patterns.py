"""Whether event patterns are valid, and whether an event matches one.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_OR = "$or"
ENVELOPE = frozenset(
    {
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
        "replay-name",
        "trace-header",
        _OR,
    }
)
"""Top-level fields of every event, and the operator that can stand beside them."""
_OPERATORS = frozenset(
    {"prefix", "suffix", "anything-but", "numeric", "cidr", "exists", "equals-ignore-case", "wildcard"}
)
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


@dataclass(frozen=True, slots=True)
class Defect:
    """What EventBridge refuses in a pattern, or never matches."""

    path: str
    what: str
    remedy: str


def defects(pattern: Mapping[str, Any], path: str = "") -> Iterator[Defect]:
    """Yield what EventBridge would refuse."""
    if not pattern:
        yield Defect(path, "it is empty", "name at least one field")
    for name, wanted in pattern.items():
        place = f"{path}.{name}" if path else name
        if name == _OR:
            yield from _defects_of_or(wanted, place)
        elif isinstance(wanted, dict):
            yield from defects(wanted, place)
        elif not isinstance(wanted, list):
            if not (isinstance(wanted, str) and has_symbols(wanted)):
                yield Defect(place, f"{wanted!r} stands outside of a list", f"write [{wanted!r}]")
        elif not wanted:
            yield Defect(place, "the list is empty", "give at least one value")
        else:
            for each in wanted:
                yield from _defects_of_filter(each, place)


def _defects_of_or(alternatives: Any, place: str) -> Iterator[Defect]:
    if not isinstance(alternatives, list) or len(alternatives) < 2:  # noqa: PLR2004 - or joins two at least
        yield Defect(place, "$or takes a list of at least two patterns", "give two, or none")
        return
    for each in alternatives:
        if isinstance(each, dict):
            yield from defects(each, place)


def _defects_of_filter(given: Any, place: str) -> Iterator[Defect]:
    if isinstance(given, list):
        yield Defect(place, "a list stands within a list", "write the values side by side")
    if not isinstance(given, dict):
        return
    if len(given) != 1 or not set(given) <= _OPERATORS:
        names = ", ".join(sorted(set(given) - _OPERATORS)) or "several operators"
        yield Defect(place, f"{names} is no operator of event patterns", f"use one of {', '.join(sorted(_OPERATORS))}")
        return
    operator, operand = next(iter(given.items()))
    if operator == "numeric" and not _is_numeric(operand):
        yield Defect(place, f"numeric takes comparisons and numbers, not {operand!r}", 'write e.g. [">", 0, "<=", 5]')
    if operator == "exists" and not isinstance(operand, bool):
        yield Defect(place, f"exists takes true or false, not {operand!r}", "write true or false")


def _is_numeric(operand: Any) -> bool:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return False
    return all(sign in _COMPARISONS for sign in operand[::2]) and all(
        isinstance(bound, (int, float)) for bound in operand[1::2]
    )


def matches(pattern: Mapping[str, Any], event: Any, ignoring: frozenset[str] = frozenset(), path: str = "") -> bool:
    """Whether an event matches; constraints at the paths in ``ignoring`` are taken as met."""
    if not isinstance(event, dict):
        return False
    for name, wanted in pattern.items():
        place = f"{path}.{name}" if path else name
        if name == _OR:
            if not any(matches(each, event, ignoring, path) for each in wanted if isinstance(each, dict)):
                return False
        elif isinstance(wanted, dict):
            if not matches(wanted, event.get(name), ignoring, place):
                return False
        elif place not in ignoring and not _field(wanted, name, event):
            return False
    return True


def _field(filters: Any, name: str, event: Mapping[str, Any]) -> bool:
    if not isinstance(filters, list):
        return False
    if name not in event:
        return any(isinstance(each, dict) and each.get("exists") is False for each in filters)
    value = event[name]
    values = value if isinstance(value, list) else [value]
    return any(value_matches(each, one) for each in filters for one in values)


def value_matches(given: Any, value: Any) -> bool:
    """Whether one filter of a list takes a value."""
    if not isinstance(given, dict):
        return bool(given == value)
    operator: str = next(iter(given), "")
    operand: Any = given.get(operator)
    text = str(value)
    taken: Mapping[str, Callable[[], bool]] = {
        "exists": lambda: bool(operand),
        "prefix": lambda: _with_case(operand, text, str.startswith),
        "suffix": lambda: _with_case(operand, text, str.endswith),
        "equals-ignore-case": lambda: text.lower() == str(operand).lower(),
        "wildcard": lambda: fnmatch.fnmatchcase(text, str(operand).replace("[", "[[]").replace("?", "[?]")),
        "numeric": lambda: _is_numeric(operand) and isinstance(value, (int, float)) and _within(operand, value),
        "anything-but": lambda: (
            not any(value_matches(each, value) for each in (operand if isinstance(operand, list) else [operand]))
        ),
    }
    return taken.get(operator, lambda: True)()


def _with_case(operand: Any, text: str, test: Callable[[str, str], bool]) -> bool:
    if isinstance(operand, dict):
        return test(text.lower(), str(operand.get("equals-ignore-case", "")).lower())
    return test(text, str(operand))


def _within(comparisons: list[Any], value: float) -> bool:
    pairs = zip(comparisons[::2], comparisons[1::2], strict=True)
    return all(_COMPARISONS[sign](value, bound) for sign, bound in pairs)
