"""Files and processes that must not outlive the emulator."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_RUN_PREFIX = "run-"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def create_run_dir(data_dir: Path) -> Path:
    """Return a new folder for everything this run writes and nobody needs afterwards.

    Folders of runs that were killed before they could clean up are removed first.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    for left_over in data_dir.glob(f"{_RUN_PREFIX}*"):
        pid = left_over.name.removeprefix(_RUN_PREFIX)
        if pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(left_over, ignore_errors=True)
    run_dir = data_dir / f"{_RUN_PREFIX}{os.getpid()}"
    shutil.rmtree(run_dir, ignore_errors=True)
    run_dir.mkdir()
    return run_dir


def kill_all(pids: list[int]) -> None:
    """End these children of ours at once and reap them; one that has ended already is no error."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
