"""The project's own stacks, synthesized once."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Synthesize the project's own stacks once; return the folder that holds one folder for each."""
    out = tmp_path_factory.mktemp("synth")
    subprocess.run([sys.executable, "main.py"], cwd=ROOT, env={**os.environ, "CDKTF_OUTDIR": str(out)}, check=True)
    return out / "stacks"
