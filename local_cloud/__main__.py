"""``python -m local_cloud demo|up|down``: the pipeline on this machine. ``--help`` names the exit codes."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End at once: while modules load nothing has been started yet, and an exception in there might be swallowed."""
    os.write(sys.stderr.fileno(), b"interrupted before anything was started\n")
    os._exit(INTERRUPTED)


def main() -> int:
    """Run one command; every foreseeable failure is a sentence on standard error."""
    # What is ignored (SIGHUP under ``nohup``) stays ignored.
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, _leave)
    from local_cloud import command_line  # noqa: PLC0415 - loading boto3, PyAV and the like takes a second

    try:
        for number, handler in before.items():
            signal.signal(number, handler)
        return command_line.run(sys.argv[1:])
    except KeyboardInterrupt:
        print("interrupted; everything it started has been ended", file=sys.stderr)
        return INTERRUPTED
    finally:
        # The work is done; a late Ctrl-C must not make the interpreter's own end look like a failure.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
