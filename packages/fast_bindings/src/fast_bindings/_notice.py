"""The one way in which this package speaks up: a line on stderr, each text once per process."""

from __future__ import annotations

import sys

_said: set[str] = set()


def notice(text: str) -> None:
    """Print one line, ``fast_bindings: text``, unless this process has said the same before."""
    if text not in _said:
        _said.add(text)
        sys.stderr.write(f"fast_bindings: {text}\n")
