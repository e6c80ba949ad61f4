"""Addresses of resources as Terraform writes them, with and without the keys of instances."""

from __future__ import annotations

import re

_KEY = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_NO_RESOURCE = {"action", "check", "local", "var", "output", "module", "meta", "root", "path", "terraform"}


def without_keys(address: str) -> str:
    """Return the address of the declaration that an instance such as ``aws_x.y["a"]`` belongs to."""
    return _KEY.sub("", address)


def mode(address: str) -> str | None:
    """Return whether an address is of a ``managed``, ``data`` or ``ephemeral`` resource; None where of none."""
    if address.startswith(("provider[", "[root]")) or "(" in address:
        return None
    steps = without_keys(address).split(".")
    while len(steps) > 1 and steps[0] == "module":
        steps = steps[2:]
    found = "managed"
    if steps and steps[0] in {"data", "ephemeral"}:
        found, *steps = steps
    return found if len(steps) == 2 and steps[0] not in _NO_RESOURCE else None  # noqa: PLR2004  # type and name
