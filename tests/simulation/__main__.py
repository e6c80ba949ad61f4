"""Try random histories, and print the shortest one of whatever breaks a promise."""

from __future__ import annotations

import argparse
import sys
import time

from lambda_src import telemetry
from tests.simulation.histories import at_random, shortest


def main() -> int:
    """Return 1 where a history broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--histories", type=int, default=2_000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first")
    arguments = parser.parse_args()
    silence()
    started = time.monotonic()
    for seed in range(arguments.first, arguments.first + arguments.histories):
        history = at_random(seed)
        if history.breaks():
            small = shortest(history)
            print(f"{small}\n\nbreaks:\n" + "\n".join(small.breaks()))
            return 1
    print(f"{arguments.histories:,} histories kept every promise ({time.monotonic() - started:.0f} s)")
    return 0


def silence() -> None:
    """Keep the handlers' logs and metrics of simulated histories to themselves."""
    telemetry.logger.setLevel("CRITICAL")
    telemetry.metrics.add_metric = lambda **_: None  # type: ignore[method-assign] # nothing reads these metrics


if __name__ == "__main__":
    sys.exit(main())
