"""Files that a configuration reads: ``file``, ``templatefile``, their kin, and the ``template_file`` data source."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.conversions import as_text
from plan_review.evaluate.functions.encodings import FILE_HASHES, digest, text_from
from plan_review.evaluate.functions.registry import function
from plan_review.evaluate.symbols import has_symbols
from plan_review.evaluate.values import STRING, Many, RefusedError, UnknownError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.configuration.model import Configuration

_MOST_BYTES = 10_000_000
_MOST_FILES = 10_000
_GLOB = re.compile(r"\*\*/|\*|\?|[^*?\[\]{}\\]")
_GLOBS = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]"}

FUNCTIONS = frozenset({"file", "fileexists", "fileset", "filebase64", *FILE_HASHES})


def call(configuration: Configuration, name: str, arguments: list[Any]) -> Any:
    """Call one of ``FUNCTIONS``. Raises ``RefusedError``, or ``UnknownError`` where a file cannot be read."""
    if len(arguments) != (2 if name == "fileset" else 1):
        raise RefusedError
    texts = [as_text(argument) for argument in arguments]
    if name == "fileset":
        return _fileset(_path(configuration, texts[0]), texts[1])
    if name == "fileexists":
        if not _path(configuration, texts[0]).is_file():
            raise UnknownError  # it may be built before a deployment
        return True
    content = _bytes(configuration, texts[0])
    if name == "filebase64":
        return base64.b64encode(content).decode()
    if name in FILE_HASHES:
        algorithm, as_base64 = FILE_HASHES[name]
        return digest(algorithm, content, as_base64=as_base64)
    return text_from(content)


def contents(configuration: Configuration, name: str) -> str:
    """Return what a file holds; its name is as ``file`` takes it. Raises ``UnknownError`` where it cannot be read."""
    return text_from(_bytes(configuration, name))


def _path(configuration: Configuration, name: str) -> Path:
    folder = configuration.folder
    if folder is None or has_symbols(name) or name.startswith("~"):
        raise UnknownError
    return folder / name


def _bytes(configuration: Configuration, name: str) -> bytes:
    path = _path(configuration, name)
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            raise UnknownError
        return path.read_bytes()
    except OSError as error:
        raise UnknownError from error


def _fileset(folder: Path, pattern: str) -> Many:
    pieces = _GLOB.findall(pattern)
    if "".join(pieces) != pattern or pattern.startswith(("/", ".")) or "**" in pattern.replace("**/", ""):
        raise UnknownError
    wanted = re.compile("".join(_GLOBS.get(piece) or re.escape(piece) for piece in pieces), re.DOTALL)
    found = sorted(name for name in _files(folder) if wanted.fullmatch(name))
    return Many("set", tuple(found), STRING)


def _files(folder: Path) -> Iterator[str]:
    seen = 0
    for place, folders, names in os.walk(folder):
        seen += len(names)
        if seen > _MOST_FILES or any((Path(place) / name).is_symlink() for name in folders):
            raise UnknownError
        for name in names:
            if (Path(place) / name).is_file():
                yield (Path(place) / name).relative_to(folder).as_posix()


def folder_of(configuration: Configuration, module: str) -> str:
    """Return ``path.module``, as seen from the root module's folder."""
    scope = configuration.scopes.get(module)
    root = configuration.scopes[""].folder if "" in configuration.scopes else None
    if not module:
        return "."
    if scope is None or scope.folder is None or root is None:
        raise UnknownError
    return os.path.relpath(scope.folder, root)


@function("dirname", STRING)
def _dirname(path: str) -> str:
    if not path or "\\" in path:
        raise UnknownError
    return os.path.normpath(path.rpartition("/")[0] or ("/" if path.startswith("/") else "."))


@function("basename", STRING)
def _basename(path: str) -> str:
    if "\\" in path:
        raise UnknownError
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"
