"""Folders of stacks in CDKTF's output folder: those of environments that are gone are removed.

CDKTF writes ``stacks/NAME`` for each stack and a ``manifest.json`` that lists them, and leaves the folders of earlier
syntheses where they are. ``make plan`` and people would take them for stacks of today. The cdktf command line removes
them itself after the app has ended, and fails where one is gone by then (cdktf-cli 0.21.0), so this is for an app that
is run without it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

MANIFEST = "manifest.json"
STACKS = "stacks"


def listed_stacks(output: Path) -> frozenset[str]:
    """Return the stacks of the last synthesis into a folder, by its manifest; none where there is no sound one."""
    try:
        stacks = json.loads((output / MANIFEST).read_text(encoding="utf-8"))["stacks"]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset(stacks) if isinstance(stacks, dict) else frozenset()


def remove_gone(output: Path, before: frozenset[str]) -> list[str]:
    """Remove the folders of stacks that were listed ``before`` this synthesis and are not now; return their names.

    Nothing else is touched: no folder that the earlier manifest did not list, none outside ``stacks``, no link, and
    none that holds a Terraform state.
    """
    gone = sorted(before - listed_stacks(output))
    removed = [name for name in gone if _is_ours(output / STACKS / name, name)]
    for name in removed:
        shutil.rmtree(output / STACKS / name)
    return removed


def _is_ours(folder: Path, name: str) -> bool:
    named = name not in ("", ".", "..") and Path(name).name == name
    return named and folder.is_dir() and not folder.is_symlink() and not any(folder.glob("*.tfstate*"))
