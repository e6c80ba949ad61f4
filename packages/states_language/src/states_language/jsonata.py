"""The JSONata expressions of a state: what does not parse, and what Step Functions does not take of the language.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html, https://docs.jsonata.org/ and recorded
answers of ValidateStateMachineDefinition: which fields are read as expressions and where a bare name is one at the
top level (https://github.com/floci-io/floci/issues/2670, pull/2699), what does not parse (issues/2745), ``$eval``
(issues/2737). Expressions are read by ``jsonata-python``, a port of the reference implementation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from states_language.definition import CLOSE, OPEN
from states_language.objects import shown
from states_language.problems import Level, Place, Problem
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

_INVALID = "INVALID_JSONATA_EXPRESSION"
_UNSUPPORTED = "UNSUPPORTED_JSONATA_EXPRESSION"
_NOT_READ = frozenset(
    {
        *("Comment", "Next", "Default", "Resource", "ErrorEquals", "Retry", "Credentials", "CSVHeaders", "Type"),
        *("QueryLanguage", "ItemProcessor", "Iterator", "Branches", "Label", "End"),
    }
)
_PAYLOADS = frozenset({"Output", "Assign", "Arguments", "ItemSelector", "BatchInput"})
_OUTCOMES = frozenset({"Output", "Assign"})
_WORKING = frozenset({"Task", "Parallel", "Map", "Pass"})
_ANY_KIND = ""
_OF_NODES = "_outer_instance"  # what every node of the parser's tree has
_STATES = "states"
_PARTS = ("input", "result", "errorOutput", "context")
_RESULT, _ERROR_OUTPUT = "result", "errorOutput"
_CONTEXT_ITEM, _ROOT_ITEM = "", "$"  # how the parser names the variables $ and $$
_NOT_THERE = "eval"
# Operators of other languages, and two in a row.
_FOREIGN = re.compile(r"={2,}|!==|&&|\|\||=\s+=|[<>]\s+=")
# Kind of node → its parts that are read in the same context as itself.
_AROUND = {
    "unary": ("expression", "expressions"),
    "binary": ("lhs", "rhs"),
    "apply": ("lhs", "rhs"),
    "function": ("procedure", "arguments"),
    "partial": ("procedure", "arguments"),
    "lambda": ("body",),
    "condition": ("condition", "then", "_else"),
    "block": ("expressions",),
    "bind": ("rhs",),
}
# Operators of JSONata 2.1; Step Functions documents version 2.0.6.
_NEWER = ("??", "?:")

_NAMES = (
    "abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl "
    "decodeUrlComponent distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase "
    "formatInteger formatNumber fromMillis hash join keys length lookup lowercase map match max merge "
    "millis min not now number pad parse parseInteger partition power random range reduce replace reverse "
    "round shuffle sift single sort split spread sqrt states string substring substringAfter "
    "substringBefore sum toMillis trim type uppercase uuid zip eval "
)
BUILT_IN = frozenset(_NAMES.split())
"""JSONata's functions, those that Step Functions adds, and ``$states``."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression and where it stands. ``variables`` are those that it reads and does not bind itself."""

    text: str
    place: Place
    field: str
    in_catch: bool
    variables: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Reading:
    """What an expression reads: names at the top level, parts of ``$states``, variables, and what it binds."""

    names: dict[str, None] = field(default_factory=dict)
    parts: dict[str, None] = field(default_factory=dict)
    variables: dict[str, None] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    place: Place
    field: str
    in_catch: bool


def jsonata_problems(state: dict[str, Any], place: Place) -> Iterator[Problem]:
    """Yield what is wrong with the expressions of a state that writes JSONata."""
    kind = _ANY_KIND if is_partial(state.get("Type")) else str(state.get("Type"))
    for text in _texts(state, place):
        opens, closes = text.text.startswith(OPEN), text.text.endswith(CLOSE)
        if opens is not closes:
            yield _unclosed(text, opens=opens)
        elif opens:
            yield from _expression(text, kind)
    yield from _paths(state, place)


def expressions(state: dict[str, Any], place: Place) -> Iterator[Expression]:
    """Yield the expressions of a state that can be read, with the variables that they take from outside."""
    for text in _texts(state, place):
        if text.text.startswith(OPEN) and text.text.endswith(CLOSE):
            reading = _read(_inside(text.text))
            if isinstance(reading, _Reading):
                variables = frozenset(reading.variables) - reading.bound - BUILT_IN - {_CONTEXT_ITEM, _ROOT_ITEM}
                yield Expression(text.text, text.place, text.field, text.in_catch, variables)


def _inside(text: str) -> str:
    return text[len(OPEN) : -len(CLOSE)].strip()


def _texts(state: dict[str, Any], place: Place) -> Iterator[_Text]:
    """Yield the texts that the service reads as expressions where they are written as such."""
    for name, value in state.items():
        if name not in _NOT_READ:
            yield from _walk(value, place.at(name), name, payload=name in _PAYLOADS, in_catch=False)


def _walk(value: Any, place: Place, name: str, *, payload: bool, in_catch: bool) -> Iterator[_Text]:
    if isinstance(value, str):
        if not is_partial(value):
            yield _Text(value, place, name, in_catch)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, place.item(index), name, payload=payload, in_catch=in_catch)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if payload:
                yield from _walk(inner, place.at(key), name, payload=True, in_catch=in_catch)
            elif key not in _NOT_READ:
                within = in_catch or (name == "Catch" and key in _OUTCOMES)
                part = name if name == "Catch" and key not in _OUTCOMES else key
                yield from _walk(inner, place.at(key), part, payload=key in _PAYLOADS, in_catch=within)


def _unclosed(text: _Text, *, opens: bool) -> Problem:
    what = f"the expression {shown(text.text)} in {text.place.field} is not {'closed' if opens else 'opened'}"
    remedy = "begin the text with {% and end it with %}, without a blank before or behind"
    return Problem(text.place, what, remedy, code=_INVALID)


@lru_cache(maxsize=4096)
def _read(text: str) -> _Reading | str:
    """Return what an expression reads, or why it does not parse, in the words of the reference implementation."""
    from jsonata.jexception import JException  # noqa: PLC0415 - it takes long, and not every definition has one
    from jsonata.parser import Parser  # noqa: PLC0415 - as above

    try:
        root = Parser().parse(text)
    except JException as error:
        return str(error)
    except (RecursionError, AttributeError, IndexError, TypeError, ValueError) as error:
        # The port stumbles over some texts that the language does not have: they are not told as wrong.
        del error
        return _Reading()
    reading = _Reading()
    _at_top(root, reading)
    _anywhere(root, reading, set())
    return reading


def _expression(text: _Text, kind: str) -> Iterator[Problem]:
    reading = _read(_inside(text.text))
    where = f"the expression {shown(text.text)} in {text.place.field}"
    if isinstance(reading, str):
        foreign = _FOREIGN.search(_without_texts(_inside(text.text))) is not None
        remedy = "use =, !=, and, or, $not()" if foreign else "write it as JSONata has it: https://docs.jsonata.org"
        yield Problem(text.place, f"{where} does not parse: {reading}", remedy, code=_INVALID, answer=reading)
        return
    for name in reading.names:
        yield _outside(name, where, text.place)
    for part in reading.parts:
        yield from _part(part, where, text, kind)
    if _NOT_THERE in reading.variables and _NOT_THERE not in reading.bound:
        what = f"{where} calls $eval, which Step Functions does not have"
        yield Problem(text.place, what, "use $parse for JSON, or write the expression out", level=Level.FAILS)
    for operator in _newer_operators(_inside(text.text)):
        what = f'{where} has "{operator}", which JSONata has since 2.1'
        remedy = "Step Functions documents 2.0.6: write $exists(…) ? … : …"
        yield Problem(text.place, what, remedy, level=Level.DOUBTFUL)


def _outside(name: str, where: str, place: Place) -> Problem:
    """Return what is said of a name that is read from a context item, which there is not."""
    if name == "$$":
        what, remedy, answer = "reads $$", "read $states.input", "Reference to '$$' is not supported."
    else:
        what = f"reads {name}, and there is nothing that it could be a field of"
        path = name.removeprefix("$")
        remedy = f"write {_with_dollar(path)}" if path else "write $states.input"
        answer = f"Reference to '{name}' at the top level is not supported."
    return Problem(place, f"{where} {what}", remedy, code=_UNSUPPORTED, answer=answer)


def _with_dollar(name: str) -> str:
    if name in _PARTS:
        return f"$states.{name}"
    return "$states" if name == _STATES else f"$states.input.{name}, or ${name} for a variable"


def _part(part: str, where: str, text: _Text, kind: str) -> Iterator[Problem]:
    if part == _ERROR_OUTPUT and not text.in_catch:
        what = f"{where} reads $states.errorOutput, which is there in Output and Assign of a Catch only"
        answer = "Field '$states.errorOutput' does not exist."
        yield Problem(text.place, what, "read it in the Catch", code=_UNSUPPORTED, answer=answer)
    elif part not in _PARTS:
        what = f"{where} reads $states.{part}, which there is not"
        yield Problem(
            text.place, what, f"use one of {', '.join(f'$states.{each}' for each in _PARTS)}", level=Level.DOUBTFUL
        )
    elif part == _RESULT and (text.in_catch or text.field not in _OUTCOMES or kind not in (*_WORKING, _ANY_KIND)):
        what = f"{where} reads $states.result, which is there in Output and Assign only, after the state has worked"
        yield Problem(text.place, what, "read $states.input", level=Level.DOUBTFUL)


def _newer_operators(text: str) -> list[str]:
    if not any(operator in text for operator in _NEWER):
        return []
    bare = _without_texts(text)
    return [operator for operator in _NEWER if operator in bare]


def _without_texts(text: str) -> str:
    """Cut texts between quotes and comments out of an expression."""
    parts, at = [], 0
    while at < len(text):
        character = text[at]
        if character in "\"'`":
            end = at + 1
            while end < len(text) and text[end] != character:
                end += 2 if text[end] == "\\" else 1
            at = end + 1
            parts.append('""')
        elif text.startswith("/*", at):
            at = (text.find("*/", at) + 2) or len(text)
        else:
            parts.append(character)
            at += 1
    return "".join(parts)


def _paths(state: dict[str, Any], place: Place) -> Iterator[Problem]:
    """Yield keys that are written as JSONPath has them: JSONata takes them as they stand."""
    for name in _PAYLOADS:
        for key in _computed_keys(state.get(name)):
            plain = key.removesuffix(".$")
            what = f"{key} is written for JSONPath, and taken as it stands in {name}"
            yield Problem(place.at(name), what, f'write "{plain}": "{{% … %}}"', level=Level.DOUBTFUL)


def _computed_keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (name for name in value if name.endswith(".$"))
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _computed_keys(inner)


def _at_top(node: Any, reading: _Reading) -> None:
    """Collect the names that are read from the context item of the whole expression, of which there is none.

    Only the first step of a path reads there; its later steps, predicates, sort terms and groups read what the step
    before them gave. The body of a function keeps the context of the expression around it.
    """
    kind = getattr(node, "type", None)
    if kind == "path":
        _at_top(node.steps[0], reading)
    elif kind == "name":
        reading.names[str(node.value)] = None
    elif kind == "variable" and node.value in (_CONTEXT_ITEM, _ROOT_ITEM):
        reading.names["$" + node.value] = None
    elif kind == "unary" and node.value == "{":
        for pair in node.lhs_object:
            for each in pair:
                _at_top(each, reading)
    elif kind in _AROUND:
        for name in _AROUND[kind]:
            inner = getattr(node, name, None)
            for each in inner if isinstance(inner, list) else [inner]:
                _at_top(each, reading)


def _anywhere(value: Any, reading: _Reading, seen: set[int]) -> None:
    """Collect variables that are read and bound, and parts of ``$states``, at every depth."""
    if isinstance(value, (list, tuple)):
        for inner in value:
            _anywhere(inner, reading, seen)
        return
    if not hasattr(value, _OF_NODES) or id(value) in seen:
        return
    seen.add(id(value))
    kind = getattr(value, "type", None)
    if kind == "variable":
        reading.variables[str(value.value)] = None
    elif kind == "path":
        _states_part(value.steps, reading)
    reading.bound |= _bound(value, kind)
    for name, inner in vars(value).items():
        if name != _OF_NODES:
            _anywhere(inner, reading, seen)


def _bound(node: Any, kind: str | None) -> set[str]:
    """Return the variables that a part of an expression binds: ``$x := …``, ``function($x)``, ``@$x`` and ``#$x``."""
    found = {bound for name in ("focus", "index") if isinstance(bound := getattr(node, name, None), str)}
    found |= {str(each.value) for each in getattr(node, "stages", None) or () if getattr(each, "type", None) == "index"}
    if kind == "lambda":
        found |= {str(argument.value) for argument in node.arguments or ()}
    elif kind == "bind":
        found.add(str(getattr(node.lhs, "value", "")))
    return found


def _states_part(steps: Any, reading: _Reading) -> None:
    if len(steps) > 1 and getattr(steps[0], "type", None) == "variable" and steps[0].value == _STATES:
        second = steps[1]
        if getattr(second, "type", None) in ("name", "string"):
            reading.parts[str(second.value)] = None
