"""What pip is configured with on this machine, in the words of uv, which does not read pip's configuration.

Sources: pip's ``pip config list`` (files and ``PIP_*`` variables, https://pip.pypa.io/en/stable/topics/configuration/)
and uv's environment variables (https://docs.astral.sh/uv/reference/environment/).
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LINE = re.compile(r"(?P<section>[^=]+?)\.(?P<option>[^.=]+)=(?P<value>.*)")
# What stands in a later one of these replaces what stands in an earlier one, as with pip.
_SECTIONS = ("global", "install", ":env:")
_YES = {"1", "on", "t", "true", "y", "yes"}
_SAME_MEANING = {
    "index-url": "UV_DEFAULT_INDEX",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "retries": "UV_HTTP_RETRIES",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
}
_LISTS = {"extra-index-url": ("UV_INDEX", " "), "trusted-host": ("UV_INSECURE_HOST", " ")}
_SWITCHES = {"no-index": "UV_NO_INDEX", "no-cache-dir": "UV_NO_CACHE"}
_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


def parsed(listing: str) -> dict[str, str]:
    """Return the options of ``pip install`` in the output of ``pip config list``, each with the value that holds."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in listing.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match["section"] not in found:
            continue
        try:
            found[match["section"]][match["option"]] = str(ast.literal_eval(match["value"]))
        except (SyntaxError, ValueError):
            continue  # not a line of pip's own: a warning on stdout
    return {option: value for section in _SECTIONS for option, value in found[section].items() if value.strip()}


def _translated(options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    # pip takes the certificates of the system beside its own, and the best match of all indexes. What is installed is
    # checked by hash, so that it does not matter which index it comes from.
    yield "UV_SYSTEM_CERTS", "1"
    yield "UV_INDEX_STRATEGY", "unsafe-best-match"
    for option, value in options.items():
        if option in _SAME_MEANING:
            yield _SAME_MEANING[option], value.strip()
        elif option in _LISTS:
            name, separator = _LISTS[option]
            yield name, separator.join(value.split())
        elif option in _SWITCHES and value.strip().lower() in _YES:
            yield _SWITCHES[option], "1"
        elif option == "find-links":
            yield "UV_FIND_LINKS", ",".join(_places(value))
        elif option == "cache-dir":
            yield "UV_CACHE_DIR", str(Path(value.strip()) / "uv")
        elif option == "proxy":
            yield from ((name, value.strip()) for name in _PROXY_VARIABLES)


def _places(value: str) -> Iterator[str]:
    """Yield the places of ``find-links``; pip passes over a folder that is not there, uv stops at it."""
    for place in value.split():
        if "://" in place:
            yield place
        elif (folder := Path(place).expanduser()).exists():
            yield str(folder)


def for_uv(listing: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables that hand pip's settings to uv; what the person has set for uv already is left out."""
    named = {name for name in environ if name.startswith("UV_")}
    return {name: value for name, value in _translated(parsed(listing)) if value and name not in named}
