"""The data sources of the utility providers: exact where a file or a text tells, else a stand-in that says so."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

from offline_provider.data_sources.answers import Answer
from offline_provider.data_sources.made_up import made_up
from offline_provider.errors import DataSourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from offline_provider.schema_model import Block

State = dict[str, Any]

_PLACE = re.compile(r"\$\$\{|%%\{|\$\{\s*([A-Za-z_][\w-]*)\s*\}|\$\{|%\{")


def answer(type_name: str, config: State, block: Block, folder: Path, keys: Collection[str]) -> Answer:
    """Answer a data source; ``folder`` is where relative paths begin, ``keys`` what is asked of a program's result.

    Raises ``DataSourceError`` where only a program or a file that is not here could tell.
    """
    exact = _EXACT.get(type_name)
    if exact is not None:
        return Answer(config | exact(config, folder))
    state = made_up(type_name, block, config)
    if type_name == "external":
        state["result"] = {key: f"stand-in-{key}" for key in keys}
    return Answer(state, [(f"data {type_name} is a stand-in", _NOT_RUN.get(type_name, _NOTHING_ASKED))])


_NOTHING_ASKED = "Its values are made up for this plan; nothing was asked."
_NOT_RUN = {
    "archive_file": "Nothing is written in a review: the digests and the size are made up.",
    "external": "A review runs no program: what it would print is made up.",
    "local_command": "A review runs no program: what it would print is made up.",
}


def _null(config: State, _folder: Path) -> State:
    default = config["has_computed_default"] or "default"
    return {"id": "static", "outputs": config["inputs"], "random": "0", "has_computed_default": default}


def _file(config: State, folder: Path) -> State:
    path = folder / str(config["filename"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataSourceError(
            f"{config['filename']} is not here",
            f"The file is read when the configuration is planned, and cannot be on this machine: {error.strerror}.",
        ) from error
    return {
        "id": hashlib.sha1(content).hexdigest(),  # noqa: S324 - as the provider makes it
        "content": content.decode(errors="replace"),
        "content_base64": base64.b64encode(content).decode(),
        "content_md5": hashlib.md5(content).hexdigest(),  # noqa: S324 - as the provider makes it
        "content_sha1": hashlib.sha1(content).hexdigest(),  # noqa: S324 - as the provider makes it
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "content_sha512": hashlib.sha512(content).hexdigest(),
        "content_base64sha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        "content_base64sha512": base64.b64encode(hashlib.sha512(content).digest()).decode(),
    }


def _template(config: State, _folder: Path) -> State:
    """Render a template of plain names. Raises ``DataSourceError`` for one that takes more."""
    names = config["vars"] or {}

    def filled(match: re.Match[str]) -> str:
        if match[0] in ("$${", "%%{"):
            return match[0][1:]
        if match[1] is None or match[1] not in names:
            raise DataSourceError(
                "a template_file is not rendered offline",
                "It takes more than names from its vars. templatefile(), which Terraform itself renders, takes them.",
            )
        return str(names[match[1]])

    rendered = _PLACE.sub(filled, str(config["template"] or ""))
    return {"rendered": rendered, "id": hashlib.sha256(rendered.encode()).hexdigest()}


_EXACT: dict[str, Callable[[State, Path], State]] = {
    "null_data_source": _null,
    "local_file": _file,
    "local_sensitive_file": _file,
    "template_file": _template,
}
