"""One synthesis of every stack for the whole session, and a way to synthesize another setting."""

from __future__ import annotations

import fast_bindings

fast_bindings.enable()

# Imports of the bindings have to come after that.
import copy  # noqa: E402
import json  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

import pytest  # noqa: E402
from cdktf import App, Testing  # noqa: E402

from stacks.config import PipelineConfig  # noqa: E402
from stacks.pipeline import PipelineStack  # noqa: E402
from tests.synth.stack import Stack  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ("local", "dev", "prod")
Change = dict[str, Any]


@pytest.fixture(scope="session")
def project_context() -> dict[str, Any]:
    """The committed context."""
    context: dict[str, Any] = json.loads((ROOT / "cdktf.json").read_text())["context"]
    return context


@pytest.fixture
def context(project_context: dict[str, Any]) -> dict[str, Any]:
    """A copy of the committed context, to be spoilt by a test."""
    return copy.deepcopy(project_context)


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory, project_context: dict[str, Any]) -> Callable[..., Stack]:
    """Synthesize one environment of the committed context, with some of its settings changed."""
    # What the functions run does not matter to the stack; the real package has tests of its own.
    package = tmp_path_factory.mktemp("package") / "lambda.zip"
    package.write_bytes(b"PK\x05\x06" + bytes(18))

    def synthesize(environment: str, **changes: Change) -> Stack:
        context = copy.deepcopy(project_context)
        settings = context["environments"][environment]
        for section, change in changes.items():
            settings[section] = {**settings.get(section, {}), **change}
        config = PipelineConfig.from_context(context)
        app = App(outdir=str(tmp_path_factory.mktemp("cdktf.out")))
        stack = PipelineStack(app, config.environments[environment], package=package, package_hash="hash")
        return Stack(Testing.synth(stack))

    return synthesize


@pytest.fixture(scope="session")
def stacks(synthesize: Callable[..., Stack]) -> dict[str, Stack]:
    """Every committed environment's stack."""
    return {name: synthesize(name) for name in ENVIRONMENTS}


@pytest.fixture(params=ENVIRONMENTS)
def stack(stacks: dict[str, Stack], request: pytest.FixtureRequest) -> Stack:
    """Each committed environment's stack in turn."""
    return stacks[request.param]
