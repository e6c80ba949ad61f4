"""Read the JSON documents that arguments hold: policies, event patterns, state machine definitions."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from plan_review.functions import Encoded, text_of
from plan_review.resolve import Evaluator
from plan_review.templates import TemplateError, split
from plan_review.values import Known, Literal, Template, Unknown

if TYPE_CHECKING:
    from plan_review.model import Configuration

_QUOTES = re.compile(r'\\.|"', re.DOTALL)
# Stand in for expressions while the JSON around them is read; private-use characters occur in no policy.
_INSIDE, _BESIDE, _END = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile(f"[{_INSIDE}{_BESIDE}](\\d+){_END}")


def document(configuration: Configuration, value: Any, module: str) -> Any:
    """Return the data that a JSON-valued argument holds; see ``Configuration.document``."""
    evaluator = Evaluator(configuration, module)
    if isinstance(value, str):
        try:
            parts = split(value)
        except TemplateError as error:
            return Unknown(str(error), (), value)
        if len(parts) > 1 and all(part.kind != "directive" for part in parts):
            known = [part.text if part.kind == "literal" else evaluator.expression(part.text) for part in parts]
            return _read_json(known, value)
    return _data(evaluator.value(value))


def _data(value: Any) -> Any:
    """Return the data behind the value of a JSON-valued argument."""
    if isinstance(value, Encoded):
        return _leaves(value.value)
    if isinstance(value, str):
        return _read_json([value], value)
    if isinstance(value, Template):
        return _read_json([part.value if isinstance(part, Literal) else part for part in value.parts], "")
    return _leaves(value)


def _leaves(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _leaves(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_leaves(item) for item in value]
    if isinstance(value, Encoded):
        return value.rendered()
    if isinstance(value, str) and ("${" in value or "%{" in value):
        return Literal(value)
    return value


def _read_json(parts: list[Any], text: str) -> Any:
    """Read JSON text whose expressions are known values; each stands in a string or for a whole value."""
    values: list[Any] = []
    pieces: list[str] = []
    quoted = False
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
            quoted ^= sum(mark == '"' for mark in _QUOTES.findall(part)) % 2 == 1
        else:
            mark = f"{_INSIDE if quoted else _BESIDE}{len(values)}{_END}"
            pieces.append(mark if quoted else f'"{mark}"')
            values.append(part)
    try:
        return _filled(json.loads("".join(pieces)), values)
    except (ValueError, RecursionError) as error:
        return Unknown(f"it is not JSON: {error}", (), text)


def _filled(value: Any, values: list[Any]) -> Any:
    if isinstance(value, dict):
        return {str(_key_text(_filled(key, values))): _filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if not isinstance(value, str) or not _MARKS.search(value):
        return _leaves(value)
    if value.startswith(_BESIDE):
        inner = values[int(value[1:-1])]
        return _data(inner) if isinstance(inner, (str, Encoded)) else _leaves(inner)
    found: list[Any] = []
    position = 0
    for mark in _MARKS.finditer(value):
        found.extend([value[position : mark.start()], values[int(mark[1])]])
        position = mark.end()
    found.append(value[position:])
    return _leaves(text_of([part for part in found if part != ""]))


def _key_text(key: Any) -> Any:
    if isinstance(key, Literal):
        return key.value
    if isinstance(key, Template):
        return "".join(str(part.value) if isinstance(part, Literal) else "${" + part.text + "}" for part in key.parts)
    return "${" + key.text + "}" if isinstance(key, (Known, Unknown)) else key
