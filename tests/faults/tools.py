"""The layers that run Terraform."""

from __future__ import annotations

import json
import re
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.configuration.reading import read
from plan_review.terraform import comparison, planned_state, providers
from plan_review.terraform.workspace import OVERRIDE, TerraformError, Workspace
from tests.faults import checks
from tests.faults.checks import Outcome
from tests.faults.deployed import settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.terraform.workspace import Diagnostic
    from tests.faults.mutation import Subject

FILE = "cdk.tf.json"
_BROKEN = re.compile(r"[Pp]lugin|panic|did not end|cannot be run")
_SHOWN = 2  # messages of one layer that the table shows


@dataclass(slots=True)
class Terraform:
    """A prepared folder whose one file is replaced for every subject, so that ``init`` runs once."""

    folder: Path
    workspace: Workspace
    state: Path
    provider: str
    _states: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def put(self, document: Mapping[str, Any]) -> None:
        """Make a document what Terraform sees."""
        _write(self.folder, document)

    def layers(self, subject: Subject) -> Iterator[Outcome]:
        """Yield what validate, plan and graph say of a subject that is not deployed."""
        self.put(subject.document)
        self.state.unlink(missing_ok=True)
        start = time.perf_counter()
        by = self._validate()
        yield Outcome(layer="validate", by=by, seconds=time.perf_counter() - start)
        start = time.perf_counter()
        plan, by = self._plan()
        yield Outcome(layer="plan", by=by, seconds=time.perf_counter() - start)
        yield self._graph(subject, plan)

    def _validate(self) -> tuple[str, ...]:
        try:
            return _errors(self.workspace.validate())
        except TerraformError as error:
            return _refusal(error)

    def _plan(self) -> tuple[Mapping[str, Any] | None, tuple[str, ...]]:
        try:
            plan, said = self.workspace.plan()
        except TerraformError as error:
            return None, _refusal(error)
        return plan, _errors(said)

    def _graph(self, subject: Subject, plan: Mapping[str, Any] | None) -> Outcome:
        start = time.perf_counter()
        try:
            graph = self.workspace.graph()
        except TerraformError as error:
            by = _refusal(error)
        else:
            found = comparison.findings(comparison.compare(read(subject.document), plan, graph), graph)
            by = tuple(dict.fromkeys(finding.rule_id for finding in found))
        return Outcome(layer="graph", by=by, seconds=time.perf_counter() - start)

    def change(self, deployed: Subject, subject: Subject) -> Iterator[Outcome]:
        """Yield what plan and review say of a subject that is applied to what is deployed."""
        self.state.write_text(json.dumps(self._state_of(deployed)), encoding="utf-8")
        self.put(subject.document)
        start = time.perf_counter()
        plan, by = self._plan()
        yield Outcome(layer="plan", by=by, seconds=time.perf_counter() - start)
        if plan is not None:
            yield checks.of_review(subject, plan)

    def _state_of(self, deployed: Subject) -> Mapping[str, Any]:
        key = json.dumps(deployed.document, sort_keys=True)
        if key not in self._states:
            self.put(deployed.document)
            self.state.unlink(missing_ok=True)
            plan, said = self.workspace.plan()
            if plan is None:
                raise TerraformError(f"what is deployed cannot be planned: {_errors(said)}")
            made = planned_state.after(plan, self.workspace.graph())
            self._states[key] = settled(made, read(deployed.document))
        return self._states[key]


@contextmanager
def terraform(document: Mapping[str, Any], provider: str) -> Iterator[Terraform]:
    """Prepare a folder for one provider. Raises ``TerraformError`` where Terraform or the provider cannot be had."""
    found = providers.chosen(provider)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "stack"
        folder.mkdir()
        _write(folder, document)
        # Keys that no account has: nothing is read, so that nothing asks for better ones.
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        setting = replace(found, refreshes=False, environment={**found.environment, **keys})
        with Workspace(folder, setting) as workspace:
            if broken := workspace.init():
                raise TerraformError(f"terraform init failed: {_errors(broken)}")
            override = json.loads((workspace.path / OVERRIDE).read_text(encoding="utf-8"))
            at = Path(override["terraform"]["backend"]["local"]["path"])
            yield Terraform(folder=folder, workspace=workspace, state=at, provider=setting.provider)


def _write(folder: Path, document: Mapping[str, Any]) -> None:
    """Write a document whose providers ask AWS for nothing, not even whose account it is."""
    known = {"skip_requesting_account_id": True, "skip_credentials_validation": True, "skip_region_validation": True}
    quiet = [
        {name: value for name, value in {**settings, **known}.items() if name != "allowed_account_ids"}
        for settings in document["provider"]["aws"]
    ]
    text = json.dumps({**document, "provider": {"aws": quiet}})
    (folder / FILE).write_text(text, encoding="utf-8")


def _refusal(error: TerraformError) -> tuple[str, ...]:
    """Return what Terraform refuses a mistake with; that it runs at all, the stack without a mistake has shown.

    Raises the error again where it is the provider that failed.
    """
    if _BROKEN.search(str(error)):
        raise error
    return (str(error).strip().splitlines()[-1],)


def _errors(said: list[Diagnostic]) -> tuple[str, ...]:
    messages = [each.summary for each in said if each.severity == "error"]
    return tuple(dict.fromkeys(messages))[:_SHOWN]
