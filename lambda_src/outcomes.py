"""What the orchestrator answers to whoever invoked it; the state machine decides by it.

``stacks`` imports this module, so it imports nothing of AWS.
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an object.

    ``DUPLICATE`` is one that is at work or done already; ``WAITING`` one that MediaConvert has no room for now, which
    the reconciler takes up again.
    """

    SUBMITTED = "submitted"
    DUPLICATE = "duplicate"
    WAITING = "waiting"
    IGNORED = "ignored"
    REJECTED = "rejected"
