"""Where a value stands within nested arguments or documents."""

from __future__ import annotations

Path = tuple[str | int, ...]
"""The names of blocks and arguments, and the places in lists: ("logging_configuration", 0, "log_destination")."""
