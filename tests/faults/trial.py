"""Try mistakes on every layer that can be had."""

from __future__ import annotations

import copy
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

from tests.faults import base, checks, tools
from tests.faults.harmless import changed
from tests.faults.tried import Row, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.faults.checks import Outcome
    from tests.faults.mutation import Mutation, Subject
    from tests.faults.scanners import Scanner
    from tests.faults.tools import Terraform

NONE = "none"


def run(mutations: Sequence[Mutation], harmless: Sequence[str], provider: str, given: Sequence[Scanner]) -> Trial:
    """Try each mistake and each harmless change; ``provider`` may be ``none``, and Terraform is not run.

    Raises ``TerraformError`` or ``ScannerError`` where a layer cannot run.
    """
    try:
        _progress("preparing the stack")
        subject = base.subject()
        with nullcontext() if provider == NONE else tools.terraform(subject.document, provider) as terraform:
            alarms = [("no change", outcome) for outcome in _clean(subject, subject, terraform) if outcome.caught]
            for number, name in enumerate(harmless, start=1):
                _progress(f"{number} of {len(harmless)} harmless changes  {name}")
                outcomes = _clean(subject, changed(subject, name), terraform)
                alarms += [(name, outcome) for outcome in outcomes if outcome.caught]
            tried = {}
            for number, mutation in enumerate(mutations, start=1):
                _progress(f"{number} of {len(mutations)} mistakes  {mutation.name}")
                tried[mutation.name] = list(_outcomes(mutation, subject, terraform))
        _scan(mutations, subject, tried, given)
    finally:
        _progress("")
    rows = [Row(mutation=mutation, outcomes=tuple(tried[mutation.name])) for mutation in mutations]
    versions = {scanner.name: scanner.version for scanner in given}
    return Trial(rows, alarms, provider=terraform.provider if terraform else "", scanners=versions)


def _scan(
    mutations: Sequence[Mutation], subject: Subject, tried: Mapping[str, list[Outcome]], given: Sequence[Scanner]
) -> None:
    """Add what the scanners say of every mistake that gets as far as the synthesized stack."""
    documents = {each.name: each.on(subject).document for each in mutations if tried[each.name][-1].layer != "settings"}
    reaching = {name: document for name, document in documents.items() if document != subject.document}
    for scanner in given:
        _progress(f"{scanner.name} {scanner.version}")
        for name, outcome in scanner.outcomes(subject.document, reaching).items():
            tried[name].append(outcome)


def _clean(deployed: Subject, subject: Subject, terraform: Terraform | None) -> Iterator[Outcome]:
    yield checks.of_settings(subject)
    yield checks.of_synth(subject)
    if terraform:
        yield from terraform.layers(subject)
        yield from terraform.change(deployed, subject)


def _outcomes(mutation: Mutation, subject: Subject, terraform: Terraform | None) -> Iterator[Outcome]:
    mistaken = mutation.on(subject)
    settings = checks.of_settings(mistaken)
    yield settings
    if settings.caught:
        return
    yield checks.of_synth(mistaken)
    if terraform is None or mistaken.document == subject.document:
        return
    if not mutation.update:
        yield from terraform.layers(mistaken)
        return
    deployed = copy.deepcopy(subject)
    if mutation.deployed is not None:
        mutation.deployed(deployed)
    yield from terraform.change(deployed, mistaken)


def _progress(text: str) -> None:
    """Show on a terminal what is done now, in one line."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)
