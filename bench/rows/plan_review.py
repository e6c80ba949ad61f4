"""What the checks cost: at synth, on a large stack, and in a whole review."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Command, run
from bench.memory import Watch, told
from bench.row import Row, at_most, register, times_faster

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
APPS = ROOT / "bench" / "apps"
STACK = "media-pipeline-dev"
_ON_PATH = os.pathsep.join([str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin"), os.environ["PATH"]])


def _command(folder: Path, *arguments: str) -> Command:
    environment = {"CDKTF_OUTDIR": str(folder), "CDKTF_CONTEXT_JSON": None, "PATH": _ON_PATH, "PYTHONPATH": str(ROOT)}
    return Command(arguments=[sys.executable, *arguments], cwd=ROOT, environment=environment)


def _with_and_without(folder: Path) -> tuple[Command, Command]:
    return _command(folder / "with", "main.py"), _command(folder / "without", str(APPS / "without_checks.py"))


def _anew_and_without(folder: Path) -> tuple[Command, Command]:
    ours, other = _with_and_without(folder)
    return replace(ours, environment={**ours.environment, "PLAN_REVIEW_MEMORY": "0"}), other


def _by_cdktf(folder: Path) -> tuple[Command, Command]:
    """Return ``cdktf synth`` with everything checked anew, and without the checks: what a person waits for."""
    made = []
    for name, app in (("with", ROOT / "main.py"), ("without", APPS / "without_checks.py")):
        command = _command(folder / name)
        words = ["cdktf", "synth", "--output", str(folder / name), "--app", f'"{sys.executable}" "{app}"']
        environment = {**command.environment, "PLAN_REVIEW_MEMORY": "0", "CHECKPOINT_DISABLE": "1"}
        made.append(replace(command, arguments=words, environment=environment))
    return made[0], made[1]


def _large_and_small(folder: Path) -> tuple[Command, Command]:
    app = str(APPS / "layout_scale.py")
    return _command(folder, app, "5000"), _command(folder, app, "500")


def _stack(folder: Path) -> Path:
    """Synthesize one environment into ``folder``, such that HashiCorp's provider plans it without any account too."""
    run(_command(folder, "main.py"))
    stack = folder / "stacks" / STACK
    file = stack / "cdk.tf.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    for provider in document["provider"]["aws"]:
        provider.pop("allowed_account_ids", None)
        provider |= {
            "access_key": "test",
            "secret_key": "test",
            "skip_credentials_validation": True,
            "skip_metadata_api_check": "true",
            "skip_requesting_account_id": True,
        }
    file.write_text(json.dumps(document), encoding="utf-8")
    return stack


def _reviews(folder: Path, stack: Path) -> tuple[Command, Command]:
    ours, other = (_command(folder, str(APPS / "review.py"), provider, str(stack)) for provider in ("offline", "real"))
    return ours, other


def _offline_and_real(folder: Path) -> tuple[Command, Command]:
    return _reviews(folder, _stack(folder))


def _memory(folder: Path) -> dict[str, str]:
    """Watch the memory of both in one more run of each, that of all processes together."""
    watched = []
    for command in _reviews(folder, folder / "stacks" / STACK):
        with Watch() as watch:
            run(command, watch.start)
        watched.append(watch.peak)
    ours, other = watched
    ratios = (
        f"all {sum(other.values()) / sum(ours.values()):.1f} times as much, without Terraform itself "
        f"{_beside_terraform(other) / _beside_terraform(ours):.1f} times"
    )
    return {
        "peak memory, offline": told(ours),
        "peak memory, real": told(other),
        "the real one's memory": ratios,
    }


def _beside_terraform(peak: Mapping[str, int]) -> int:
    """Return what the review and the provider took: the stand-in runs in the review's own process."""
    return sum(size for program, size in peak.items() if program != "terraform")


register(
    Row(
        name="plan",
        title=f"make plan: the review of {STACK} after synth, with the offline provider (aim: below 2 s, 1/10 memory)",
        other="the same review with HashiCorp's AWS provider",
        aim=times_faster(6),
        commands=_offline_and_real,
        facts=_memory,
    )
)
register(
    Row(
        name="synth-checks",
        title="python main.py: every environment, with layout and rules checked, nothing changed since the last synth",
        other="the same without the checks",
        aim=at_most(1.1),
        commands=_with_and_without,
    )
)
register(
    Row(
        name="synth-checks-anew",
        title="the same where everything is checked anew (PLAN_REVIEW_MEMORY=0)",
        other="the same without the checks",
        aim=at_most(1.1),
        commands=_anew_and_without,
    )
)
register(
    Row(
        name="synth-checks-cdktf",
        title="cdktf synth: every environment checked anew, what a person waits for after a change",
        other="the same without the checks",
        aim=at_most(1.1),
        commands=_by_cdktf,
    )
)
register(
    Row(
        name="layout-scale",
        title="layout check of a generated stack of 5,000 resources and 50,000 references (aim: below 5 s)",
        other="one of 500 resources and 5,000 references: ten times the size in at most ten times the time is linear",
        aim=at_most(10),
        commands=_large_and_small,
    )
)
