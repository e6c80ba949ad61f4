"""Run things later, in the order of their time, from one thread."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("schedule")


class Schedule:
    """A queue of calls with a due time. The calls must be short: they run one after another."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="schedule", daemon=True).start()

    def later(self, seconds: float, call: Callable[[], object]) -> None:
        """Run ``call`` once this time has passed."""
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), call))
            self._changed.notify()

    def _next(self) -> Callable[[], object]:
        with self._changed:
            while True:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)

    def _run(self) -> None:
        while True:
            call = self._next()
            try:
                call()
            except Exception:  # one call's failure must not end the thread that all others wait for
                logger.exception("a scheduled call failed")
