"""The stores of all regions, behind one lock: each region of an account has jobs, queues and tags of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from local_mediaconvert.models.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable


class Account:
    """One account; ``changed`` is called after whatever may let a job start. Safe to use from any thread."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._stores: dict[str, Store] = {}
        self.lock = threading.RLock()
        self.changed: Callable[[], None] = lambda: None

    def store(self, region: str) -> Store:
        """What there is in ``region``, made when it is first asked for."""
        with self.lock:
            if region not in self._stores:
                self._stores[region] = Store(region, self._account, self.lock, self._tell)
            return self._stores[region]

    def _tell(self) -> None:
        self.changed()

    def stores(self) -> list[Store]:
        """The stores of all regions that were asked for."""
        with self.lock:
            return list(self._stores.values())
