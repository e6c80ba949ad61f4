"""What a function or a layer is made of: its zip, or what is zipped up for it, opened."""

from __future__ import annotations

import fnmatch
import os
import re
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from plan_review.aws.lambda_runtimes import BROUGHT
from plan_review.evaluate.symbols import has_symbols

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_ARCHIVES = ("data.archive_file", "archive_file")
_MOST_FILES, _MOST_BYTES = 4000, 30_000_000  # of Python that is read out of a zip
_MOST_LISTED = 100_000  # files of a folder
_UNIX = 3  # the system that an entry of a zip was made on, as far as its mode counts
_MOST_OWN_FILES = 60  # of Python in a folder beside the handler: what has more is a library
_DISTRIBUTION = re.compile(r"-.*")  # the version and the ending of NAME-1.0.dist-info
_INSTALLED = re.compile(r"\.(dist|egg)-info/|(^|/)node_modules/")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a package: bytes unpacked, and its mode, None where none is recorded."""

    size: int
    mode: int | None = None


@dataclass(frozen=True, kw_only=True)
class Package:
    """``file`` is the zip, None where it is made of ``folder`` or of single files; ``size`` its bytes, None if unknown.

    ``problem`` says why it cannot be opened; ``single`` where it is one file of ``folder``. ``entries`` are files by
    their names inside, ``texts`` what is in those that the configuration holds itself.
    """

    name: str
    file: Path | None = None
    folder: Path | None = None
    size: int | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    single: bool = False
    absent: bool = False
    problem: str = ""

    @property
    def known(self) -> bool:
        """Whether what is in it is known."""
        return not self.absent and not self.problem

    @property
    def complete(self) -> bool:
        """Whether nothing is put into it before it is zipped: a folder of sources may get its dependencies first."""
        return self.folder is None or self.single or any(_INSTALLED.search(name) for name in self.entries)

    @property
    def unpacked(self) -> int:
        """Bytes of all its files."""
        return sum(entry.size for entry in self.entries.values())

    def has_module(self, name: str, prefixes: tuple[str, ...] = ("",)) -> bool:
        """Whether it holds a module of Python, by its whole name: as a file of any kind, or a folder."""
        relative = name.replace(".", "/")
        return any(f"{prefix}{relative}" in self._stems for prefix in prefixes)

    @cached_property
    def _stems(self) -> frozenset[str]:
        """The names of all files up to their first dot, and of all folders."""
        found: set[str] = set()
        for name in self.entries:
            folder, _, file = name.rpartition("/")
            stem = file.partition(".")[0]
            found.add(f"{folder}/{stem}" if folder else stem)
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)


def package_of(context: Context, item: Item) -> Package | None:
    """Return the package of a function or layer; None where it is not a file, or cannot be told which."""
    given = item.get("filename")
    if not isinstance(given, str) or not given or has_symbols(given):
        return None
    packages = context.shared("packages", dict[str, "Package | None"])
    if given not in packages:
        packages[given] = _package(context, given)
    return packages[given]


def _package(context: Context, given: str) -> Package | None:
    base = context.configuration.folder
    for archive in context.view.items(*_ARCHIVES):
        output = archive.attribute("output_path")
        if isinstance(output, str) and not has_symbols(output) and os.path.normpath(output) == os.path.normpath(given):
            return _of_blocks(archive, given) or (_archived(archive, given, base) if base is not None else None)
    if base is None:
        return None
    file = base / given
    try:
        state = file.stat()
    except OSError:
        return Package(name=given, file=file, absent=True)
    if not file.is_file():
        return Package(name=given, file=file, problem="it is no file")
    return _opened(given, file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _opened(name: str, file: Path, stamp: int, size: int) -> Package:
    """Return a zip's entries; ``stamp`` is its time of change, so that a changed file is opened anew."""
    del stamp
    try:
        with zipfile.ZipFile(file) as archive:
            entries = {
                info.filename: Entry(info.file_size, info.external_attr >> 16 if info.create_system == _UNIX else None)
                for info in archive.infolist()
                if not info.is_dir()
            }
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Package(name=name, file=file, size=size, problem="it is no zip")
    if not entries:
        return Package(name=name, file=file, size=size, problem="it is an empty zip")
    return Package(name=name, file=file, size=size, entries=entries)


def _of_blocks(archive: Item, given: str) -> Package | None:
    """Return what ``archive_file`` makes of texts, each a ``source`` block."""
    blocks = archive.blocks("source")
    named = [block.get("filename") for block in blocks]
    if archive.is_dynamic("source") or not all(isinstance(name, str) and not has_symbols(name) for name in named):
        return None
    texts = {str(block["filename"]): str(block.get("content", "")) for block in blocks}
    entries = {name: Entry(len(text.encode())) for name, text in texts.items()}
    return Package(name=given, entries=entries, texts=texts) if texts else None


def _archived(archive: Item, given: str, base: Path) -> Package | None:
    """Return what ``archive_file`` zips up: a folder, or one file.

    https://registry.terraform.io/providers/hashicorp/archive/latest/docs/data-sources/file
    """
    source, excludes = archive.get("source_dir") or archive.get("source_file"), archive.get("excludes", [])
    if archive.is_dynamic("source") or archive.blocks("source") or not isinstance(source, str) or has_symbols(source):
        return None
    path = base / source
    if not path.exists():
        return Package(name=source, file=path, absent=True)
    if path.is_file():
        return Package(name=given, folder=path.parent, single=True, entries={path.name: Entry(path.stat().st_size)})
    if not isinstance(excludes, list) or any(has_symbols(str(each)) for each in excludes):
        return None
    entries = _listed(path, [str(each) for each in excludes])
    return Package(name=source, folder=path, entries=entries) if entries is not None else None


def _listed(folder: Path, excludes: list[str]) -> dict[str, Entry] | None:
    found: dict[str, Entry] = {}
    for place, _, files in os.walk(folder):
        for name in files:
            path = Path(place, name)
            inside = path.relative_to(folder).as_posix()
            if not any(fnmatch.fnmatch(inside, each) or inside.startswith(f"{each}/") for each in excludes):
                try:
                    found[inside] = Entry(path.stat().st_size)
                except OSError:
                    continue
        if len(found) > _MOST_LISTED:
            return None
    return found


def text_of(package: Package, name: str) -> str:
    """Return the text of a file within a package; nothing where it cannot be read, or is not known as a whole."""
    if name in package.texts:
        text = package.texts[name]
        return "" if has_symbols(text) else text
    try:
        if package.folder is not None:
            return (package.folder / name).read_text(encoding="utf-8", errors="replace")
        if package.file is None:
            return ""
        with zipfile.ZipFile(package.file) as archive:
            return archive.read(name).decode("utf-8", errors="replace")
    except (OSError, KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return ""


class _Sources:
    """Some files of a zip, in a folder of its own for as long as this lives."""

    def __init__(self, package: Package, names: Iterable[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="plan-review-")
        self.path = Path(self._folder.name)
        with zipfile.ZipFile(str(package.file)) as archive:
            for name in names:
                archive.extract(name, self.path)


def own_sources(package: Package, handler: str) -> list[str]:
    """Return the Python of a package that is its author's own, by file name.

    A zip holds the libraries that the code needs beside it. Of a handler within a folder the own code is that folder;
    of one at the top, what stands there and in small folders, without what an installer or the runtime put there.
    """
    top = handler.replace("/", ".").split(".", 1)[0]
    sources = [name for name in package.entries if name.endswith(".py") and _is_inside(name)]
    if any(name.startswith(f"{top}/") for name in sources):
        return [name for name in sources if name.startswith(f"{top}/")]
    installed = {
        _DISTRIBUTION.sub("", name.split("/")[0]).lower() for name in package.entries if _INSTALLED.search(name)
    }
    files = Counter(name.split("/")[0] for name in sources)
    own = {first for first, count in files.items() if count <= _MOST_OWN_FILES}
    own = {first for first in own if first.removesuffix(".py").lower() not in installed | BROUGHT}
    return [name for name in sources if name.split("/")[0] in own]


def _is_inside(name: str) -> bool:
    return ".." not in name.split("/") and not name.startswith("/")


def sources_of(context: Context, package: Package, handler: str) -> Path | None:
    """Return a folder with the own Python of a zip; None where there is none, or too much of it."""
    chosen = own_sources(package, handler)
    size = sum(package.entries[name].size for name in chosen)
    if package.file is None or not chosen or len(chosen) > _MOST_FILES or size > _MOST_BYTES:
        return None
    top = handler.split(".", 1)[0]
    try:
        return context.shared(f"sources of {package.file} {top}", lambda: _Sources(package, chosen)).path
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return None


def layers_of(context: Context, function: Item) -> list[Package] | None:
    """Return the packages of a function's layers; None where one of them is not known."""
    given = function.get("layers", [])
    if not isinstance(given, list):
        return None
    found: list[Package] = []
    for text in given:
        layer = layer_of(context, text)
        package = package_of(context, layer) if layer is not None else None
        if package is None or not package.known:
            return None
        found.append(package)
    return found


def layer_of(context: Context, text: object) -> Item | None:
    """Return the layer version that an ARN names."""
    return next(
        (each for each in context.view.items("aws_lambda_layer_version") if each.attribute("arn") == text), None
    )


def module_places(version: tuple[int, int]) -> tuple[str, ...]:
    """Return where within a layer modules of Python are looked for.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    return ("python/", f"python/lib/python{version[0]}.{version[1]}/site-packages/")
