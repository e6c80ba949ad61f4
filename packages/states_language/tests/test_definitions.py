"""What Step Functions refuses is refused, with what is wrong, where, and what to do; what it takes is taken."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from states_language.problems import Level
from states_language.validation import causes, validate

from .definitions import REFUSED, TAKEN, Refused, Taken

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
