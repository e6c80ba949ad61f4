"""Whether jsii can keep the unpacked packages: 390 MB for AWS, unpacked on each run without a cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fast_bindings._notice import notice

if TYPE_CHECKING:
    from collections.abc import Mapping

SWITCH = "JSII_RUNTIME_PACKAGE_CACHE"
ROOT = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """
    Return the variables that turn jsii's cache on, or off where its folder cannot be written.

    jsii gives up when its default folder cannot be written; a run without a cache is slow, but a run. What the
    user has set stays. Locations: https://aws.github.io/jsii/user-guides/lib-user/package-cache/
    """
    if SWITCH in environ or ROOT in environ:
        return {}
    root = _default_root(environ)
    # jsii's own fallback, a folder of this user below the temporary one, needs no look.
    if root is None or _can_be_written(root):
        return {SWITCH: "enabled"}
    notice(f"{root} cannot be written, so the bindings are unpacked on each run: set {ROOT} to a folder that can")
    return {SWITCH: "disabled"}


def _default_root(environ: Mapping[str, str]) -> Path | None:
    """Where jsii keeps packages by default; None if this user has no home."""
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return Path(local, "AWS", "jsii", "package-cache") if local else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if not home.is_absolute():
        return None
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "com.amazonaws.jsii" / "package-cache"
    return home / ".cache" / "aws" / "jsii" / "package-cache"


def _can_be_written(folder: Path) -> bool:
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
