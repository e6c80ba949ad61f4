"""Where the settings come from: the context of ``cdktf.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stacks.settings import Problem, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONTEXT_VARIABLE = "CDKTF_CONTEXT_JSON"


def read_context(project_file: Path, variables: Mapping[str, str]) -> dict[str, Any]:
    """Return the context that the cdktf command line hands over in a variable, on top of that of the project file.

    The command line hands over all of it. Under a plain ``python main.py`` there is no command line, and CDKTF's
    ``App`` does not read the file itself. Raises ``SettingsError`` where either of the two cannot be read.
    """
    try:
        written = project_file.read_text()
    except OSError as error:
        raise SettingsError(
            [Problem(str(project_file), error.strerror, "put the project's cdktf.json there")]
        ) from None
    project = _parse(project_file.name, written)
    context = project.get("context", {})
    if not isinstance(context, dict):
        raise SettingsError([Problem("context", context, "give an object with environments")])
    return {**context, **_parse(CONTEXT_VARIABLE, variables.get(CONTEXT_VARIABLE) or "{}")}


def _parse(source: str, text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError as error:
        raise SettingsError([Problem(source, text, f"it is not JSON ({error})")]) from None
    if not isinstance(parsed, dict):
        raise SettingsError([Problem(source, parsed, "give a JSON object")])
    return parsed
