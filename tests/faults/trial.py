"""Try mistakes on every layer that can be had."""

from __future__ import annotations

import copy
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults import base, checks, tools
from tests.faults.harmless import changed
from tests.faults.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.checks import Outcome
    from tests.faults.mutation import Mutation, Subject
    from tests.faults.scanners import Scanner
    from tests.faults.tools import Terraform

NONE = "none"


@dataclass(slots=True)
class Trial:
    """What came of it. ``alarms`` are false ones: what is found without a mistake, by the harmless change."""

    rows: list[Row]
    alarms: list[tuple[str, Outcome]]
    provider: str = ""
    scanners: dict[str, str] = field(default_factory=dict)

    @property
    def layers(self) -> set[str]:
        """The layers that ran."""
        return {outcome.layer for row in self.rows for outcome in row.outcomes}


def run(mutations: Sequence[Mutation], harmless: Sequence[str], provider: str, given: Sequence[Scanner]) -> Trial:
    """Try each mistake and each harmless change; ``provider`` may be ``none``, and Terraform is not run.

    Raises ``TerraformError`` or ``ScannerError`` where a layer cannot run.
    """
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
    for scanner in given:
        _progress(f"{scanner.name} {scanner.version}")
        documents = {each.name: each.on(subject).document for each in mutations}
        reaching = {name: document for name, document in documents.items() if _reaches(tried[name], document, subject)}
        for name, outcome in scanner.outcomes(subject.document, reaching).items():
            tried[name].append(outcome)
    _progress("")
    rows = [Row(mutation=mutation, outcomes=tuple(tried[mutation.name])) for mutation in mutations]
    versions = {scanner.name: scanner.version for scanner in given}
    return Trial(rows, alarms, provider=terraform.provider if terraform else "", scanners=versions)


def _clean(deployed: Subject, subject: Subject, terraform: Terraform | None) -> Iterator[Outcome]:
    yield checks.of_settings(subject)
    yield checks.of_synth(subject)
    if terraform:
        yield from terraform.layers(subject)
        yield from terraform.change(deployed, subject)


def _outcomes(mutation: Mutation, subject: Subject, terraform: Terraform | None) -> Iterator[Outcome]:
    changed = mutation.on(subject)
    settings = checks.of_settings(changed)
    yield settings
    if settings.caught:
        return
    yield checks.of_synth(changed)
    if terraform is None or changed.document == subject.document:
        return
    if not mutation.update:
        yield from terraform.layers(changed)
        return
    deployed = copy.deepcopy(subject)
    if mutation.deployed is not None:
        mutation.deployed(deployed)
    yield from terraform.change(deployed, changed)


def _reaches(outcomes: list[Outcome], document: object, subject: Subject) -> bool:
    """Return whether a mistake gets as far as the synthesized stack."""
    return outcomes[-1].layer != "settings" and document != subject.document


def _progress(text: str) -> None:
    """Show on a terminal what is done now, in one line."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)
