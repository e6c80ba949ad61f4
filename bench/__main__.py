"""``python -m bench``: measure, print a table, write JSON."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import machine, rows
from bench.measure import CommandFailedError, run_pairs
from bench.report import Result, as_json, as_table
from bench.row import registered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.row import Row

INTERRUPTED = 130


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; a wrong one ends the program with what would be right."""
    names = [row.name for row in registered()]
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure against what one would use instead.")
    parser.add_argument("--rows", nargs="+", metavar="ROW", choices=names, default=names, help=", ".join(names))
    parser.add_argument("--runs", type=_positive, default=5, help="pairs of runs per row (5)")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"), help="where to write (build/bench.json)")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def show_progress(text: str) -> None:
    """Rewrite one line of the terminal; say nothing where nobody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def measure(row: Row, runs: int) -> Result:
    """Measure one row; a command that fails makes a failed row, not the end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            ours, other = row.commands(Path(folder))
            pairs = run_pairs(ours, other, runs, lambda text: show_progress(f"{row.name}: {text}"))
            show_progress(f"{row.name}: what else there is to tell")
            return Result(row, pairs, facts=row.facts(Path(folder)))
        except CommandFailedError as error:
            return Result(row, None, str(error))


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, also where an aim is not met; 1 where a command failed; 130 after Ctrl-C."""
    rows.load()
    options = parse(arguments)
    facts = machine.facts()
    try:
        results = [measure(row, options.runs) for row in registered() if row.name in options.rows]
    except KeyboardInterrupt:
        show_progress("")
        print("Interrupted; nothing is written.", file=sys.stderr)
        return INTERRUPTED
    show_progress("")
    print(as_table(results, facts))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(as_json(results, facts, options.runs), encoding="utf-8")
    return 1 if any(result.failure for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
