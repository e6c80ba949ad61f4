"""Whether event patterns are valid.

By the rules of the matcher that EventBridge uses, and that SNS shares for filter policies of messages:
https://github.com/aws/event-ruler (JsonRuleCompiler, CIDR, WildcardParser; read 2026-11-29) and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import difflib
import ipaddress
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.rules.shared.wildcard_complexity import complexity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OR = "$or"
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
        OR,
    }
)
"""Top-level fields of every event, and the operator that can stand beside them."""
_PREFIX, _SUFFIX, _WILDCARD, _IGNORING_CASE = "prefix", "suffix", "wildcard", "equals-ignore-case"
_NEGATED = (_PREFIX, _SUFFIX, _WILDCARD, _IGNORING_CASE)
_RANGE_OPERATORS = ("=", "<", "<=", ">", ">=")
_LOWER, _UPPER = (">", ">="), ("<", "<=")
_RANGE_LENGTH = 4
# What the ruler keeps for later: a branch of $or that has one of these as a field makes $or a field itself.
_RESERVED = frozenset(
    {
        *("exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr"),
        *_RANGE_OPERATORS,
        *("regex", "not-wildcard", "not-equals-ignore-case", "ip-address-in-range", "ip-address-not-in-range"),
        *("date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"),
    }
)
_MOST_NUMBER = 5e9
_MOST_COMBINATIONS = 1000
# EventBridge publishes no limit. Three patterns of the form *:stack/NAME/* in one field, which come to 9, were taken,
# four, which come to 12, were refused: https://github.com/vals-ai/Valkyrie/pull/278
_MOST_COMPLEXITY = 9
_IPV4 = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_IPV6 = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Defect:
    """What EventBridge refuses in a pattern. ``certain`` is false where it is not published whether it does."""

    path: str
    what: str
    remedy: str
    certain: bool = True
    consequence: str = ""


def defects(pattern: Mapping[str, Any]) -> Iterator[Defect]:
    """Yield what EventBridge would refuse, or what a pattern says and EventBridge does not look at."""
    yield from _of_object(pattern, "", in_or=False)
    yield from _of_combinations(pattern)
    yield from _overwritten(pattern, "", {})


def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an IP address as the matcher reads it, leading zeros included; None for a text that is none."""
    if _IPV4.fullmatch(text):
        text = ".".join(str(int(part)) for part in text.split("."))
    elif not _IPV6.fullmatch(text):
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _of_object(pattern: Mapping[str, Any], path: str, *, in_or: bool) -> Iterator[Defect]:
    if not pattern:
        yield Defect(path, "it is empty", "name at least one field")
    for name, wanted in pattern.items():
        place = f"{path}.{name}" if path else name
        if name == OR and not _is_field(wanted):
            yield from _of_or(wanted, place)
        elif in_or and name in _RESERVED and not isinstance(wanted, str):
            yield Defect(
                path, f'a branch of $or has the field "{name}", an operator\'s name', "name the field that it is about"
            )
        elif isinstance(wanted, dict):
            yield from _of_object(wanted, place, in_or=in_or)
        elif isinstance(wanted, list):
            yield from _of_filters(wanted, place)
        elif not is_symbol(wanted):
            yield Defect(place, f"{_shown(wanted)} stands outside of a list", f"write [{_shown(wanted)}]")


def _is_field(wanted: Any) -> bool:
    """Whether ``$or`` is read as the name of a field, as the matcher did before it had the operator."""
    if isinstance(wanted, dict):
        return True
    filters = isinstance(wanted, list) and len(wanted) > 0
    return filters and all(isinstance(each, dict) and len(each) == 1 and set(each) <= set(_OPERANDS) for each in wanted)


def _of_or(alternatives: Any, place: str) -> Iterator[Defect]:
    if is_symbol(alternatives):
        return
    if not isinstance(alternatives, list) or len(alternatives) < 2:  # noqa: PLR2004 - or joins two at least
        yield Defect(place, "$or takes a list of at least two patterns", "give two, or none")
        return
    for each in alternatives:
        if isinstance(each, dict):
            yield from _of_object(each, place.removesuffix(OR).rstrip("."), in_or=True)
        elif not is_symbol(each):
            yield Defect(place, f"$or lists {_shown(each)}, which is no pattern", "list objects")


def _of_filters(filters: list[Any], place: str) -> Iterator[Defect]:
    if not filters:
        yield Defect(place, "the list is empty", "give at least one value")
    wildcards: list[str] = []
    for each in filters:
        if isinstance(each, list):
            yield Defect(place, "a list stands within a list", "write the values side by side")
        elif isinstance(each, float) and not math.isfinite(each):
            yield Defect(place, f"{each} is no number of JSON", "write a number that a double can hold")
        elif isinstance(each, dict):
            yield from _of_filter(each, place)
            wildcards += _wildcards(each)
    plain = [text for text in wildcards if not has_symbols(text)]
    if plain and (found := complexity(plain)) > _MOST_COMPLEXITY:
        yield Defect(
            place,
            f"its wildcards are many or alike: a value can be in the middle of {found} of their parts at once, and "
            "EventBridge refuses what is too complex, without a published limit",
            "use a prefix or a suffix where one will do, fewer *, or two rules",
            certain=False,
        )


def _wildcards(given: dict[str, Any]) -> list[str]:
    operand = given.get(_WILDCARD)
    if operand is None and isinstance(given.get("anything-but"), dict):
        operand = given["anything-but"].get(_WILDCARD)
    texts = operand if isinstance(operand, list) else [operand]
    return [text for text in texts if isinstance(text, str)]


def _of_filter(given: dict[str, Any], place: str) -> Iterator[Defect]:
    if not given:
        yield Defect(place, "an operator is missing in {}", f"use one of {', '.join(sorted(_OPERANDS))}")
        return
    for operator in given:
        if operator not in _OPERANDS and not has_symbols(operator):
            near = difflib.get_close_matches(operator, _OPERANDS, n=1)
            remedy = f'did you mean "{near[0]}"?' if near else f"use one of {', '.join(sorted(_OPERANDS))}"
            yield Defect(place, f"{operator} is no operator of event patterns", remedy)
            return
    if len(given) > 1:
        yield Defect(
            place,
            f"{' and '.join(sorted(given))} stand in one object, which takes one operator",
            "write an object for each: one of them must match; for both, write one wildcard",
        )
        return
    operator, operand = next(iter(given.items()))
    if operator in _OPERANDS and not is_symbol(operand):
        for what, remedy, certain in _OPERANDS[operator](operator, operand):
            yield Defect(place, what, remedy, certain=certain)


_Problem = tuple[str, str, bool]


def _text(operator: str, operand: Any) -> Iterator[_Problem]:
    if not isinstance(operand, str):
        remedy = "write a string"
        if isinstance(operand, list) and operand and all(isinstance(each, str) for each in operand):
            remedy = ", ".join(f'{{"{operator}": {_shown(each)}}}' for each in operand)
            remedy = f"write an object for each: {remedy}"
        yield f"{operator} takes one string, not {_shown(operand)}", remedy, True


def _affix(operator: str, operand: Any) -> Iterator[_Problem]:
    if not isinstance(operand, dict):
        yield from _text(operator, operand)
        return
    if set(operand) != {_IGNORING_CASE}:
        yield (
            f"{operator} takes a string or equals-ignore-case alone, not {_shown(operand)}",
            f'write {{"{operator}": {{"equals-ignore-case": "…"}}}}',
            True,
        )
    elif not is_symbol(operand[_IGNORING_CASE]):
        yield from _text(_IGNORING_CASE, operand[_IGNORING_CASE])


def _wildcard(operator: str, operand: Any) -> Iterator[_Problem]:
    yield from _text(operator, operand)
    if not isinstance(operand, str):
        return
    unescaped = operand.replace("\\\\", "").replace("\\*", "")
    if "**" in re.sub(r"\\[\\*]", "_", operand):
        yield f"two * follow each other in the wildcard {_shown(operand)}", "write one *: it stands for any text", True
    if "\\" in unescaped:
        yield f"a backslash in {_shown(operand)} stands before neither * nor a backslash", r"write \\\\ for one", True


def _numeric(operator: str, operand: Any) -> Iterator[_Problem]:
    example = 'write e.g. [">", 0, "<=", 5], the lower bound first'
    wrong = f"{operator} takes comparisons and numbers, not {_shown(operand)}"
    if not isinstance(operand, list) or len(operand) not in (2, _RANGE_LENGTH):
        yield wrong, example, True
        return
    signs, bounds = operand[::2], operand[1::2]
    if any(is_symbol(each) for each in operand):
        return
    fits = all(sign in _RANGE_OPERATORS for sign in signs) and all(_is_number(bound) for bound in bounds)
    if not fits or (len(signs) > 1 and (signs[0] not in _LOWER or signs[1] not in _UPPER)):
        yield wrong, example, True
    elif len(bounds) > 1 and not bounds[0] < bounds[1]:
        yield f"no number is within {_shown(operand)}: the lower bound is not below the upper", example, True
    else:
        yield from _range(bounds)


def _range(numbers: list[Any]) -> Iterator[_Problem]:
    for number in numbers:
        if not math.isfinite(number) or (isinstance(number, int) and int(float(number)) != number):
            yield f"{number} cannot be compared exactly", "write a number that a double can hold", True
        elif abs(number) > _MOST_NUMBER:
            yield (
                f"{number} is outside of -5e9 to 5e9, to which numeric matching is limited",
                "use a smaller number, or match the text of it",
                False,
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and _as_double(value)


def _as_double(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _exists(operator: str, operand: Any) -> Iterator[_Problem]:
    if not isinstance(operand, bool):
        yield f"{operator} takes true or false, not {_shown(operand)}", "write true or false", True


def _cidr(operator: str, operand: Any) -> Iterator[_Problem]:
    if not isinstance(operand, str):
        yield f"{operator} takes one string, not {_shown(operand)}", "write an object for each block of addresses", True
        return
    if has_symbols(operand):
        return
    given, _, bits = operand.partition("/")
    found = address(given)
    remedy = 'write an address, a slash and the bits of the network, such as "10.0.0.0/24"'
    if found is None or not _WHOLE_NUMBER.fullmatch(bits):
        yield f'"{operand}" is no block of addresses', remedy, True
    elif not 0 <= int(bits) < found.max_prefixlen:
        at_most = found.max_prefixlen - 1
        remedy = f'write "{given}" itself for one address' if int(bits) == found.max_prefixlen else remedy
        yield f'"{operand}" has {int(bits)} bits for its network; EventBridge takes 0 to {at_most}', remedy, True


def _anything_but(operator: str, operand: Any) -> Iterator[_Problem]:
    if isinstance(operand, dict):
        yield from _negated(operand)
        return
    values = operand if isinstance(operand, list) else [operand]
    known = [value for value in values if not is_symbol(value)]
    example = "list strings alone or numbers alone, or one of prefix, suffix, wildcard and equals-ignore-case"
    if not values:
        yield f"{operator} has an empty list", "give at least one value", True
    elif any(not isinstance(value, str) and not _is_number(value) for value in known):
        yield f"{operator} takes strings or numbers, not {_shown(operand)}", example, True
    elif len({isinstance(value, str) for value in known}) > 1:
        yield f"{operator} lists strings and numbers together: {_shown(operand)}", example, True
    else:
        yield from _range([value for value in known if not isinstance(value, str)])


def _negated(operand: dict[str, Any]) -> Iterator[_Problem]:
    names = ", ".join(_NEGATED)
    if len(operand) != 1 or not set(operand) <= set(_NEGATED):
        yield (
            f"anything-but takes one of {names}, not {_shown(operand)}",
            "write one of them, or a list of values",
            True,
        )
        return
    inner, given = next(iter(operand.items()))
    values = given if isinstance(given, list) else [given]
    if not values:
        yield f"anything-but has an empty list of {inner}", "give at least one value", True
    for value in values:
        if is_symbol(value):
            continue
        if not isinstance(value, str):
            yield f"anything-but with {inner} takes strings, not {_shown(value)}", "write strings", True
        elif inner in (_PREFIX, _SUFFIX) and not value:
            yield f"anything-but has an empty {inner}", "every text has it: take it out", True
        elif inner == _WILDCARD:
            yield from _wildcard(inner, value)


_OPERANDS: Mapping[str, Callable[[str, Any], Iterator[_Problem]]] = {
    "exactly": _text,
    _PREFIX: _affix,
    _SUFFIX: _affix,
    _IGNORING_CASE: _text,
    _WILDCARD: _wildcard,
    "numeric": _numeric,
    "cidr": _cidr,
    "exists": _exists,
    "anything-but": _anything_but,
}


def _of_combinations(pattern: Mapping[str, Any]) -> Iterator[Defect]:
    count = _combinations(pattern)
    if count > _MOST_COMBINATIONS:
        yield Defect("", f"its $or come to {count} combinations; 1000 are allowed", "split it into several rules")


def _combinations(pattern: Any) -> int:
    """Return the product of the lengths of all $or, which is what EventBridge counts."""
    if not isinstance(pattern, dict):
        return 1
    count = 1
    for name, wanted in pattern.items():
        if name == OR and isinstance(wanted, list):
            count *= max(len(wanted), 1)
            for each in wanted:
                count *= _combinations(each)
        else:
            count *= _combinations(wanted)
    return count


def _overwritten(pattern: Mapping[str, Any], path: str, seen: dict[str, str]) -> Iterator[Defect]:
    """Yield the fields that stand beside a $or and in one of its branches: the later one takes the other's place."""
    for name, wanted in pattern.items():
        place = f"{path}.{name}" if path else name
        if name == OR and isinstance(wanted, list) and not _is_field(wanted):
            for each in wanted:
                if isinstance(each, dict):
                    yield from _overwritten(each, path, dict(seen))
        elif isinstance(wanted, dict):
            yield from _overwritten(wanted, place, seen)
        elif place in seen:
            yield Defect(
                place,
                "it is asked for twice, beside $or and in it; only the one that is written last counts",
                "put what both ask for into the branches of $or",
                certain=False,
                consequence="the rule matches events that it was meant to leave out",
            )
        else:
            seen[place] = name


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}": {_shown(each)}' for name, each in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) else str(value)
