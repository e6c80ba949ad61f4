"""The memory of a command and all that it starts, watched while it runs.

Where the system tells it (Linux), pages that several processes share count once; elsewhere the resident memory of each
is added up, which counts them several times.
"""

from __future__ import annotations

import subprocess
import threading
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.measure import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BETWEEN_LOOKS_SECONDS = 0.02
_KIBIBYTE = 1024


class Watch:
    """Watches a tree of processes: ``with Watch() as watch: run(command, watch.start)``.

    ``peak`` is then what its programs took, in bytes by name, at the moment when they took most together.
    """

    def __init__(self) -> None:
        self.peak: Mapping[str, int] = {}
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pid: int) -> None:
        """Watch this process and all below it."""
        self._thread = threading.Thread(target=self._watch, args=(pid,), name="memory-watch", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop watching."""
        self._done.set()
        if self._thread:
            self._thread.join()

    def _watch(self, pid: int) -> None:
        while not self._done.is_set():
            taken: Counter[str] = Counter()
            for program, size in _tree(pid):
                taken[program] += size
            if taken.total() > sum(self.peak.values()):
                self.peak = dict(taken)
            self._done.wait(_BETWEEN_LOOKS_SECONDS)


def told(peak: Mapping[str, int]) -> str:
    """Return a peak in words, the program that took most first."""
    programs = sorted(peak.items(), key=lambda entry: (-entry[1], entry[0]))
    named = ", ".join(f"{name} {size / MEBIBYTE:.0f}" for name, size in programs)
    return f"{sum(peak.values()) / MEBIBYTE:.0f} MiB ({named})"


def _tree(root: int) -> Iterator[tuple[str, int]]:
    """Yield the program's name and the memory in bytes of a process and of all below it."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss=,comm="], capture_output=True, text=True, check=False)
    found: dict[int, tuple[str, int]] = {}
    below: dict[int, list[int]] = defaultdict(list)
    for line in listing.stdout.splitlines():
        number, parent, resident, program = line.split(maxsplit=3)
        found[int(number)] = (Path(program.strip()).name, int(resident) * _KIBIBYTE)
        below[int(parent)].append(int(number))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        waiting += below[pid]
        if pid in found:
            program, resident_bytes = found[pid]
            shared = _proportional(pid)
            yield program, resident_bytes if shared is None else shared


def _proportional(pid: int) -> int | None:
    """Return the memory of a process in bytes, its part of what it shares with others; None where nobody tells."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(row.split()[1]) * _KIBIBYTE for row in rows if row.startswith("Pss:")), None)
