"""Small checks that several rules share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local_mediaconvert.settings.validation import Problem, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_mediaconvert.service_model import Json

_FORMAT_IDENTIFIER = re.compile(r"\$\w+\$")


def required(settings: Json, path: str, *names: str) -> Iterator[Problem]:
    """Problems for each of ``names`` that ``settings`` lacks, in AWS's words."""
    for name in names:
        if name not in settings:
            yield Problem(path, f"{name} is a required property")


def at_least_one(settings: Json, path: str, name: str) -> Iterator[Problem]:
    """A problem where the list ``name`` is missing or empty, in AWS's words."""
    if not settings.get(name):
        yield Problem(f"{path}/{name}", "Should have at least 1 items")


def no_format_identifiers(settings: Json, path: str, *names: str) -> Iterator[Problem]:
    """Problems for names that use variables such as ``$dt$``, which are not expanded here."""
    for name in names:
        if _FORMAT_IDENTIFIER.search(settings.get(name, "")):
            text = f"the local MediaConvert does not support format identifiers: {show(settings[name])}"
            yield Problem(f"{path}/{name}", text)
