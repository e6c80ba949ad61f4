"""The zip that both functions run: ``lambda_src`` and what it imports, the same bytes on every machine.

Nothing is downloaded: files come from the installed distributions, as the lock file names them, so the SDK that is
tested is the SDK that runs. Only text and data go in, no compiled file, so that one zip serves every processor and
Python version. Entries are stored, not deflated: zlib and zlib-ng, which several systems ship in its place, compress
to different bytes, and a hash that depends on the machine would update the functions for nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "lambda_src"

ROOT_REQUIREMENTS = ("aws-lambda-powertools[tracer]", "boto3")
SERVICES = ("dynamodb", "mediaconvert", "s3", "sns", "xray")
"""What the functions call; the X-Ray SDK makes a client of its own when it is imported."""

_KEPT_SUFFIXES = (".py", ".json", ".json.gz", ".pem")
# Parts of distributions that no handler imports; a test imports the handlers from the zip alone.
_LEFT_OUT = (
    "aws_lambda_powertools/event_handler/",  # HTTP routing and its Swagger pages
    "aws_lambda_powertools/utilities/",  # everything besides logs, metrics and traces
    "boto3/data/",  # resources; the adapter uses clients
    "boto3/examples/",
    "dateutil/zoneinfo/",  # a copy of the time zone database
)
_KEPT_NEVERTHELESS = (
    "aws_lambda_powertools/utilities/__init__.py",
    "aws_lambda_powertools/utilities/jmespath_utils/",  # the Logger imports it
)
_NEEDED_BOTOCORE_DATA = (
    "botocore/data/_retry.json",
    "botocore/data/endpoints.json",
    "botocore/data/partitions.json",
    "botocore/data/sdk-default-configuration.json",
)
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644


class PackageError(Exception):
    """The package cannot be built from what is installed; the message says what to do."""


def build(destination: Path) -> Path:
    """Write the zip to ``destination`` and return it; a file with the right bytes already is left alone.

    Raises ``PackageError`` where a distribution is missing or the closure is not the same for every machine.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent) as folder:
        made = Path(folder) / destination.name
        _write(made, contents())
        if not destination.exists() or package_hash(destination) != package_hash(made):
            made.chmod(0o644)
            made.replace(destination)
    return destination


def package_hash(path: Path) -> str:
    """Return the base64 SHA-256 of a file, as Lambda and ``source_code_hash`` state it."""
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def contents() -> dict[str, Path]:
    """Return what goes into the zip: names inside, in order, and the files they come from."""
    found = {f"{SOURCE.name}/{path.relative_to(SOURCE).as_posix()}": path for path in SOURCE.rglob("*.py")}
    for part in closure(ROOT_REQUIREMENTS):
        for file in part.files or ():
            name = PurePosixPath(file).as_posix()
            if _is_needed(name):
                found[name] = Path(str(file.locate()))
    return dict(sorted(found.items()))


def closure(requirements: Iterable[str]) -> list[Distribution]:
    """Return the installed distributions that requirements lead to, each once."""
    found: dict[str, tuple[Distribution, set[str]]] = {}
    waiting = [(requirement, "this project") for requirement in requirements]
    while waiting:
        requirement, wanted_by = waiting.pop()
        name, extras = _parse(requirement)
        part, known = found.get(name, (None, set()))
        if part is not None and extras <= known:
            continue
        part = part or _installed(name, wanted_by)
        found[name] = (part, known | extras)
        waiting += [(each, name) for each in _wanted(part, known | extras)]
    return [found[name][0] for name in sorted(found)]


def _wanted(part: Distribution, extras: set[str]) -> Iterator[str]:
    for line in part.requires or ():
        requirement, _, marker = line.partition(";")
        if not marker:
            yield requirement
            continue
        extra = re.fullmatch(r"""\s*extra\s*==\s*['"]([\w.-]+)['"]\s*""", marker)
        if extra is None and "extra" not in marker:
            raise PackageError(
                f"{part.name} needs {requirement.strip()} only where{marker}: the zip would depend on the machine;"
                f" say in {Path(__file__).name} whether it goes in"
            )
        if extra and extra[1] in extras:
            yield requirement


def _parse(requirement: str) -> tuple[str, set[str]]:
    match = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", requirement)
    if match is None:
        raise PackageError(f"the requirement {requirement!r} names no distribution")
    extras = {extra.strip() for extra in (match[2] or "").split(",") if extra.strip()}
    return re.sub(r"[-_.]+", "-", match[1]).lower(), extras


def _installed(name: str, wanted_by: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise PackageError(f"{name}, which {wanted_by} needs, is not installed; run `make setup`") from None


def _is_needed(name: str) -> bool:
    path = PurePosixPath(name)
    if not name.endswith(_KEPT_SUFFIXES):
        return False
    if name.startswith(_LEFT_OUT) and not name.startswith(_KEPT_NEVERTHELESS):
        return False
    if ".." in path.parts or path.parts[0].endswith(".dist-info") or "tests" in path.parts:
        return False
    if not name.startswith("botocore/data/"):
        return True
    return name in _NEEDED_BOTOCORE_DATA or (path.parts[2] in SERVICES and not path.name.startswith("examples-"))


def _write(path: Path, files: dict[str, Path]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_STORED
            entry.create_system = 3  # Unix, on whatever system: it decides how the mode is read
            entry.external_attr = _FILE_MODE << 16
            archive.writestr(entry, file.read_bytes())
