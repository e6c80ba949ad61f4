"""Runs two commands in turn and compares them pair by pair."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

MEBIBYTE = 1 << 20


class CommandFailedError(Exception):
    """A measured command ended with an exit code other than 0."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """What is run: arguments, folder, and variables on top of the environment (None takes one away)."""

    arguments: Sequence[str]
    cwd: Path
    environment: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """
    One run: wall-clock seconds, processor seconds of its whole tree, and the peak resident memory in bytes.

    The peak is that of the largest process in the tree, as the kernel counts it, not of all together.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Runs of two commands, one after the other, so that a slow minute of the machine hits both."""

    ours: tuple[Sample, ...]
    other: tuple[Sample, ...]

    def times_faster(self) -> tuple[float, ...]:
        """How many times as long the other took, pair by pair."""
        return tuple(other.seconds / ours.seconds for ours, other in zip(self.ours, self.other, strict=True))

    def times_the_other(self) -> tuple[float, ...]:
        """How many times as long ours took, pair by pair."""
        return tuple(1 / ratio for ratio in self.times_faster())


def median_seconds(samples: Sequence[Sample]) -> float:
    """Return the median of the runs' seconds."""
    return statistics.median(sample.seconds for sample in samples)


def median_cpu_seconds(samples: Sequence[Sample]) -> float:
    """Return the median of the runs' processor seconds: what a busy machine changes least."""
    return statistics.median(sample.cpu_seconds for sample in samples)


def peak_bytes(samples: Sequence[Sample]) -> int:
    """Return the highest peak of all runs, in bytes."""
    return max(sample.peak_bytes for sample in samples)


def run(command: Command, started: Callable[[int], None] = lambda _pid: None) -> Sample:
    """
    Run a command to its end, and its whole tree to an end on Ctrl-C; ``started`` is called with its process id.

    Raises CommandFailedError with the end of what it wrote.
    """
    environment = {**os.environ, **{name: value for name, value in command.environment.items() if value is not None}}
    for name in (name for name, value in command.environment.items() if value is None):
        environment.pop(name, None)
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            cwd=command.cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for us; we pass it on to the whole tree
        )
        try:
            started(process.pid)
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            _end_tree(process)
            raise
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            output.seek(0)
            said = "\n".join(output.read().splitlines()[-12:])
            raise CommandFailedError(f"{' '.join(command.arguments)} ended with {process.returncode}:\n{said}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, peak_of(usage))


def peak_of(usage: resource.struct_rusage) -> int:
    """Return the peak resident memory, in bytes, of what the system counted."""
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _end_tree(process: subprocess.Popen[bytes]) -> None:
    """End the command and all that it started: politely, then by force."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)


def run_pairs(ours: Command, other: Command, runs: int, progress: Callable[[str], None]) -> Pairs:
    """Run both in turn, ``runs`` times after one pair that is not counted: caches are warm in all others."""
    samples: tuple[list[Sample], list[Sample]] = ([], [])
    for turn in range(runs + 1):
        for command, kept, name in ((ours, samples[0], "ours"), (other, samples[1], "the other")):
            progress("warming up" if turn == 0 else f"run {turn} of {runs}, {name}")
            sample = run(command)
            if turn > 0:
                kept.append(sample)
    return Pairs(tuple(samples[0]), tuple(samples[1]))
