"""What a local deployment costs with the offline provider, against HashiCorp's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.measure import MEBIBYTE, Command
from bench.row import Row, register, times_faster

ROOT = Path(__file__).resolve().parents[2]


def _offline_and_real(folder: Path) -> tuple[Command, Command]:
    app = str(ROOT / "bench" / "apps" / "deploy.py")
    ours, other = (
        Command(arguments=[sys.executable, app, provider, str(folder)], cwd=ROOT, environment={"PYTHONPATH": str(ROOT)})
        for provider in ("offline", "real")
    )
    return ours, other


def _facts(folder: Path) -> dict[str, str]:
    """Return what the last run of each left, in words."""
    told = {provider: json.loads((folder / f"{provider}.json").read_text()) for provider in ("offline", "real")}
    return {
        "peak memory of the provider": "; ".join(
            f"{provider} {facts['provider_peak_bytes'] / MEBIBYTE:.0f} MiB" for provider, facts in told.items()
        ),
        "to download first": "; ".join(
            f"{provider} {_mebibytes(facts['download_bytes'])}" for provider, facts in told.items()
        ),
    }


def _mebibytes(count: int | None) -> str:
    return "not told by the registry" if count is None else f"{count / MEBIBYTE:.0f} MiB"


register(
    Row(
        name="deploy",
        title="start a local cloud, cdktf deploy and cdktf destroy the local stack, with the offline provider "
        "(aim: its process below 200 MB)",
        other="the same with HashiCorp's AWS provider (needs TERRAFORM_MIRROR or the registry)",
        aim=times_faster(3),
        commands=_offline_and_real,
        facts=_facts,
    )
)
