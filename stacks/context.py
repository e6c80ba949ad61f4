"""Where the settings come from: the context of ``cdktf.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stacks.settings import Problem, SettingsError, join

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CONTEXT = "context"
CONTEXT_VARIABLE = "CDKTF_CONTEXT_JSON"


def read_context(project_file: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the context that the cdktf command line hands over in a variable, on top of that of the project file.

    The command line hands over all of it. Under a plain ``python main.py`` there is no command line, and CDKTF's
    ``App`` does not read the file itself. The file is read in both cases: only there can be seen that a key stands
    twice, because the command line has parsed it by then and kept the last. Raises ``SettingsError`` where either of
    the two cannot be read, or the file has a key twice.
    """
    project = _parse(project_file.name, _text(project_file))
    context = project.get(CONTEXT, {})
    if not isinstance(context, dict):
        raise SettingsError([Problem(CONTEXT, context, "give an object with environments")])
    return {**context, **_parse(CONTEXT_VARIABLE, variables.get(CONTEXT_VARIABLE) or "{}")}


def run_by_command_line(variables: Mapping[str, str]) -> bool:
    """Tell whether the cdktf command line runs the app, rather than a person or ``make plan``."""
    return CONTEXT_VARIABLE in variables


def _text(file: Path) -> str:
    """Return what a file holds; the message names the file as it was given, and never shows its content."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        shown = f"byte 0x{error.object[error.start]:02x} in line {line}"
        raise SettingsError([Problem(str(file), shown, "it is not UTF-8; save it in that encoding")]) from None
    except IsADirectoryError as error:
        raise SettingsError([Problem(str(file), error.strerror, "put the project's cdktf.json there")]) from None
    except PermissionError as error:
        raise SettingsError([Problem(str(file), error.strerror, "let yourself read it")]) from None
    except OSError as error:
        raise SettingsError([Problem(str(file), error.strerror, "put the project's cdktf.json there")]) from None


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written, keys that stand twice included."""


def _parse(source: str, text: str) -> dict[str, Any]:
    try:
        written = json.loads(text, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SettingsError([Problem(source, place, f"it is not JSON there: {error.msg}; correct it")]) from None
    except RecursionError:
        raise SettingsError([Problem(source, "brackets", "they are nested too deeply; take some away")]) from None
    if not isinstance(written, _Pairs):
        raise SettingsError([Problem(source, _plain(written), "give a JSON object")])
    problems = list(_repeated(written, ""))
    if problems:
        raise SettingsError(problems)
    plain: dict[str, Any] = _plain(written)
    return plain


def _repeated(value: Any, path: str) -> Iterator[Problem]:
    """Yield each key that stands twice in one object; below the context, paths begin there, as those of settings."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, item in value:
            below = key if path == CONTEXT else join(path, key)
            if key in seen:
                remedy = "this key stands twice, and only the last would count; remove one, or give it another name"
                yield Problem(below, _plain(item), remedy)
            seen.add(key)
            yield from _repeated(item, below)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeated(item, f"{path}[{index}]")


def _plain(value: Any) -> Any:
    if isinstance(value, _Pairs):
        return {key: _plain(item) for key, item in value}
    return [_plain(item) for item in value] if isinstance(value, list) else value
