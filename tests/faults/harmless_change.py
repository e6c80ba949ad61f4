"""What a harmless change is: an edit that a reasonable engineer makes, and that breaks nothing."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.mutation import Subject

HARMLESS: dict[str, Callable[[Subject], None]] = {}
"""Every such change, by name."""


def changed(subject: Subject, name: str) -> Subject:
    """Return a copy of the subject with a harmless change made."""
    copied = copy.deepcopy(subject)
    HARMLESS[name](copied)
    if copied == subject:
        raise ValueError(f"{name} changes nothing")
    return copied


def harmless(apply: Callable[[Subject], None]) -> Callable[[Subject], None]:
    """Put the decorated edit among the harmless ones."""
    HARMLESS[apply.__name__.replace("_", "-")] = apply
    return apply
