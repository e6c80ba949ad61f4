"""Payload templates of JSONPath states: keys that end in ``.$`` take a path or an intrinsic function.

https://states-language.net/spec.html#payload-template
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from states_language.paths import template_path_problem
from states_language.problems import Problem
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states_language.problems import Place

_COMPUTED = ".$"


def template_problems(value: Any, place: Place) -> Iterator[Problem]:
    """Yield what is wrong in a template, at every level."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from template_problems(inner, place.item(index))
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if not name.endswith(_COMPUTED):
            yield from template_problems(inner, place.at(name))
            continue
        plain = name.removesuffix(_COMPUTED)
        if plain in value:
            yield Problem(place, f'"{plain}" stands beside "{name}"', "keep one of them")
        yield from _computed(name, inner, place)


def _computed(name: str, value: Any, place: Place) -> Iterator[Problem]:
    if is_partial(value):
        return
    shown = json.dumps(value, ensure_ascii=False)
    answer = f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call"
    if not isinstance(value, str):
        remedy = f'write a path, or "{name.removesuffix(_COMPUTED)}" without .$'
        yield Problem(place.at(name), f'"{name}" is {shown}, which is no path', remedy, answer=answer)
    elif what := template_path_problem(value):
        remedy = f'write a path that begins with $, an intrinsic function, or the key without "{_COMPUTED}"'
        yield Problem(place.at(name), f'"{name}" is {shown}: {what}', remedy, answer=answer)
