"""Where a project keeps what its stacks are held against: ``[tool.plan_review]`` in its ``pyproject.toml``.

    [tool.plan_review]
    layout = "stacks/layout.toml"              # the declared layout
    suppressions = "stacks/suppressions.toml"  # findings that people decided to live with
    import_roots = ["."]                       # folders that the handlers of functions are imported from
    code = ["lambda_src"]                      # what they are made of; without it all Python below import_roots
    events = "tests/events"                    # sample events, as EventBridge delivers them
    memory = "build/plan-review"               # what passed is remembered here; without it nothing is remembered

Every key may be left out. Paths are those from the folder of the ``pyproject.toml`` on.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plan_review.configuration.files import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE = "pyproject.toml"
TABLE = "tool.plan_review"
_ONE = ("layout", "suppressions", "events", "memory")
_SEVERAL = ("import_roots", "code")


@dataclass(frozen=True, kw_only=True)
class ProjectSettings:
    """The settings of the project in folder ``root``; None and empty where the project says nothing."""

    root: Path
    layout: Path | None = None
    suppressions: Path | None = None
    events: Path | None = None
    memory: Path | None = None
    import_roots: tuple[Path, ...] = ()
    code: tuple[Path, ...] = ()


def read_settings(root: Path) -> ProjectSettings:
    """Read the settings of the project in a folder; a folder without any has its own code, and nothing else.

    Raises ``ConfigurationError``, with file and key, where they cannot be used.
    """
    given = _table(root) or {}
    known = (*_ONE, *_SEVERAL)
    if unknown := sorted(set(given) - set(known)):
        raise ConfigurationError(f"{_place(root)}: unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    return ProjectSettings(
        root=root,
        import_roots=_folders(root, given, "import_roots") or (root,),
        code=_folders(root, given, "code"),
        **{name: _path(root, name, given[name]) for name in _ONE if name in given},
    )


def project_roots(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield those of these folders that are projects with settings."""
    return (folder for folder in folders if _table(folder) is not None)


def _place(root: Path) -> str:
    return f"{root / FILE}: [{TABLE}]"


def _table(root: Path) -> dict[str, Any] | None:
    file = root / FILE
    if not file.is_file():
        return None
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{file}: not readable as TOML: {error}") from error
    table = document.get("tool", {}).get("plan_review")
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError(f"{_place(root)} must be a table")
    return table


def _path(root: Path, name: str, value: Any) -> Path:
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{_place(root)}: {name} is {value!r}; it must be a path from that file on")
    return root / value


def _folders(root: Path, given: dict[str, Any], name: str) -> tuple[Path, ...]:
    values = given.get(name, [])
    if not isinstance(values, list):
        raise ConfigurationError(f"{_place(root)}: {name} is {values!r}; it must be a list of folders")
    found = tuple(_path(root, name, value) for value in values)
    if missing := [value for value, folder in zip(values, found, strict=True) if not folder.is_dir()]:
        raise ConfigurationError(f"{_place(root)}: {name} names {missing[0]!r}, and there is no such folder")
    return found
