"""Where the schemas are kept between runs.

The file's name says all that its content depends on: the bindings' version, the bytes of their tarball, and the code
and recording that made it. So it is never out of date, and runs of different versions do not disturb each other.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from offline_provider import schema_model
from offline_provider.bindings import package, schemas, typescript
from offline_provider.bindings.package import BindingsPackage, locate
from offline_provider.bindings.schemas import definitions
from offline_provider.observed import recorded, recorded_file
from offline_provider.observed import shapes as shapes_module
from offline_provider.observed.shapes import ShapeReader
from offline_provider.schema import complete, store
from offline_provider.schema.store import SchemaStore, build_store
from offline_provider.wire import schemas as wire_schemas

CACHE_VARIABLE = "OFFLINE_PROVIDER_CACHE"
_APPLICATION = "offline-provider"


def cache_folder() -> Path:
    """Return the folder that ``OFFLINE_PROVIDER_CACHE`` names, else the user's cache folder on this system."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named) if named else user_cache_path(_APPLICATION, appauthor=False)


def open_store() -> SchemaStore:
    """Return the schemas of the installed bindings, from the cache or made anew and put there.

    A cache that cannot be written is done without: the schemas are then made in each run, in a few seconds. Raises
    ``BindingsError`` where the bindings are missing or not as expected.
    """
    bindings = locate()
    path = cache_folder() / f"schemas-{bindings.version}-{_fingerprint(bindings)}.bin"
    try:
        return SchemaStore(path.read_bytes())
    except (OSError, ValueError):
        pass  # not there yet, or damaged: made anew below
    observed = recorded()
    content = build_store(definitions(bindings), bindings.version, observed, ShapeReader(observed.shapes))
    _write(path, content)
    return SchemaStore(content)


def _fingerprint(bindings: BindingsPackage) -> str:
    digest = hashlib.sha256(bindings.digest.encode())
    for module in (package, typescript, schemas, complete, schema_model, store, wire_schemas, shapes_module):
        digest.update(Path(module.__file__ or "").read_bytes())
    digest.update(recorded_file().read_bytes())
    return digest.hexdigest()[:32]


def _write(path: Path, content: bytes) -> None:
    """Write the file in one step, so that another process sees it whole or not at all."""
    scratch = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".schemas-", delete=False) as handle:
            scratch = Path(handle.name)
            handle.write(content)
        scratch.replace(path)
    except OSError:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
