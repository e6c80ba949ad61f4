"""Which types a configuration can need. Terraform is told of those alone: a few are read in a third of the time.

Type names are words, so every word of the configuration, its modules and its state counts that could be one; a few
too many do no harm. Where not everything can be seen (a state kept elsewhere), the answer is all types.

An override file that names a local backend takes precedence over any other:
https://developer.hashicorp.com/terraform/language/files/override
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_TYPE = re.compile(rb"\baws_[a-z0-9_]+")
_REMOTE_STATE = re.compile(rb'"?\b(?:backend|cloud)\b"?\s*[:={]?\s*\{?\s*"?(\w+)?"?')
_LOCAL_PATH = re.compile(rb'"?path"?\s*[:=]\s*"([^"]+)"')
_OVERRIDE = re.compile(r"(?:.*_)?override\.(?:tf|tofu)(?:\.json)?")
_CONFIGURATION = (".tf", ".tf.json", ".tofu", ".tofu.json", ".tfquery.hcl")
_STATES = ("terraform.tfstate", "terraform.tfstate.backup")
_LARGEST = 64 * 1024 * 1024


def needed_types(folder: Path, arguments: Iterable[str] = ()) -> frozenset[str] | None:
    """Return the words that can be types in a configuration, or ``None`` where it may need any.

    ``arguments`` are those of the Terraform command: a file among them (a saved plan, a state) is read too.
    """
    found: set[bytes] = set()
    folders = [folder, *_module_folders(folder)]
    files = [path for place in folders for path in _files(place)]
    if not any(path.name.endswith(_CONFIGURATION) for path in files):
        return None
    kept_here = any(_overrides_with_local(path) for path in files)
    for path in files:
        text = _read(path)
        if text is None or (not kept_here and _keeps_state_elsewhere(path, text)):
            return None
        found.update(_TYPE.findall(text))
        if path.name.endswith(_CONFIGURATION):
            files += [place for place in _local_states(folder, text) if place not in files]
    for path in (folder / argument.split("=", 1)[-1] for argument in arguments):
        if path.is_file() and not path.name.endswith(_CONFIGURATION):
            texts = _contents(path)
            if texts is None:
                return None
            found.update(word for text in texts for word in _TYPE.findall(text))
    return frozenset(word.decode() for word in found)


def _module_folders(folder: Path) -> Iterator[Path]:
    data = folder / os.environ.get("TF_DATA_DIR", ".terraform")
    manifest = _read(data / "modules" / "modules.json")
    if manifest is None:
        return
    try:
        entries = json.loads(manifest).get("Modules", [])
    except ValueError:
        return
    for entry in entries:
        if entry.get("Dir") not in (None, "", "."):
            yield folder / entry["Dir"]


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.endswith(_CONFIGURATION) or path.name in _STATES or path.name.endswith(".tfstate"):
            yield path
    yield from sorted((folder / "terraform.tfstate.d").glob("*/*.tfstate"))


def _local_states(folder: Path, text: bytes) -> Iterator[Path]:
    """Yield the states that a ``local`` backend's path names; CDKTF gives one for each stack."""
    for name in _LOCAL_PATH.findall(text):
        path = folder / os.fsdecode(name)
        if path.is_file():
            yield path


def _keeps_state_elsewhere(path: Path, text: bytes) -> bool:
    if not path.name.endswith(_CONFIGURATION):
        return False
    return any(match.group(1) != b"local" for match in _REMOTE_STATE.finditer(text))


def _overrides_with_local(path: Path) -> bool:
    text = _read(path) if _OVERRIDE.fullmatch(path.name) else None
    named = {match.group(1) for match in _REMOTE_STATE.finditer(text or b"")}
    return named == {b"local"}


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except OSError:
        return None


def _contents(path: Path) -> list[bytes] | None:
    """Return a file's content, or the contents of a saved plan, which is an archive."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return [archive.read(name) for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        return None
    text = _read(path)
    return None if text is None else [text]
