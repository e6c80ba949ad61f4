"""The rules of a Choice state.

https://states-language.net/spec.html#choice-state and
https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from states_language.definition import JSONATA, JSONPATH
from states_language.fields import COMBINATIONS, OPERATORS, RULE
from states_language.objects import check, shown
from states_language.problems import Problem
from states_language.unknown import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states_language.problems import Place

_ESCAPED = ("*", "\\")


def choice_problems(state: dict[str, Any], place: Place, language: str) -> Iterator[Problem]:
    """Yield what is wrong with the rules of a Choice state."""
    rules = state.get("Choices")
    if not isinstance(rules, list):
        return
    if not rules:
        yield Problem(place.at("Choices"), "it has no choice", "give at least one")
    for index, rule in enumerate(rules):
        at = place.at("Choices").item(index)
        if is_partial(rule):
            continue
        if not isinstance(rule, dict):
            yield Problem(at, f"a choice is {shown(rule)}", "write an object")
            continue
        if "Next" not in rule:
            yield Problem(at, "a choice has no Next", "say where it leads", answer=_required("Next"))
        yield from _rule(rule, at, language)


def _required(name: str) -> str:
    return f"These fields are required: [{name}]"


def _rule(rule: dict[str, Any], place: Place, language: str) -> Iterator[Problem]:
    if language == JSONATA and "Condition" not in rule and not any(map(is_partial, rule)):
        yield Problem(place, "a choice has no Condition", _in(JSONATA), answer=_required("Condition"))
        return
    found = list(check(rule, RULE, place, language, "a choice"))
    yield from found
    if language == JSONPATH and not any(map(is_partial, rule)) and "Condition" not in rule:
        yield from _comparison(rule, place, unknown_field=any("there is no field" in each.what for each in found))


def _comparison(rule: dict[str, Any], place: Place, *, unknown_field: bool) -> Iterator[Problem]:
    compared = [name for name in rule if name in OPERATORS]
    combined = [name for name in rule if name in COMBINATIONS]
    if len(compared) + len(combined) > 1:
        listed = ", ".join((*compared, *combined))
        yield Problem(place, f"a choice compares in {len(compared) + len(combined)} ways: {listed}", "keep one of them")
    elif not compared and not combined and not unknown_field:
        lacking = "comparison" if "Variable" in rule else "Variable, And, Or or Not"
        yield Problem(place, f"a choice has no {lacking}", _in(JSONPATH))
    if compared and "Variable" not in rule:
        yield Problem(place, f"a choice has {compared[0]} and no Variable", "name what it compares")
    if combined and "Variable" in rule:
        yield Problem(place, f"a choice has {combined[0]} beside Variable", "put Variable into the rules inside")
    yield from _pattern(rule.get("StringMatches"), place)
    for name in combined:
        yield from _inner(name, rule[name], place.at(name))


def _in(language: str) -> str:
    return f"write it in the way of {language}"


def _pattern(pattern: Any, place: Place) -> Iterator[Problem]:
    """A backslash stands before * and another backslash only: https://states-language.net/spec.html#choice-state."""
    if not isinstance(pattern, str) or is_partial(pattern):
        return
    at = pattern.find("\\")
    while at >= 0:
        if pattern[at + 1 : at + 2] not in _ESCAPED:
            remedy = "write two backslashes for one, or \\* for a star"
            yield Problem(place.at("StringMatches"), f"StringMatches is {shown(pattern)}: an illegal escape", remedy)
            return
        at = pattern.find("\\", at + 2)


def _inner(name: str, given: Any, place: Place) -> Iterator[Problem]:
    if is_partial(given):
        return
    if name != "Not" and (not isinstance(given, list) or not given):
        yield Problem(place, f"{name} is {shown(given)}", "give at least one rule, in a list")
        return
    for index, rule in enumerate(given if isinstance(given, list) else [given]):
        at = place.item(index) if isinstance(given, list) and name != "Not" else place
        if is_partial(rule):
            continue
        if not isinstance(rule, dict) or (name == "Not" and isinstance(given, list)):
            yield Problem(at, f"{name} holds {shown(given if name == 'Not' else rule)}", "write a rule")
            return
        for field in ("Next", "Assign"):
            if field in rule:
                remedy = f"put {field} on the outermost rule"
                answer = f"Field '{field}' is not supported"
                yield Problem(at, f"a rule inside {name} has a {field}", remedy, answer=answer)
        plain = {field: value for field, value in rule.items() if field not in ("Next", "Assign")}
        yield from _rule(plain, at, JSONPATH)
