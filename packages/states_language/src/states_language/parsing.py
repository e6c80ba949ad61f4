"""From a definition's text to its JSON, with what the service refuses on the way."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from states_language.problems import SCHEMA, Place, Problem
from states_language.unknown import marked

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 1_048_576
"""Characters of a definition: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html"""

_INVALID = "INVALID_JSON_DESCRIPTION"
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


class _SaidTwiceError(ValueError):
    """A key stands twice in one object."""


def parse(text: str, is_unknown: Callable[[str], bool]) -> tuple[dict[str, Any] | None, Problem | None]:
    """Return the definition, its texts marked where a part is not known, or why the service refuses it.

    Neither, where an unknown part makes it impossible to tell. ``is_unknown`` says of a text whether it holds such a
    part; one that stands for a whole value, outside quotes, is a single character.
    """
    if not text.strip():
        return None, _whole("it is empty", SCHEMA, "Definition must be a valid JSON object")
    if len(text) > LARGEST:
        return None, _whole(f"it has {len(text)} characters, and {LARGEST} are the most", _INVALID)
    unknown = is_unknown(text)
    try:
        body = json.loads(_quoted(text, is_unknown) if unknown else text, object_pairs_hook=_once)
    except _SaidTwiceError as error:
        return None, _whole(f'the key "{error}" stands twice in one object', _INVALID)
    except (ValueError, RecursionError) as error:
        return None, None if unknown else _whole(f"it is not valid JSON: {error}", _INVALID)
    if not isinstance(body, dict):
        answer = "Definition must be a valid JSON object"
        return None, None if unknown else _whole("it is no JSON object", SCHEMA, answer)
    return marked(body, is_unknown), None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Step Functions refuses a key that stands twice, where other readers of JSON take the last."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _SaidTwiceError(name)
        found[name] = value
    return found


def _quoted(text: str, is_unknown: Callable[[str], bool]) -> str:
    """Put quotes around unknown values that stand outside of texts: ``{"Seconds": …}``."""
    parts: list[str] = []
    end = 0
    for match in _TEXT.finditer(text):
        parts += [_with_quotes(text[end : match.start()], is_unknown), match.group()]
        end = match.end()
    return "".join([*parts, _with_quotes(text[end:], is_unknown)])


def _with_quotes(text: str, is_unknown: Callable[[str], bool]) -> str:
    return "".join(f'"{each}"' if is_unknown(each) else each for each in text) if is_unknown(text) else text


def _whole(what: str, code: str, answer: str = "") -> Problem:
    remedies = {SCHEMA: 'write an object with "StartAt" and "States"', _INVALID: "write valid JSON"}
    return Problem(Place(), what, remedies[code], code=code, answer=answer)
