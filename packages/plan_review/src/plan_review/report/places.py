"""Where resources are written: file and line, for annotations on code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from plan_review.configuration.model import Configuration

_BLOCK = re.compile(r'^[ \t]*(resource|data)[ \t]+"([^"\n]+)"[ \t]+"([^"\n]+)"[ \t]*\{', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """``file`` is relative to the folder under review; ``line`` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def places(configuration: Configuration) -> Mapping[str, Place]:
    """Return where the resources of a configuration begin, by address, as far as that can be told."""
    root = configuration.origin
    if root is None or not root.is_dir():
        return {}
    found: dict[str, Place] = {}
    blocks: dict[Path, list[tuple[str, Place]]] = {}
    for path, scope in configuration.scopes.items():
        folder = scope.folder or (root if not path else None)
        if folder is None or not folder.is_dir():
            continue
        if folder not in blocks:
            blocks[folder] = list(_blocks(root, folder))
        for name, place in blocks[folder]:
            found.setdefault(f"{path}.{name}" if path else name, place)
    return {address: place for address, place in found.items() if address in configuration.resources}


def _blocks(root: Path, folder: Path) -> Iterator[tuple[str, Place]]:
    for file in sorted(folder.glob("*.tf")):
        if not file.is_file():  # a pipe would be waited for
            continue
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
        resolved, top = file.resolve(), root.resolve()
        name = resolved.relative_to(top).as_posix() if resolved.is_relative_to(top) else file.as_posix()
        for match in _BLOCK.finditer(text):
            mode = "data." if match[1] == "data" else ""
            yield f"{mode}{match[2]}.{match[3]}", Place(name, text.count("\n", 0, match.end(1)) + 1)
