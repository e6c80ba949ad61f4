"""Errors that a person's own input causes."""

from __future__ import annotations


class UsageError(Exception):
    """The person asked for something that cannot be done; the message names it, its value and the remedy."""
