"""The phases of a running job and how they add up to its percentage."""

from __future__ import annotations

PHASES = ("PROBING", "TRANSCODING", "UPLOADING")
"""In order (service model, ``JobPhase``)."""
_SPANS = {"PROBING": (0, 5), "TRANSCODING": (5, 95), "UPLOADING": (95, 100)}


def overall_percent(phase: str, percent: int) -> int:
    """The job's percentage when ``percent`` of ``phase`` is done."""
    start, end = _SPANS[phase]
    return start + (end - start) * max(0, min(percent, 100)) // 100
