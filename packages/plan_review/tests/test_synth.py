from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App, TerraformStack

from plan_review import project, synth
from plan_review.configuration.reading import read
from plan_review.passed_stacks import FILE_NAME, Passed
from plan_review.project_settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    """Forget what was read of a project's files for another test."""
    synth._passed.cache_clear()


def project_in(folder: Path, **settings: str | list[str]) -> Path:
    """Give a folder the settings of a project, and return it."""
    rows = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    (folder / "pyproject.toml").write_text("\n".join(["[tool.plan_review]", *rows]) + "\n")
    return folder


def app_of(out: Path, resources: dict[str, Any]) -> tuple[App, TerraformStack]:
    app = App(outdir=str(out))
    stack = TerraformStack(app, "media-pipeline-test")
    stack.add_override("resource", resources)
    return app, stack


CYCLE = {"aws_a": {"a": {"x": "${aws_a.b.id}"}, "b": {"x": "${aws_a.a.id}"}}}


def test_synth_fails_with_the_cycle_and_its_remedy_and_writes_nothing(tmp_path: Path) -> None:
    app, stack = app_of(tmp_path / "out", CYCLE)
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError) as refused:
        synth.synthesize(app)
    message = str(refused.value)
    assert message.startswith("[media-pipeline-test] aws_a.a: a cycle of 2:")
    assert "remedy: cheapest to cut: aws_a.a → aws_a.b: set x from a name" in message
    assert "jsii" not in message
    assert not list(tmp_path.glob("out/**/cdk.tf.json"))


def test_synth_of_a_stack_without_findings_writes_it(tmp_path: Path) -> None:
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}}})
    synth.attach(stack, root=tmp_path)
    synth.synthesize(app)
    assert list(tmp_path.glob("out/stacks/media-pipeline-test/cdk.tf.json"))


def test_synth_holds_a_stack_against_the_layout_of_its_project(tmp_path: Path) -> None:
    project_in(tmp_path, layout="layout.toml")
    (tmp_path / "layout.toml").write_text('[unit.a]\nmembers = ["b"]\n')
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}, "b": {}}})
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError, match=r"aws_a.a: it belongs to no unit"):
        synth.synthesize(app)


def test_a_layout_that_cannot_be_used_fails_synth_by_name(tmp_path: Path) -> None:
    project_in(tmp_path, layout="layout.toml")
    (tmp_path / "layout.toml").write_text("[unit]\n")
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}}})
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError, match=r"layout.toml: it declares no unit"):
        synth.synthesize(app)


def test_a_sample_event_that_is_broken_fails_synth_by_name(tmp_path: Path) -> None:
    project_in(tmp_path, events="events")
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "x.json").write_text("{")
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}}})
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError, match=r"x.json: not JSON"):
        synth.synthesize(app)


GOOD: dict[str, Any] = {"resource": {"aws_a": {"a": {}}}}


def passes(root: Path, document: dict[str, Any]) -> bool:
    """Whether the stack is remembered as one that passed."""
    memory = Passed(read_settings(root))
    return memory.key(document) in memory


def remember(root: Path, document: dict[str, Any]) -> None:
    """Remember a stack as one that passed."""
    memory = Passed(read_settings(root))
    memory.add(memory.key(document))


def test_a_stack_that_passed_is_remembered_as_long_as_nothing_changes(tmp_path: Path) -> None:
    remember(project_in(tmp_path, memory="build"), GOOD)
    assert passes(tmp_path, GOOD)
    assert passes(tmp_path, json.loads(json.dumps(GOOD)))
    assert not passes(tmp_path, {"resource": {"aws_a": {"a": {"x": 1}}}})


@pytest.mark.parametrize(
    "name",
    ["code/new.py", "layout.toml", "suppressions.toml", "events/x.json", "Pipfile.lock", "pyproject.toml"],
)
def test_a_stack_is_checked_anew_where_what_its_verdict_rests_on_changes(name: str, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "events").mkdir()
    named = {"layout": "layout.toml", "suppressions": "suppressions.toml", "events": "events", "memory": "build"}
    project_in(tmp_path, code=["code"], **named)
    file = tmp_path / name
    before = file.read_text() if file.exists() else ""
    file.write_text(f"{before}# 1\n")
    remember(tmp_path, GOOD)
    assert passes(tmp_path, GOOD)
    file.write_text(f"{before}# 2\n")
    assert not passes(tmp_path, GOOD)


def test_a_stack_with_findings_is_never_remembered(tmp_path: Path) -> None:
    for _ in range(2):
        app, stack = app_of(tmp_path / "out", CYCLE)
        synth.attach(stack, root=tmp_path)
        with pytest.raises(synth.ReviewError):
            synth.synthesize(app)


def test_a_remembered_stack_is_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project_in(tmp_path, memory="build")
    for _ in range(2):
        app, stack = app_of(tmp_path / "out", GOOD["resource"])
        synth.attach(stack, root=tmp_path)
        synth.synthesize(app)
        monkeypatch.setattr(synth, "_errors", lambda *_: ["checked"])


def test_nothing_is_remembered_where_that_is_not_wanted_or_not_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path, GOOD)
    assert not passes(tmp_path, GOOD)
    project_in(tmp_path, memory="build")
    (tmp_path / "build").write_text("a file where the folder should be")
    remember(tmp_path, GOOD)
    assert not passes(tmp_path, GOOD)
    monkeypatch.setenv("PLAN_REVIEW_MEMORY", "0")
    assert Passed(read_settings(tmp_path)).key(GOOD) is None


def test_a_memory_that_is_broken_is_no_memory(tmp_path: Path) -> None:
    project_in(tmp_path, memory="build")
    (tmp_path / "build").mkdir()
    for content in ("{", '"x"', "[1]"):
        (tmp_path / "build" / FILE_NAME).write_text(content)
        assert not passes(tmp_path, GOOD)


def test_a_fault_of_the_app_itself_is_not_taken_for_a_finding(tmp_path: Path) -> None:
    app, stack = app_of(tmp_path / "out", {})
    stack.add_override("x", "${TfToken[TOKEN.999999]}")
    with pytest.raises(RuntimeError, match="TOKEN"):
        synth.synthesize(app)


def test_a_stack_is_held_against_the_project_that_it_was_synthesized_in(tmp_path: Path) -> None:
    folder = tmp_path / "cdktf.out" / "stacks" / "x"
    project_in(tmp_path, layout="layout.toml")
    (tmp_path / "layout.toml").write_text('stacks = ["mine-*"]\n[unit.a]\nmembers = ["b"]\n')
    for name, declared in (("mine-1", True), ("other", False), (None, False)):
        comment = {"//": {"metadata": {"stackName": name}}} if name else {}
        found = project.of(read({**comment, "resource": {}}, folder))
        assert (found.declared is not None) is declared


def test_a_project_within_another_leaves_to_it_the_stacks_that_it_does_not_name(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for folder, stacks in ((tmp_path, "outer-*"), (inner, "inner-*")):
        project_in(folder, layout="layout.toml")
        (folder / "layout.toml").write_text(f'stacks = ["{stacks}"]\n[unit.a]\nmembers = ["b"]\n')
    document = {"//": {"metadata": {"stackName": "outer-1"}}, "resource": {}}
    found = project.of(read(document, inner / "cdktf.out" / "stacks" / "outer-1"))
    assert found.declared is not None
    assert found.declared.stacks == ("outer-*",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.plan_review]\nlayuot = 'x'\n", "unknown key 'layuot'; known are code, events, import_roots, layout, "),
        ("[tool.plan_review]\nlayout = 1\n", "layout is 1; it must be a path from that file on"),
        ("[tool.plan_review]\ncode = 'src'\n", "code is 'src'; it must be a list of folders"),
        ("[tool.plan_review]\ncode = ['src']\n", "code names 'src', and there is no such folder"),
        ("[tool]\nplan_review = 1\n", "must be a table"),
        ("[tool", "pyproject.toml: not readable as TOML"),
    ],
)
def test_settings_that_cannot_be_used_fail_synth_by_file_and_key(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    app, stack = app_of(tmp_path / "out", GOOD["resource"])
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError) as refused:
        synth.synthesize(app)
    assert message in str(refused.value)
    assert str(tmp_path / "pyproject.toml") in str(refused.value)
