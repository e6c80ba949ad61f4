"""Paths and intrinsic functions of JSONPath states, by their grammar.

https://states-language.net/spec.html#path, #reference-path and #intrinsic-functions;
https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html. Step Functions reads paths with
Jayway's JsonPath, as its error messages show: https://github.com/json-path/JsonPath. That ``$$`` is no reference path
but in ItemsPath is a recorded answer: https://github.com/floci-io/floci/issues/3733.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_PATH = "it does not begin with $"
_ROOT = re.compile(r"\$\$|\$(?P<variable>[^\W\d]\w*)?")
_NAME = re.compile(r"\.\.?(?:\*|[^\s.\[\](){}*?@,:'\"]+)(?:\([^()]*\))?")
_DEEP = re.compile(r"\.\.?(?=\[)")
_QUOTED = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_BRACKET = re.compile(
    rf"\[\s*(?:\*|-?\d+(?:\s*,\s*-?\d+)*|-?\d*\s*:\s*-?\d*(?::-?\d+)?|{_QUOTED}(?:\s*,\s*{_QUOTED})*)\s*\]"
)
_ONE_NAME = re.compile(r"\.[^\s.\[\](){}*?@,:'\"]+")
_ONE_BRACKET = re.compile(rf"\.?\[\s*(?:-?\d+|{_QUOTED})\s*\]")
_WITH_FUNCTIONS = ("ErrorPath", "CausePath")
_WRITTEN = "ResultPath"
_MAP_NUMBERS: tuple[str, ...] = (
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "MaxItemsPath",
)
_MAP_NUMBERS += ("MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath")

# Function → what its arguments are, where one is written out: T a text, N a number, B true or false, A a list (which
# cannot be written out), any other letter anything. What stands in brackets may be left out; * stands for any number.
FUNCTIONS: Mapping[str, str] = {
    "Format": "T*",
    "StringToJson": "T",
    "JsonToString": "x",
    "Array": "*",
    "ArrayPartition": "AN",
    "ArrayContains": "Ax",
    "ArrayRange": "NNN",
    "ArrayGetItem": "AN",
    "ArrayLength": "A",
    "ArrayUnique": "A",
    "Base64Encode": "T",
    "Base64Decode": "T",
    "Hash": "xT",
    "JsonMerge": "xxB",
    "MathRandom": "NN[N]",
    "MathAdd": "NN",
    "StringSplit": "TT",
    "UUID": "",
}
_KINDS = {"T": "a text", "N": "a number", "B": "true or false", "A": "a list"}
_DEEPEST = 10
_CALL = re.compile(r"States\.(\w+)\s*\(")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"(?:null|true|false)\b")
_ESCAPABLE = "'\\{}"
_GAP = " \t\n\r"


def variable_of(path: str) -> str:
    """Return the name of the variable that a path reads; empty where it reads the input or the context."""
    match = _ROOT.match(path)
    return (match["variable"] or "") if match is not None else ""


def path_problem(field: str, text: str) -> str:
    """Return what is wrong with a path; empty where nothing is."""
    if field in _WITH_FUNCTIONS and text.startswith("States."):
        return function_problem(text)
    end = _path(text, 0)
    if end == 0:
        return _NO_PATH
    return "" if end == len(text) else f"{text[end:]!r} cannot be read as a part of a path"


def reference_problem(field: str, text: str) -> str:
    """Return why a path is not one to a single value; empty where it is."""
    if what := path_problem(field, text):
        return what
    match = _ROOT.match(text)
    end = match.end() if match is not None else 0
    if text.startswith("$$") and field in (*_MAP_NUMBERS, _WRITTEN):
        return "the context object cannot stand here"
    if field == _WRITTEN and variable_of(text):
        return "a variable cannot be written by a path"
    while end < len(text):
        part = _ONE_NAME.match(text, end) or _ONE_BRACKET.match(text, end)
        if part is None:
            return f"{text[end:]!r} may stand for several values"
        end = part.end()
    return ""


def template_path_problem(text: str) -> str:
    """Return what is wrong with the value of a key that ends in ``.$``: a path or an intrinsic function."""
    return function_problem(text) if text.startswith("States.") else path_problem("", text)


def _path(text: str, start: int) -> int:
    """Return where the path that begins at ``start`` ends; ``start`` where none does."""
    root = _ROOT.match(text, start)
    if root is None:
        return start
    end = root.end()
    while True:
        part = _NAME.match(text, end) or _BRACKET.match(text, end) or _DEEP.match(text, end)
        if part is not None:
            end = part.end()
        elif text.startswith(("[?(", "[("), end) and (closed := _filter(text, end)):
            end = closed
        else:
            return end


def _filter(text: str, start: int) -> int:
    """Return where a filter ``[?(…)]`` ends; 0 where it is not closed."""
    depth, at = 0, text.index("(", start)
    while at < len(text):
        character = text[at]
        if character in "'\"":
            closing = text.find(character, at + 1)
            if closing < 0:
                return 0
            at = closing
        depth += (character == "(") - (character == ")")
        at += 1
        if depth == 0:
            return at + 1 if text.startswith("]", at) else 0
    return 0


class _FunctionError(ValueError):
    """An intrinsic function is not written as the language has it."""


def function_problem(text: str) -> str:
    """Return what is wrong with a call of an intrinsic function; empty where nothing is."""
    try:
        end = _call(text, 0, 1)
    except _FunctionError as error:
        return str(error)
    return "" if not text[end:].strip() else f"{text[end:]!r} stands behind the function"


def _call(text: str, start: int, depth: int) -> int:
    match = _CALL.match(text, start)
    if match is None:
        raise _FunctionError("it is no call of an intrinsic function")
    name = match[1]
    if name not in FUNCTIONS:
        near = difflib.get_close_matches(name, FUNCTIONS, n=1)
        hint = f"; did you mean States.{near[0]}?" if near else ""
        raise _FunctionError(f"there is no function States.{name}{hint}")
    if depth > _DEEPEST:
        raise _FunctionError(f"functions are nested {depth} deep, and {_DEEPEST} is the most")
    end, given = _arguments(text, match.end(), depth)
    _check_arguments(name, given)
    return end


def _check_arguments(name: str, given: list[str]) -> None:
    """Raise ``_FunctionError`` where a function is given too few or too many, or one written out of another kind."""
    form = FUNCTIONS[name]
    needed = form.partition("[")[0].rstrip("*")
    kinds = form.replace("[", "").replace("]", "").rstrip("*")
    if len(given) < len(needed) or ("*" not in form and len(given) > len(kinds)):
        most = "" if len(kinds) == len(needed) else f" to {len(kinds)}"
        wanted = f"at least {len(needed)}" if "*" in form else f"{len(needed)}{most}"
        raise _FunctionError(f"States.{name} takes {wanted} arguments, and {len(given)} are given")
    for position, (kind, written) in enumerate(zip(kinds, given, strict=False), 1):
        if written and kind in _KINDS and written != kind:
            raise _FunctionError(f"argument {position} of States.{name} is {_KINDS[kind]}")


def _arguments(text: str, at: int, depth: int) -> tuple[int, list[str]]:
    """Return where the arguments end, behind the closing bracket, and the kinds of those that are written out."""
    kinds: list[str] = []
    at = _skip(text, at)
    if text.startswith(")", at):
        return at + 1, kinds
    while True:
        at = _skip(text, at)
        kinds.append(_kind(text, at))
        at = _skip(text, _argument(text, at, depth))
        if text.startswith(")", at):
            return at + 1, kinds
        if not text.startswith(",", at):
            raise _FunctionError(_unreadable(text, at))
        at += 1


def _kind(text: str, at: int) -> str:
    """Return the kind of an argument that is written out; empty for what is computed, and for null."""
    if text.startswith("'", at):
        return "T"
    if text.startswith(("true", "false"), at):
        return "B"
    return "N" if _NUMBER.match(text, at) is not None else ""


def _unreadable(text: str, at: int) -> str:
    return "it is not closed" if at >= len(text) else f"{text[at:]!r} cannot be read as an argument"


def _argument(text: str, at: int, depth: int) -> int:
    if text.startswith("'", at):
        return _literal(text, at)
    if text.startswith("States.", at):
        return _call(text, at, depth + 1)
    if text.startswith("$", at):
        return _path(text, at)
    if (match := _NUMBER.match(text, at) or _WORD.match(text, at)) is not None:
        return match.end()
    raise _FunctionError(_unreadable(text, at))


def _literal(text: str, at: int) -> int:
    """Return where a text in single quotes ends."""
    at += 1
    while at < len(text):
        if text[at] == "\\":
            if text[at + 1 : at + 2] not in tuple(_ESCAPABLE):
                raise _FunctionError(f"{text[at : at + 2]!r} is no escape: a backslash stands before ' \\ {{ or }}")
            at += 2
        elif text[at] == "'":
            return at + 1
        else:
            at += 1
    raise _FunctionError("a text is not closed")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _GAP:
        at += 1
    return at


def variables_in(text: str) -> set[str]:
    """Return the names of the variables that a path, or the arguments of an intrinsic function, read."""
    bare = re.sub(r"'(?:[^'\\]|\\.)*'", "''", text) if text.startswith("States.") else text[: _path(text, 0)]
    if not text.startswith("States."):
        return {name} if (name := variable_of(bare)) else set()
    return {name for match in re.finditer(r"(?<![\w$.])\$[^\W\d]\w*", bare) if (name := variable_of(match.group()))}
