"""What Step Functions refuses is refused, with what is wrong, where, and what to do; what it takes is taken."""

from __future__ import annotations

import copy
import doctest
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from states_language.problems import Level
from states_language.validation import causes, validate

from .definitions import REFUSED, TAKEN, Refused, Taken

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "\uf8ff"
README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_the_service_refuses_is_refused_once(case: Refused) -> None:
    found = causes(validate(case.text, kind=case.type))

    refused = [problem for problem in found if problem.level is Level.REFUSED]
    assert any(case.said in f"{problem.what}: {problem.remedy}" for problem in refused), found
    assert len(found) == case.count, found
    assert all(problem.remedy and problem.code for problem in found)


@pytest.mark.parametrize("case", TAKEN, ids=lambda case: case.name)
def test_what_the_service_takes_is_taken(case: Taken) -> None:
    assert validate(case.text, kind=case.type) == []


def test_there_are_enough_of_each() -> None:
    assert len({case.text for case in REFUSED}) >= 110
    assert len({case.text for case in TAKEN}) >= 60


def test_the_readme_s_example_is_what_it_shows() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    test = doctest.DocTestParser().get_doctest(example, {}, "README", str(README), 0)

    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize("case", TAKEN, ids=lambda case: case.name)
def test_nothing_is_said_of_what_is_not_known(case: Taken) -> None:
    for text, what in _each_unknown(json.loads(case.text)):
        found = validate(text, kind=case.type, is_unknown=lambda part: UNKNOWN in part)
        assert found == [], what


@pytest.mark.parametrize("case", [*REFUSED, *TAKEN], ids=lambda case: case.name)
def test_any_value_anywhere_is_read(case: Refused | Taken) -> None:
    try:
        body = json.loads(case.text)
    except ValueError:
        return
    replacements: tuple[Any, ...] = (None, 5, "", "{% $ %}", [[]], {"": {}})
    for value in replacements:
        for path in _paths(body):
            for problem in validate(json.dumps(_replaced(body, path, value)), kind=case.type):
                assert problem.what


def _each_unknown(body: Any) -> Iterator[tuple[str, str]]:
    """Yield the definition with one value unknown as a whole, one in part, and one that stands outside quotes."""
    for path in _paths(body):
        yield json.dumps(_replaced(body, path, UNKNOWN), ensure_ascii=False), f"{path}"
        bare = json.dumps(_replaced(body, path, UNKNOWN), ensure_ascii=False).replace(f'"{UNKNOWN}"', UNKNOWN)
        yield bare, f"{path} outside quotes"
        value = _at(body, path)
        if isinstance(value, str):
            yield json.dumps(_replaced(body, path, value + UNKNOWN), ensure_ascii=False), f"{path} in part"


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*path, index)
            yield from _paths(inner, (*path, index))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    copied = copy.deepcopy(value)
    _at(copied, path[:-1])[path[-1]] = new
    return copied
