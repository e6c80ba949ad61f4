"""Ending in order when the system asks for it: one way of cleaning up serves Ctrl-C and all other ways to end."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def _handled(
    numbers: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], None] | int
) -> Iterator[None]:
    """Handle signals so within the block; what is ignored (SIGHUP under ``nohup``) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread alone, which decides on them
        return
    before = {
        number: signal.signal(number, handler) for number in numbers if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def termination_as_interrupt() -> contextlib.AbstractContextManager[None]:
    """Treat SIGTERM and SIGHUP as Ctrl-C within the block."""
    return _handled(_ENDING, _interrupt)


def uninterrupted() -> contextlib.AbstractContextManager[None]:
    """Hold off Ctrl-C and SIGTERM within the block: an impatient second one must not cut a clean-up short."""
    return _handled((signal.SIGINT, *_ENDING), signal.SIG_IGN)
