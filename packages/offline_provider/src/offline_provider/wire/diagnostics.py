"""Diagnostics as Terraform shows them; each says that the offline provider speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.wire.messages import pb

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "Offline provider"


def error(summary: str, detail: str, path: Sequence[str | int] = ()) -> Any:
    """Return an error about the value at a path, or about the whole."""
    return _diagnostic(pb.Diagnostic.ERROR, summary, detail, path)


def warning(summary: str, detail: str, path: Sequence[str | int] = ()) -> Any:
    """Return a warning."""
    return _diagnostic(pb.Diagnostic.WARNING, summary, detail, path)


def _diagnostic(severity: int, summary: str, detail: str, path: Sequence[str | int]) -> Any:
    message = pb.Diagnostic(severity=severity, summary=f"{NAME}: {summary}", detail=detail)
    if path:
        message.attribute.CopyFrom(attribute_path(path))
    return message


def attribute_path(path: Sequence[str | int]) -> Any:
    """Return a path of names and list indexes as the protocol writes it."""
    steps = [
        pb.AttributePath.Step(element_key_int=step)
        if isinstance(step, int)
        else pb.AttributePath.Step(attribute_name=step)
        for step in path
    ]
    return pb.AttributePath(steps=steps)
