"""Find the names that a string or expression uses, before asking what they stand for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from plan_review.language.expressions import (
    Call,
    Constant,
    Expression,
    For,
    Index,
    Mapping,
    Operation,
    Select,
    Sequence,
    Splat,
    Text,
    Traversal,
    parse,
)
from plan_review.language.lexer import ExpressionError
from plan_review.language.templates import TemplateError, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.language.paths import Path

_PLAIN = re.compile(r"[^\W\d][\w-]*(?:\.[^\W\d][\w-]*)+")
_WHOLE = re.compile(r"\$\{\s*([^\W\d][\w-]*(?:\.[^\W\d][\w-]*)+)\s*\}")
_DIRECTIVE = re.compile(r"(?:if|for\s+[\w-]+(?:\s*,\s*[\w-]+)?\s+in)\s+(.*)", re.DOTALL)
_RESOURCE_ROOTS = {"data", "ephemeral"}
_OTHER_ROOTS = {"each", "count", "self", "path", "terraform", "local", "var", "module"}


class Name(NamedTuple):
    """A name that is used.

    ``kind`` is ``resource``, ``local``, ``var``, ``module`` or ``each``; ``name`` is such as ``aws_x.y``, or ``m``;
    ``attribute`` is the first attribute taken of it; ``text`` is the whole traversal.
    """

    kind: str
    name: str
    attribute: str | None
    text: str


class Names(NamedTuple):
    """The names that a text uses, and what is wrong with it where it cannot be read in whole."""

    found: tuple[Name, ...]
    problem: str | None = None


def render(traversal: Traversal) -> str:
    """Return the text of a traversal; an index that is computed is shown as ``[…]``."""
    text = traversal.root
    for step in traversal.steps:
        if isinstance(step, str):
            text += f".{step}"
        elif isinstance(step, Splat):
            text += "[*]"
        elif isinstance(step.key, Constant):
            quoted = f'"{step.key.value}"' if isinstance(step.key.value, str) else step.key.value
            text += f"[{quoted}]"
        else:
            text += "[…]"
    return text


def _attributes(traversal: Traversal) -> list[str]:
    """Return the attribute steps, an index by a constant string among them where a name must stand."""
    return [step for step in traversal.steps if isinstance(step, str)]


def name_of(traversal: Traversal) -> Name | None:
    """Return the name that a traversal starts with; None where it is bound to nothing outside, such as ``path``."""
    names = _attributes(traversal)
    root = traversal.root
    text = render(traversal)
    if root == "resource" and len(names) > 1:
        root, *names = names
    if root in {"local", "var", "module"}:
        return Name(root, names[0], names[1] if len(names) > 1 else None, text) if names else None
    if root in {"each", "count"}:
        return Name("each", root, names[0] if names else None, text)
    if root in _OTHER_ROOTS or not names:
        return None
    if root in _RESOURCE_ROOTS:
        if len(names) < 2:  # noqa: PLR2004  # a type and a name
            return None
        return Name("resource", f"{root}.{names[0]}.{names[1]}", names[2] if len(names) > 2 else None, text)  # noqa: PLR2004
    return Name("resource", f"{root}.{names[0]}", names[1] if len(names) > 1 else None, text)


def _children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Call(arguments=inner) | Sequence(items=inner) | Operation(operands=inner):
            return inner
        case Mapping(items=items):
            return tuple(part for item in items for part in item)
        case Select(base=base, steps=steps):
            return (base, *(step.key for step in steps if isinstance(step, Index)))
        case Traversal(steps=steps):
            return tuple(step.key for step in steps if isinstance(step, Index))
        case _:
            return ()


def _walk(expression: Expression, bound: frozenset[str]) -> Iterator[Name]:
    if isinstance(expression, For):
        yield from _walk(expression.collection, bound)
        for part in (expression.key, expression.value, expression.condition):
            if part is not None:
                yield from _walk(part, bound | set(expression.names))
        return
    if isinstance(expression, Text):
        names = in_string(expression.source)
        if names.problem:
            raise ExpressionError(names.problem)
        yield from (name for name in names.found if name.text.partition(".")[0].partition("[")[0] not in bound)
        return
    if isinstance(expression, Traversal) and expression.root not in bound:
        name = name_of(expression)
        if name:
            yield name
    for child in _children(expression):
        yield from _walk(child, bound)


def names_of(expression: Expression) -> list[Name]:
    """Return the names that a parsed expression uses. Raises ``ExpressionError`` where a text in it cannot be read."""
    return list(dict.fromkeys(_walk(expression, frozenset())))


@lru_cache(maxsize=8192)
def in_expression(text: str) -> Names:
    """Return the names that an expression uses. Where it cannot be read, what looks like a name is returned."""
    if _PLAIN.fullmatch(text):
        root, *steps = text.split(".")
        name = name_of(Traversal(root, tuple(steps)))
        return Names((name,) if name else ())
    try:
        return Names(tuple(names_of(parse(text))))
    except ExpressionError as error:
        guessed = (name_of(Traversal(root, tuple(steps))) for root, *steps in map(_steps, _PLAIN.findall(text)))
        return Names(tuple(name for name in guessed if name), f"{text!r} cannot be read: {error}")


def _steps(text: str) -> list[str]:
    return text.split(".")


@lru_cache(maxsize=65536)
def in_string(text: str) -> Names:
    """Return the names that the expressions inside a string use, in their order."""
    if whole := _WHOLE.fullmatch(text):
        return in_expression(whole[1])
    if "${" not in text and "%{" not in text:
        return Names(())
    try:
        parts = split(text)
    except TemplateError as error:
        return Names(in_expression(text).found, f"{text[:60]!r}: {error}")
    found: dict[Name, None] = {}
    problem = None
    for part in parts:
        if part.kind == "literal":
            continue
        source = part.text
        if part.kind == "directive":
            directive = _DIRECTIVE.match(source)
            if directive is None:
                continue
            source = directive[1]
        names = in_expression(source)
        found.update(dict.fromkeys(names.found))
        problem = problem or names.problem
    return Names(tuple(found), problem)


def in_value(value: Any, path: Path = ()) -> Iterator[tuple[Path, Names]]:
    """Yield the path and the names of every string inside a value that uses any; the keys of a map count too."""
    if isinstance(value, str):
        if "{" in value:
            names = in_string(value)
            if names.found or names.problem:
                yield path, names
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "${" in key:
                yield (*path, key), in_string(key)
            yield from in_value(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from in_value(inner, (*path, index))


def functions_in(text: str) -> frozenset[str]:
    """Return the names of the functions that the expressions inside a string call; none of what cannot be read."""
    try:
        parts = split(text) if "${" in text or "%{" in text else []
    except TemplateError:
        return frozenset()
    found: set[str] = set()
    for part in parts:
        directive = _DIRECTIVE.match(part.text) if part.kind == "directive" else None
        if part.kind == "literal" or (part.kind == "directive" and directive is None):
            continue
        try:
            found |= _called(parse(directive[1] if directive is not None else part.text))
        except ExpressionError:
            continue
    return frozenset(found)


def _called(expression: Expression) -> set[str]:
    if isinstance(expression, Text):
        return set(functions_in(expression.source))
    found = {expression.name} if isinstance(expression, Call) else set()
    inner = _children(expression)
    if isinstance(expression, For):
        parts = (expression.collection, expression.key, expression.value, expression.condition)
        inner = tuple(part for part in parts if part is not None)
    return found.union(*map(_called, inner))
