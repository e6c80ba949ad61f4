"""Look into the documents that arguments hold (policies, definitions) for what refers to something, unevaluated."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from plan_review.language import expressions as ast
from plan_review.language.lexer import ExpressionError
from plan_review.language.templates import TemplateError, split
from plan_review.language.traversals import in_expression, in_string, names_of

_QUOTES = re.compile(r'\\.|"', re.DOTALL)
# Stand in for expressions while the JSON around them is read; private-use characters occur in no policy.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A text that expressions fill in; ``names`` are the texts of the names that they use."""

    names: frozenset[str]


def structure(value: str) -> Any:
    """Return the data of a document with ``Filled`` where it is not literal; None where it is no document.

    JSON text and ``${jsonencode(…)}`` are read.
    """
    try:
        parts = split(value)
        if len(parts) == 1 and parts[0].kind == "expression":
            called = ast.parse(parts[0].text)
            if isinstance(called, ast.Call) and called.name == "jsonencode" and called.arguments:
                return _of_expression(called.arguments[0])
            return None
        return _of_json([(part.kind == "literal", part.text) for part in parts])
    except (TemplateError, ExpressionError, ValueError, RecursionError):
        return None


def _of_expression(node: ast.Expression) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Sequence(items=items):
            return [_of_expression(item) for item in items]
        case ast.Mapping(items=pairs):
            return {
                str(key.value) if isinstance(key, ast.Constant) else f"… {number}": _of_expression(item)
                for number, (key, item) in enumerate(pairs)
            }
        case ast.Text(source=source):
            return Filled(frozenset(name.text for name in in_string(source).found))
    return Filled(frozenset(name.text for name in names_of(node)))


def _of_json(parts: list[tuple[bool, str]]) -> Any:
    names: list[frozenset[str]] = []
    pieces: list[str] = []
    quoted = False
    for literal, text in parts:
        if literal:
            pieces.append(text)
            quoted ^= sum(mark == '"' for mark in _QUOTES.findall(text)) % 2 == 1
        else:
            mark = f"{_OPEN}{len(names)}{_CLOSE}"
            pieces.append(mark if quoted else f'"{mark}"')
            names.append(frozenset(name.text for name in in_expression(text).found))

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        marks = _MARK.findall(value) if isinstance(value, str) else []
        return Filled(frozenset().union(*(names[int(mark)] for mark in marks))) if marks else value

    return fill(json.loads("".join(pieces)))


def mentions(value: Any, text: str) -> bool:
    """Return whether a part of a document uses the name that is written as ``text``."""
    if isinstance(value, Filled):
        return text in value.names
    if isinstance(value, dict):
        return any(mentions(inner, text) for inner in value.values())
    return isinstance(value, list) and any(mentions(inner, text) for inner in value)
