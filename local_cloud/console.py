"""What a person sees while something long runs: one live line on a terminal, one line a finished phase elsewhere."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Console:
    """Prints phases and remembers how long each took, in seconds, in the order in which they ran."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    timings: dict[str, float] = field(default_factory=dict)
    _label: str = ""

    @contextlib.contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Show that a phase runs, then what it took; nothing is remembered of one that fails."""
        self._label = name
        self.update("")
        started = time.monotonic()
        try:
            yield
        except BaseException:
            self._clear()
            raise
        self.timings[name] = time.monotonic() - started
        self._clear()
        self.line(f"  {name:<34} {self.timings[name]:6.1f} s")

    def update(self, text: str) -> None:
        """Replace the live line; silent where the output is not a terminal."""
        if self.stream.isatty():
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(f"\r\x1b[2K{f'  {self._label} … {text}'[:width]}")
            self.stream.flush()

    def count(self, done: int, total: int) -> None:
        """Show how many of how many; a total of 0 is one that is not known yet."""
        if total:
            self.update(f"{done} of {total}")

    def line(self, text: str = "") -> None:
        """Print a line that stays."""
        self.stream.write(f"{text}\n")
        self.stream.flush()

    def _clear(self) -> None:
        if self.stream.isatty():
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
