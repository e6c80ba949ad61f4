"""A project file that cannot be read, or that means something else than it seems to, is refused in a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stacks.context import read_context
from stacks.settings import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "cdktf.json"


def _problems(project: Path, **variables: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_context(project, variables)
    return [str(problem) for problem in caught.value.problems]


def test_the_context_is_that_of_the_file_with_the_command_lines_on_top(project: Path) -> None:
    project.write_text('{"app": "python main.py", "context": {"a": [1, {"b": null}], "c": 2}}')
    assert read_context(project, {}) == {"a": [1, {"b": None}], "c": 2}
    assert read_context(project, {"CDKTF_CONTEXT_JSON": '{"c": 3}'}) == {"a": [1, {"b": None}], "c": 3}


def test_an_environment_that_stands_twice_is_named(project: Path) -> None:
    project.write_text(
        '{"context": {"environments": {"dev": {"region": "eu-west-1"}, "dev": {"region": "us-east-1"}}}}'
    )
    (problem,) = _problems(project)
    assert problem.startswith('environments.dev = {"region": "us-east-1"}: this key stands twice')
    assert "remove one, or give it another name" in problem


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"language": "a", "language": "b"}', ["language"]),
        ('{"context": {}, "context": {}}', ["context"]),
        ('{"context": {"e": {"f": [{"x": 1}, {"p": 1, "p": 1}]}}}', ["e.f[1].p"]),
        ('{"context": {"e": {"a": 1, "a": 2}, "b": 1, "b": 2}, "app": 1, "app": 1}', ["e.a", "b", "app"]),
        # What is overwritten counts too: it is somebody's setting.
        ('{"context": {"e": {"a": 1, "a": 2}, "e": {}}}', ["e.a", "e"]),
    ],
)
def test_each_key_that_stands_twice_is_named_with_its_path(project: Path, text: str, paths: list[str]) -> None:
    project.write_text(text)
    assert [problem.partition(" = ")[0] for problem in _problems(project)] == paths


def test_a_key_that_stands_twice_is_seen_though_the_command_line_hands_over_a_sound_context(project: Path) -> None:
    project.write_text('{"context": {"a": 1, "a": 2}}')
    (problem,) = _problems(project, CDKTF_CONTEXT_JSON='{"a": 2}')
    assert problem.startswith("a = 2: this key stands twice")


def test_the_same_key_in_two_objects_is_no_repetition(project: Path) -> None:
    project.write_text('{"context": {"a": {"x": 1}, "b": {"x": 1}, "c": [{"x": 1}, {"x": 1}]}}')
    assert read_context(project, {})["b"] == {"x": 1}


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(project: Path) -> None:
    project.write_bytes('{\n "context": {"tags": "Café"}}'.encode("latin-1"))
    (problem,) = _problems(project)
    assert problem == f'{project} = "byte 0xe9 in line 2": it is not UTF-8; save it in that encoding'


def test_a_folder_in_its_place_is_refused(project: Path) -> None:
    project.mkdir()
    (problem,) = _problems(project)
    assert problem == f'{project} = "Is a directory": put the project\'s cdktf.json there'


def test_a_file_that_is_not_there_is_refused(project: Path) -> None:
    (problem,) = _problems(project)
    assert problem == f'{project} = "No such file or directory": put the project\'s cdktf.json there'


def test_a_file_that_may_not_be_read_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    # Not by its mode: a test may run as root, whom no mode keeps out.
    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    (problem,) = _problems(project)
    assert problem == f'{project} = "Permission denied": let yourself read it'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"secret": "of the house",\n  "context": {,}}', "line 2, column 15"),
        ("", "line 1, column 1"),
        ('{"secret": "of the house"', "line 1, column 26"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place_and_not_with_its_text(project: Path, text: str, place: str) -> None:
    project.write_text(text)
    (problem,) = _problems(project)
    assert problem.startswith(f'cdktf.json = "{place}": it is not JSON there: ')
    assert "secret" not in problem


def test_brackets_without_end_are_no_stack_trace(project: Path) -> None:
    project.write_text("[" * 100_000)
    (problem,) = _problems(project)
    assert "nested too deeply" in problem


@pytest.mark.parametrize("value", ["[1, 2]", '"text"', "null"])
def test_a_file_that_is_no_object_is_refused(project: Path, value: str) -> None:
    project.write_text(value)
    (problem,) = _problems(project)
    assert problem == f"cdktf.json = {json.dumps(json.loads(value))}: give a JSON object"
