"""The same stack lives the same life twice: applied, edited in rounds, disturbed, repaired and destroyed.

Each provider has an emulator of its own. Both lives run at the same time, for much of the real provider's is waiting.
"""

from __future__ import annotations

import copy
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from local_cloud.cloud import LocalCloud
from packages.offline_provider.tests.terraform_run import Side, offline_side, real_side
from tests.offline_provider.conformance.drift import disturb
from tests.offline_provider.conformance.edits import NEW_CODE, ROUNDS
from tests.offline_provider.conformance.read_back import Answers, Emulator, read_back
from tests.offline_provider.stacks import Document, folder_of, for_an_emulator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from terraform_runtime.provider_source import ProviderSource

CREATION, DRIFT, DESTRUCTION = "creation", "drift", "destruction"
STEPS = (CREATION, *ROUNDS, DRIFT, DESTRUCTION)


@dataclass
class Life:
    """What was seen of one provider's life of the stack, by step."""

    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The plan after each step, which should be empty."""
    imports: dict[str, Any] = field(default_factory=dict)
    """The plan that imports what was created into an empty state."""
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Answers] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def live_both(stack: Path, content: Document, folder: Path, provider: ProviderSource) -> tuple[Life, Life]:
    """Let the stack live with each provider, in ``folder``; return what was seen, the real provider's first."""
    content = for_an_emulator(content)
    folders = {name: folder_of(stack, folder / name, content) for name in ("real", "offline")}

    def real(environment: dict[str, str]) -> AbstractContextManager[Side]:
        return nullcontext(real_side(folders["real"], provider, environment))

    def offline(environment: dict[str, str]) -> AbstractContextManager[Side]:
        return offline_side(folders["offline"], environment)

    with (
        LocalCloud(folder / "cloud-real") as one,
        LocalCloud(folder / "cloud-offline") as other,
        ThreadPoolExecutor(2) as threads,
    ):
        lives = [threads.submit(_live, content, *each) for each in ((real, one), (offline, other))]
        return lives[0].result(), lives[1].result()


def _live(
    content: Document, side_with: Callable[[dict[str, str]], AbstractContextManager[Side]], cloud: LocalCloud
) -> Life:
    life, emulator = Life(), Emulator(cloud.endpoints)
    with side_with(cloud.endpoints.environment()) as side:
        (side.folder / NEW_CODE).write_bytes((next(side.folder.glob("assets/*/*/lambda.zip"))).read_bytes() + b"\n")
        side.init()
        _step(life, CREATION, side, emulator)
        life.imports = _importing(side, content, life.states[CREATION])
        content = copy.deepcopy(content)
        for name, edits in ROUNDS.items():
            for edit in edits:
                edit.change(content)
            side.configure(content)
            _step(life, name, side, emulator, "-refresh=false")  # the plan after the last step has just refreshed
        disturb(emulator)
        _step(life, DRIFT, side, emulator)
        _step(life, DESTRUCTION, side, emulator, "-destroy", "-refresh=false")
    return life


def _importing(side: Side, content: Document, state: dict[str, Any]) -> dict[str, Any]:
    blocks = [
        {"to": f"{item['type']}.{item['name']}", "id": _import_id(item["type"], item["instances"][0]["attributes"])}
        for item in state["resources"]
    ]
    folder = side.folder.with_name(f"{side.folder.name}-imported")
    folder_of(side.folder, folder, {**content, "import": blocks})
    empty = replace(side, folder=folder)
    empty.init()
    return empty.plan()


def _import_id(kind: str, attributes: dict[str, Any]) -> str:
    """Return by what a resource is imported, which is its id but for two types; see "Import" in the provider's docs."""
    parts = {
        "aws_cloudwatch_event_target": ("rule", "target_id"),
        "aws_lambda_permission": ("function_name", "statement_id"),
    }
    return "/".join(attributes[name] for name in parts.get(kind, ("id",)))


def _step(life: Life, name: str, side: Side, emulator: Emulator, *arguments: str) -> None:
    started = time.monotonic()
    life.plans[name] = side.plan(*arguments)
    side.run("apply", "-input=false", "plan")
    life.seconds[name] = time.monotonic() - started
    life.states[name] = side.state()
    life.answers[name] = read_back(emulator)
    if name != DESTRUCTION:
        life.again[name] = side.plan()
