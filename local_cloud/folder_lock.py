"""One command at a time on a folder: a lock that goes with the process that holds it, however that ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local_cloud.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def exclusive(folder: Path, refusal: str) -> Iterator[None]:
    """Hold the lock of a folder that exists while the block runs; raises ``UsageError`` with ``refusal`` where taken.

    The folder itself is locked, so nothing has to be written into it, and nothing is left in it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(refusal) from None
        yield
    finally:
        os.close(descriptor)
