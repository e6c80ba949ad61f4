"""Tell whether a version keeps to a constraint, as Terraform reads one: ``~> 6.0, != 6.3.0``."""

from __future__ import annotations

import operator as compared
import re

_PART = re.compile(r"(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+)*)")
_COMPARED = {
    "=": compared.eq,
    "!=": compared.ne,
    ">": compared.gt,
    ">=": compared.ge,
    "<": compared.lt,
    "<=": compared.le,
}
_LENGTH = 3


def admits(constraint: str, version: str) -> bool | None:
    """Return whether a constraint admits a version of numbers and dots, None where either cannot be read."""
    found = _PART.fullmatch(version)
    parts = [_PART.fullmatch(part.strip()) for part in constraint.split(",")]
    if not found or found[1] or not all(parts):
        return None
    return all(_keeps(part[1] or "=", part[2], found[2]) for part in parts if part)


def _keeps(operator: str, wanted: str, version: str) -> bool:
    named = _numbers(wanted)
    limit, has = _filled(named), _filled(_numbers(version))
    if operator == "~>":  # the last number that is named may grow, those before it may not
        return has >= limit and has[: len(named) - 1] == limit[: len(named) - 1]
    return bool(_COMPARED[operator](has, limit))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split("."))


def _filled(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return numbers + (0,) * (_LENGTH - len(numbers))
