"""A server that ends when whoever started it is gone, were it by a SIGKILL that left no time to clean up."""

from __future__ import annotations

import os
import signal
import threading
import time

_POLL_SECONDS = 0.25


def end_with_parent() -> None:
    """Send this process SIGTERM as soon as the process that started it is gone.

    Watches the parent's id: Linux's own parent-death signal fires already when the thread that started us ends, which
    would end the server of a program that starts it from a helper thread.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_POLL_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
