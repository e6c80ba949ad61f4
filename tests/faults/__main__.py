"""Try every mistake of the catalogue against every layer, and write docs/mutations.md.

``python -m tests.faults [--provider offline|real|none] [--only NAME …]``. Exit code 0 where every mistake is caught by
the layer that must catch it and a stack without one has no finding; 1 otherwise; 2 where a layer could not run.
"""

from __future__ import annotations

import argparse
import copy
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from plan_review import providers
from plan_review.terraform import TerraformError
from tests.faults import base, checks, tools
from tests.faults.catalogue import CATALOGUE
from tests.faults.scanners import Scanner, ScannerError, installed
from tests.faults.table import LAYERS, Row, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.checks import Outcome
    from tests.faults.mutation import Mutation, Subject
    from tests.faults.tools import Terraform


def main(arguments: list[str] | None = None) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--provider", choices=("none", *providers.CHOICES), default=providers.default())
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="names of mistakes; writes no page")
    given = parser.parse_args(arguments)
    wanted = [each for each in CATALOGUE if not given.only or each.name in given.only]
    subject = base.subject()
    preparing = nullcontext() if given.provider == "none" else tools.terraform(subject.document, given.provider)
    try:
        with preparing as terraform:
            clean = _clean(subject, terraform)
            scanners = installed(subject)
            rows = [_row(mutation, subject, terraform, scanners) for mutation in wanted]
            provider = terraform.provider if terraform else ""
    except (TerraformError, ScannerError) as error:
        print(f"the mistakes could not be tried: {error}", file=sys.stderr)
        return 2
    if not given.only:
        write(rows, provider=provider, scanners={each.name: each.version for each in scanners})
    return _verdict(clean, rows, planned=terraform is not None)


def _clean(subject: Subject, terraform: Terraform | None) -> list[Outcome]:
    """Return what any layer has against the stack as it is."""
    outcomes = [checks.of_settings(subject), checks.of_synth(subject)]
    if terraform:
        outcomes += [*terraform.layers(subject), *terraform.change(subject, subject)]
    return [outcome for outcome in outcomes if outcome.caught]


def _row(mutation: Mutation, subject: Subject, terraform: Terraform | None, scanners: list[Scanner]) -> Row:
    outcomes = list(_outcomes(mutation, subject, terraform))
    if outcomes[-1].layer != "settings" and not mutation.update:
        outcomes += [scanner.outcome(mutation.on(subject)) for scanner in scanners]
    row = Row(mutation=mutation, outcomes=tuple(outcomes))
    first = row.first
    print(f"{mutation.name}: {f'{first.layer} in {first.seconds:.2f} s' if first else 'NOT CAUGHT'}", flush=True)
    return row


def _outcomes(mutation: Mutation, subject: Subject, terraform: Terraform | None) -> Iterator[Outcome]:
    changed = mutation.on(subject)
    settings = checks.of_settings(changed)
    yield settings
    if settings.caught:
        return
    yield checks.of_synth(changed)
    if terraform is None:
        return
    if not mutation.update:
        yield from terraform.layers(changed)
        return
    deployed = copy.deepcopy(subject)
    if mutation.deployed is not None:
        mutation.deployed(deployed)
    yield from terraform.change(deployed, changed)


def _verdict(clean: list[Outcome], rows: list[Row], *, planned: bool) -> int:
    for outcome in clean:
        print(f"without a mistake: {outcome.layer} finds {', '.join(outcome.by)}", file=sys.stderr)
    late = [
        row
        for row in rows
        if (planned or row.mutation.layer in ("settings", "synth"))
        and (row.first is None or LAYERS.index(row.first.layer) > LAYERS.index(row.mutation.layer))
    ]
    for row in late:
        print(f"{row.mutation.name}: not caught by {row.mutation.layer}", file=sys.stderr)
    return 1 if clean or late else 0


if __name__ == "__main__":
    sys.exit(main())
