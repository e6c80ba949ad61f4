"""See to it that nothing is left of a review, however it ends: neither its folder nor a process that it started.

What is killed cleans nothing up. A shell therefore waits beside the review, on a pipe that the system closes when the
review is gone. It leads the process group that Terraform and its providers run in, and takes with it what is left.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

PREFIX = "plan-review-"
# It has 2 s between asking the group to end and ending it by force, itself too.
_SCRIPT = """
trap '' TERM HUP INT
read -r _
kill -TERM 0
rm -rf -- "$1"
sleep 2
rm -rf -- "$1"
kill -KILL 0
"""


class Guard:
    """A scratch folder and a process group, both gone when the block ends or the process does.

    ``folder`` is the folder; ``group`` is the group for every process that is started within the block.
    """

    def __init__(self) -> None:
        # The name is known before the folder is made, so that there is no moment at which nobody would remove it.
        self.folder = Path(tempfile.gettempdir(), f"{PREFIX}{secrets.token_hex(8)}")
        self.group = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Start the guard, then make the folder. Raises ``OSError`` where that is not possible."""
        with ExitStack() as opening:
            opening.callback(shutil.rmtree, self.folder, ignore_errors=True)
            guard = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT, "plan-review-guard", str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                process_group=0,
            )
            opening.callback(_dismiss, guard)
            self.group = guard.pid
            self.folder.mkdir(mode=0o700)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is left of the group, and remove the folder."""
        self._open.close()


def _dismiss(guard: subprocess.Popen[bytes]) -> None:
    """End the group, the guard with it: before it is waited for nobody else can have its id."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(guard.pid, signal.SIGKILL)
    guard.wait()
    if guard.stdin:
        guard.stdin.close()
