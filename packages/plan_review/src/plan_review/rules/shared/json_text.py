"""Arguments that hold a JSON object."""

from __future__ import annotations

import json
from typing import Any


def parsed(value: Any) -> dict[str, Any] | None:
    """Return the object that a JSON argument holds; None where it is none or not known."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
