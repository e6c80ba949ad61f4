"""Planning the same configuration with both providers, anew or from a state with made-up values."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from offline_provider.recording.silent_endpoint import silent_endpoint
from packages.offline_provider.tests.terraform_run import Side, offline_side, real_side
from tests.offline_provider.conformance.edits import NEW_CODE
from tests.offline_provider.plan_differences import Plan, actions, made_up_state
from tests.offline_provider.stacks import Document, folder_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from terraform_runtime.provider_source import ProviderSource

State = dict[str, Any]

_MOST_PLANS = 6


@dataclass(frozen=True)
class Planned:
    """What one provider makes of a configuration."""

    plan: Plan
    graph: str


@dataclass(frozen=True)
class Planner:
    """Plans configurations of one stack in folders of its own below ``folder``."""

    stack: Path
    folder: Path
    provider: ProviderSource

    def both(self, name: str, configuration: Document, state: State | None = None) -> tuple[Planned, Planned]:
        """Plan with both providers at the same time; return the real provider's first."""
        with silent_endpoint() as endpoint:
            environment = {"AWS_ENDPOINT_URL": endpoint}
            real = real_side(self._made(f"{name}-real", configuration), self.provider, environment)
            other = self._made(f"{name}-offline", configuration)
            with offline_side(other, environment) as offline, ThreadPoolExecutor(2) as threads:
                first, second = (threads.submit(_planned, side, state) for side in (real, offline))
                return first.result(), second.result()

    def made_up_state(self, configuration: Document, schemas: Mapping[str, Any]) -> State:
        """Return a state with made-up values as if the configuration had been applied: no change is planned from it."""
        folder = self._made("made-up", configuration)
        with offline_side(folder, {}) as side:
            side.init()
            plan = side.plan("-refresh=false")
            state: State | None = None
            for _ in range(_MOST_PLANS):
                state = made_up_state(plan, schemas, state)
                (folder / "terraform.tfstate").write_text(json.dumps(state))
                plan = side.plan("-refresh=false")
                if not actions(plan):
                    return state
        raise AssertionError(f"the state does not settle: {actions(plan)}")

    def _made(self, name: str, configuration: Document) -> Path:
        folder = folder_of(self.stack, self.folder / name, configuration)
        (folder / NEW_CODE).write_bytes(b"changed")
        return folder


def _planned(side: Side, state: State | None) -> Planned:
    if state:
        (side.folder / "terraform.tfstate").write_text(json.dumps(state))
    side.init()
    return Planned(side.plan("-refresh=false"), side.run("graph", "-type=plan"))
