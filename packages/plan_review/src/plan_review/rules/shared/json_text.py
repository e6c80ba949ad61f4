"""Arguments that hold a JSON object."""

from __future__ import annotations

import json
import math
from typing import Any


def parsed(value: Any) -> dict[str, Any] | None:
    """Return the object that a JSON argument holds; None where it is none or not known."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def fault(text: str) -> str:
    """Return why a text is no JSON, with the place; empty where it is JSON."""
    try:
        json.loads(text, parse_constant=_refused, parse_float=_double)
    except json.JSONDecodeError as error:
        return f"{error.msg} at line {error.lineno}, column {error.colno}"
    except ValueError as error:
        return str(error)
    return ""


def repeated_keys(text: Any) -> list[str]:
    """Return the keys that stand twice in one object of a JSON text, in the order of the text."""
    found: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        found.extend(dict.fromkeys(name for name in names if names.count(name) > 1))
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=note)
    except (TypeError, ValueError):
        return []
    return found


def _double(text: str) -> float:
    """Read a number. Raises ``ValueError`` for one that a double can only hold as nothing, or as infinite."""
    found = float(text)
    digits = text.lower().partition("e")[0].strip("-")
    if not math.isfinite(found) or (found == 0 and digits.strip("0.")):
        raise ValueError(f"{text} is no number that a double can hold")
    return found


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")
