"""Try every mistake of the catalogue on every layer that can be had: ``make mutations``.

Writes docs/mutations.md; with ``--provider real`` tests/faults/real_provider.json instead, from which the page says
what HashiCorp's provider sees otherwise than the stand-in. checkov and tflint run where ``CHECKOV`` and ``TFLINT``, or
``PATH``, say where they are.

Exit code 0 where every mistake is caught first by the layer that the catalogue names, and neither the stack without one
nor a harmless change to it has a finding; 1 otherwise, 2 where a layer cannot run, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from plan_review.terraform import providers
from plan_review.terraform.workspace import TerraformError
from terraform_runtime.signals import termination_as_interrupt
from tests.faults import real_provider, scanners, table, trial
from tests.faults.catalogue import CATALOGUE
from tests.faults.harmless import HARMLESS
from tests.faults.scanners import ScannerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.tried import Row, Trial

CAUGHT, MISSED, FAILED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--provider", choices=(trial.NONE, *providers.CHOICES), default="offline")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="names of mistakes; shows them, and writes no page")
    given = parser.parse_args(arguments)
    if unknown := sorted(set(given.only or ()) - {each.name for each in CATALOGUE}):
        parser.error(f"no such mistake: {', '.join(unknown)}")
    wanted = [each for each in CATALOGUE if not given.only or each.name in given.only]
    harmless = [] if given.only else list(HARMLESS)
    try:
        scanned = () if given.provider == "real" else scanners.available()
        tried = trial.run(wanted, harmless, given.provider, scanned)
    except (TerraformError, ScannerError) as error:
        print(f"the mistakes could not be tried: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted; nothing is written", file=sys.stderr)
        return INTERRUPTED
    if given.only:
        _show(tried)
    if given.provider == "real":
        real_provider.write(tried)
    elif given.provider == "offline" and not given.only:
        table.write(tried.rows, alarms=tried.alarms, provider=tried.provider, scanners=tried.scanners)
    return _verdict(tried)


def _show(tried: Trial) -> None:
    for row in tried.rows:
        print(row.mutation.name)
        for outcome in row.outcomes:
            print(f"  {outcome.layer:9} {outcome.seconds or 0:7.2f} s  {', '.join(outcome.by)}")


def _verdict(tried: Trial) -> int:
    """Say what is not as the catalogue has it, and return the exit code."""
    for change, outcome in tried.alarms:
        print(f"without a mistake ({change}), {outcome.layer} finds {', '.join(outcome.by)}", file=sys.stderr)
    wrong = [row for row in tried.rows if _caught_by(row) != row.mutation.layer and _could_tell(row, tried.layers)]
    for row in wrong:
        print(f"{row.mutation.name}: caught by {_caught_by(row)}, not by {row.mutation.layer}", file=sys.stderr)
    if wrong or tried.alarms:
        return MISSED
    print(f"{sum(row.first is not None for row in tried.rows)} of {len(tried.rows)} mistakes are caught before AWS")
    return CAUGHT


def _caught_by(row: Row) -> str:
    return row.first.layer if row.first else table.NOTHING


def _could_tell(row: Row, ran: set[str]) -> bool:
    """Return whether every layer ran that could catch this mistake as the catalogue says."""
    needed = set(table.SCANNERS) if row.mutation.layer == table.NOTHING else {row.mutation.layer}
    return needed <= ran or row.first is not None


if __name__ == "__main__":
    with termination_as_interrupt():  # so that Terraform and the folder that it works in end with us
        sys.exit(main())
