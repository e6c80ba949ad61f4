"""Runs an app by the ordinary bindings and by the fast ones, side by side."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Files = dict[str, bytes]


def synthesized_by_both(
    command: Sequence[str | Path], folder: Path, *, working_folder: Path | None = None
) -> tuple[Files, Files]:
    """Return what an app writes by the ordinary bindings, then by the fast ones: path → content.

    ``command`` are the arguments of Python; the app writes where ``CDKTF_OUTDIR`` says, below ``folder``.
    """
    folders = {switch: folder / switch for switch in "01"}
    runs = [
        subprocess.Popen(
            [sys.executable, *command],
            cwd=working_folder,
            env={
                **os.environ,
                "FAST_BINDINGS": switch,
                "CDKTF_OUTDIR": str(out),
                # The ordinary way takes the first Node on PATH: here that of the virtualenv, whatever the machine has.
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        for switch, out in folders.items()
    ]
    for run in runs:
        _, err = run.communicate(timeout=300)
        assert (run.returncode, err) == (0, "")
    ordinary, fast = (
        {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
        for out in folders.values()
    )
    return ordinary, fast
