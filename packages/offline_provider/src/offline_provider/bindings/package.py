"""Where the AWS bindings are installed, which version they are, and the TypeScript inside them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib.util
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from offline_provider.errors import BindingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE = "cdktf_cdktf_provider_aws"
_TARBALL_VERSION = re.compile(r"@(\d[^/]*)\.jsii\.tgz$")
_SOURCE_MAP = b"//# sourceMappingURL=data:application/json;base64,"
_SOURCES = b'"sourcesContent":'
_SPLIT = "from './index-structs'"

_INDEX_DEPTH = 4  # package/lib/<type>/index.js
_STRUCTS_DEPTH = 5  # package/lib/<type>/index-structs/structs0.js


@dataclass(frozen=True, slots=True)
class BindingsPackage:
    """The installed bindings: their npm tarball, its version (``21.22.1``) and the SHA-256 of its bytes."""

    tarball: Path
    version: str
    digest: str


def locate() -> BindingsPackage:
    """Find the installed bindings without importing them (the import alone takes seconds).

    Raises ``BindingsError`` where they are not installed or hold no jsii tarball.
    """
    spec = importlib.util.find_spec(MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise BindingsError(
            f"the AWS bindings ({MODULE}) are not installed; the offline provider reads its schema from them: "
            "pip install cdktf-cdktf-provider-aws"
        )
    for location in spec.submodule_search_locations:
        for tarball in sorted(Path(location, "_jsii").glob("*.jsii.tgz")):
            if match := _TARBALL_VERSION.search(tarball.name):
                return BindingsPackage(tarball, match.group(1), _sha256(tarball))
    raise BindingsError(
        f"no jsii tarball in {spec.submodule_search_locations[0]}/_jsii; install the AWS bindings again"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def typescript(package: BindingsPackage) -> Iterator[tuple[str, list[str]]]:
    """Yield the folder and the TypeScript of each provider, resource and data source: one text, or several.

    A type with more than a few hundred structures has them in ``index-structs/`` beside its ``index``; those files
    are anywhere in the tarball, so such types come last. Raises ``BindingsError`` where the tarball is damaged.
    """
    split: dict[str, list[str]] = {}
    try:
        with tarfile.open(package.tarball, "r|gz") as archive:
            for member in archive:
                parts = member.name.split("/")
                if not _holds_source(parts):
                    continue
                handle = archive.extractfile(member)
                text = _embedded_source(handle.read()) if handle else None
                if text is None:
                    raise BindingsError(f"{package.tarball.name}: {member.name} has no inline source map")
                if len(parts) == _STRUCTS_DEPTH or _SPLIT in text:
                    split.setdefault(parts[2], []).append(text)
                else:
                    yield parts[2], [text]
    except (tarfile.TarError, OSError, EOFError, ValueError, binascii.Error) as error:
        raise BindingsError(f"{package.tarball} cannot be read ({error}); install the AWS bindings again") from error
    yield from split.items()


def _holds_source(parts: list[str]) -> bool:
    if len(parts) == _INDEX_DEPTH:
        return parts[1] == "lib" and parts[3] == "index.js"
    return len(parts) == _STRUCTS_DEPTH and parts[3] == "index-structs" and bool(re.match(r"structs\d+\.js$", parts[4]))


def _embedded_source(javascript: bytes) -> str | None:
    start = javascript.rfind(_SOURCE_MAP)
    if start < 0:
        return None
    source_map = base64.b64decode(javascript[start + len(_SOURCE_MAP) :])
    # Decoding only the sources halves the work: the mappings beside them are as long.
    sources = source_map.find(_SOURCES)
    if sources < 0:
        return None
    texts, _ = json.JSONDecoder().raw_decode(source_map[sources + len(_SOURCES) :].decode())
    return texts[0] if len(texts) == 1 else None
