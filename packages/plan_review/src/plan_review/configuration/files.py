"""Load the files of a folder the way Terraform puts them together, before anything in them is understood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    Document = Mapping[str, Any]


class ConfigurationError(ValueError):
    """What was given is not a Terraform configuration; the message says where and what is wrong."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        if twice != "//":
            raise ConfigurationError(f"{twice!r} is given twice in one object")
    return found


def load_json(path: Path) -> Document:
    """Load one file of Terraform JSON. Raises ``ConfigurationError`` where it is not JSON or not an object."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8 text: {error}") from error
    except RecursionError as error:
        raise ConfigurationError(f"{path}: nested too deeply to be read") from error
    except ValueError as error:
        raise ConfigurationError(f"{path}: not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ConfigurationError(f"{path}: holds {type(document).__name__}, not an object")
    return document


def labelled(value: Any, labels: int, where: str) -> Iterator[tuple[tuple[str, ...], Document]]:
    """Yield the labels and body of every block under ``value``; Terraform takes an object or a list at each level.

    Raises ``ConfigurationError``, with ``where`` in its message, for anything else.
    """
    if isinstance(value, list):
        for item in value:
            yield from labelled(item, labels, where)
        return
    if not isinstance(value, dict):
        raise ConfigurationError(f"{where} is {_kind(value)} where an object should stand")
    if labels == 0:
        yield (), value
        return
    for label, inner in value.items():
        if label != "//":
            for rest, body in labelled(inner, labels - 1, f"{where}.{label}"):
                yield (label, *rest), body


def _kind(value: Any) -> str:
    return {"str": "a string", "NoneType": "null", "bool": "a truth value"}.get(type(value).__name__, "a number")


def is_override(path: Path) -> bool:
    """Return whether Terraform merges this file over the others rather than beside them."""
    stem = path.name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def merge(documents: Iterable[Document]) -> dict[str, list[Any]]:
    """Put documents beside each other: every section becomes the list of what they hold for it."""
    merged: dict[str, list[Any]] = {}
    for document in documents:
        for section, value in document.items():
            merged.setdefault(section, []).append(value)
    return merged


def configuration_files(folder: Path) -> list[Path]:
    """Return the files that Terraform reads in a folder, in the order of their names.

    Raises ``ConfigurationError`` where there are none.
    """
    if not folder.is_dir():
        raise ConfigurationError(f"{folder} is not a folder")
    files = sorted(
        path
        for path in folder.iterdir()
        if path.name.endswith((".tf", ".tf.json")) and not path.name.startswith(".") and path.is_file()
    )
    if not files:
        raise ConfigurationError(f"{folder} holds no Terraform configuration: no *.tf.json and no *.tf file")
    return files
