"""The values that event patterns name."""

from __future__ import annotations

from typing import Any

PATTERNS_PAGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html"


def values_at(pattern: dict[str, Any], place: str) -> list[Any]:
    """Return what a pattern lists at a place, such as ``detail.status``; nothing where it lists nothing there."""
    value: Any = pattern
    for step in place.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []
