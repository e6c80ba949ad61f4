"""Virtual time: actions at moments, and tasks that wait without anyone waiting for them.

A task runs in a thread of its own, but only one thread runs at a time and each says when it pauses, so a history has
one course for one seed. Outside a task nothing waits: a test that calls a handler directly sees time stand still.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class KilledError(BaseException):
    """The process is gone: nothing is caught, nothing is cleaned up."""


class Scheduler:
    """A clock in epoch seconds, and what is yet to happen."""

    def __init__(self, start: float) -> None:
        self.now = start
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._task: _Task | None = None

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Do something at a moment, or now where that has passed; in the order of asking at the same moment."""
        heapq.heappush(self._coming, (max(moment, self.now), next(self._numbers), action))

    def start(self, action: Callable[[], None], *, deadline: float) -> None:
        """Start a task now; at its first pause that ends after the deadline it is killed."""
        task = _Task(action, deadline)
        self.at(self.now, lambda: self._resume(task))

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises ``KilledError`` where the task's time is up."""
        task = self._task
        if task is None:
            return
        self.at(min(self.now + seconds, task.deadline), lambda: self._resume(task))
        task.yield_()
        if self.now >= task.deadline:
            raise KilledError

    def next_moment(self) -> float | None:
        """Return when something happens next, None where nothing will."""
        return self._coming[0][0] if self._coming else None

    def run(self, until: float) -> None:
        """Let everything happen up to a moment."""
        while self._coming and self._coming[0][0] <= until:
            self.now, _, action = heapq.heappop(self._coming)
            action()

    def _resume(self, task: _Task) -> None:
        self._task = task
        try:
            task.resume()
        finally:
            self._task = None


class _Task:
    def __init__(self, action: Callable[[], None], deadline: float) -> None:
        self.deadline = deadline
        self._action = action
        self._go, self._stop = threading.Semaphore(0), threading.Semaphore(0)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._main, daemon=True)
        self._thread.start()

    def resume(self) -> None:
        """Run up to the next pause or the end."""
        self._go.release()
        self._stop.acquire()
        if self._failure:
            raise self._failure

    def yield_(self) -> None:
        """Let the scheduler go on."""
        self._stop.release()
        self._go.acquire()

    def _main(self) -> None:
        self._go.acquire()
        try:
            self._action()
        except BaseException as failure:  # noqa: BLE001 - handed to the scheduler's thread
            self._failure = failure
        self._stop.release()
