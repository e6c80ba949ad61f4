"""What is wrong with the JSONata expressions of a state machine, as far as their text tells.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html and https://docs.jsonata.org/
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.states_language.checks import Problem
from plan_review.states_language.definition import JSONATA, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN, _CLOSE = "{%", "%}"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`|/\*.*?\*/', re.DOTALL)
_USED = re.compile(r"\$([A-Za-z_]\w*)(?!\w*\s*[(:])")
_BOUND = re.compile(r"\$([A-Za-z_]\w*)\s*:=")
_PARAMETERS = re.compile(r"(?:function|λ)\s*\(([^)]*)\)")
# Operators of other languages, and two in a row.
_FOREIGN = re.compile(r"={2,}|!==|&&|\|\||=\s+=|[<>]\s+=")
# Bound by Step Functions, and what functions as values are called: those of JSONata and those that AWS adds.
_NAMES = """
    abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl
    decodeUrlComponent distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase
    formatInteger formatNumber fromMillis hash join keys length lookup lowercase map match max merge millis min not
    now number pad parse parseInteger partition power random range reduce replace reverse round shuffle sift single
    sort split spread sqrt states string substring substringAfter substringBefore sum toMillis trim type uppercase
    uuid zip
"""
_ALWAYS = frozenset(_NAMES.split())


def expressions(body: dict[str, Any]) -> Iterator[Problem]:
    """Yield the expressions that Step Functions would refuse, or that name a variable that nothing assigns."""
    assigned = _assigned(body)
    for state in states_of(body):
        if state.language == JSONATA:
            place = "/".join(state.path)
            inner = {"ItemProcessor", "Iterator", "Branches"}
            own = {name: value for name, value in state.body.items() if name not in inner}
            for text in _texts(own):
                for what, remedy in _problems(text, assigned):
                    yield Problem(place, what, remedy)


def _assigned(body: dict[str, Any]) -> set[str]:
    """Return the names of all variables that any state assigns: where they reach is not followed."""
    found: set[str] = set()
    waiting: list[Any] = [body]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            given = value.get("Assign")
            found |= {name.removesuffix(".$") for name in given} if isinstance(given, dict) else set()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _problems(text: str, assigned: set[str]) -> Iterator[tuple[str, str]]:
    opens, closes = text.startswith(_OPEN), text.endswith(_CLOSE)
    if opens is not closes and not has_symbols(text[:1] + text[-1:]):
        shown = text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - enough to find it by
        yield f"the expression {shown} is not {'closed' if opens else 'opened'}", "write {% … %} around it, and no more"
    if not (opens and closes):
        return
    bare = _LITERAL.sub('""', text[len(_OPEN) : -len(_CLOSE)])
    # A regular expression may hold brackets of its own.
    if "/" not in bare and (bracket := _unbalanced(bare)):
        yield f"the expression {text} has a {bracket} without its counterpart", "close what is opened"
    if (foreign := _FOREIGN.search(bare)) is not None:
        yield f"the expression {text} has {foreign.group()!r}, which JSONata does not know", "use =, !=, and, or, not()"
    known = assigned | _ALWAYS | set(_BOUND.findall(bare))
    for parameters in _PARAMETERS.findall(bare):
        known |= {name.strip().lstrip("$") for name in parameters.split(",")}
    for name in dict.fromkeys(_USED.findall(bare)):
        if name not in known:
            near = difflib.get_close_matches(name, assigned, n=1)
            remedy = f"did you mean ${near[0]}?" if near else f"assign ${name} in a state before this one"
            yield f"the variable ${name} is assigned by no state", remedy


def _unbalanced(text: str) -> str:
    """Return the first bracket without its counterpart; empty where there is none."""
    waiting: list[str] = []
    for character in text:
        if character in _BRACKETS.values():
            waiting.append(character)
        elif character in _BRACKETS and (not waiting or waiting.pop() != _BRACKETS[character]):
            return character
    return waiting[0] if waiting else ""
