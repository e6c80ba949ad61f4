"""What can happen with a setting."""

from __future__ import annotations

from typing import Any


class Honoured:
    """The setting has its effect; with ``values``, only for those."""

    def __init__(self, *values: Any) -> None:
        self.values = values


class Accepted:
    """The setting is taken and stored and has no effect here, for the reason ``why``."""

    def __init__(self, why: str, *values: Any) -> None:
        self.why = why
        self.values = values


Members = dict[str, Honoured | Accepted]
"""JSON member name → what happens with it."""
