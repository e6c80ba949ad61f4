"""Which provider block a call belongs to.

A configuration may have several provider blocks. Terraform opens a connection for each, and with a provider that is
already running all of them lead to one server; the connection's address tells them apart.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

_MOST = 256

T = TypeVar("T")


class UnclearSession(Exception):  # noqa: N818 - a state of affairs
    """A call comes over a connection that configured nothing, while several configurations are in use."""


class Sessions(Generic[T]):
    """What each connection has configured; the oldest are forgotten."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, peer: str, value: T) -> None:
        """Keep a connection's configuration."""
        with self._lock:
            self._kept[peer] = value
            self._kept.move_to_end(peer)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)

    def of(self, peer: str, default: T) -> T:
        """Return a connection's configuration; of a connection that was renewed, the only one there is.

        Raises ``UnclearSession`` where there are several.
        """
        with self._lock:
            if peer in self._kept:
                return self._kept[peer]
            others = list(self._kept.values())
        if not others:
            return default
        if any(other != others[0] for other in others):
            raise UnclearSession("the connection was renewed, and it is not known which provider block it belongs to")
        return others[0]

    def exactly(self, peer: str) -> T | None:
        """Return what this very connection has configured."""
        with self._lock:
            return self._kept.get(peer)
