"""The layers that need no Terraform: settings, and everything that a synth is held against."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.configuration.reading import read
from stacks.config import PipelineConfig
from stacks.settings import SettingsError
from tests.faults import base

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.findings import Finding
    from tests.faults.mutation import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a layer says of a subject. ``by`` are the rules or the message; ``seconds`` is None where it did not run."""

    layer: str
    by: tuple[str, ...] = ()
    seconds: float | None = None

    @property
    def caught(self) -> bool:
        """Whether the layer found anything."""
        return bool(self.by)


def of_settings(subject: Subject) -> Outcome:
    """Parse the settings as the app does, before anything is built."""
    start = time.perf_counter()
    try:
        PipelineConfig.from_context(subject.settings)
        by: tuple[str, ...] = ()
    except SettingsError as error:
        by = (str(error).strip().splitlines()[0],)
    return Outcome(layer="settings", by=by, seconds=time.perf_counter() - start)


def findings(subject: Subject, plan: Mapping[str, Any] | None = None) -> list[Finding]:
    """Return every open finding of the review on a subject, with its own source code."""
    known = base.known()
    if subject.sources == base.subject().sources:
        found = known.review(read(subject.document), plan=plan)
    else:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in subject.sources.items():
                file = Path(folder) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            found = replace(known, code=(Path(folder),)).review(read(subject.document), plan=plan)
    return [finding for finding in found if finding.open]


def of_synth(subject: Subject) -> Outcome:
    """Hold the synthesized JSON against layout and rules, as ``cdktf synth`` does."""
    start = time.perf_counter()
    found = findings(subject)
    return Outcome(layer="synth", by=_names(found), seconds=time.perf_counter() - start)


def of_review(subject: Subject, plan: Mapping[str, Any]) -> Outcome:
    """Hold a plan against the rules on changes, as the plan review does."""
    start = time.perf_counter()
    found = findings(subject, plan)
    return Outcome(layer="review", by=_names(found), seconds=time.perf_counter() - start)


def _names(found: list[Finding]) -> tuple[str, ...]:
    """Return the rules that found something, those first that stop a synth."""
    ranked = sorted(found, key=lambda finding: (not finding.fails, finding.rule_id))
    return tuple(dict.fromkeys(finding.rule_id for finding in ranked))
