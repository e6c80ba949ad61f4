from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App, TerraformStack

from plan_review import project, synth
from plan_review.configuration.reading import read
from plan_review.passed_stacks import MEMORY, Passed

from .conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    """Forget what was read of a project's files for another test."""
    synth._passed.cache_clear()


def app_of(out: Path, resources: dict[str, Any]) -> tuple[App, TerraformStack]:
    app = App(outdir=str(out))
    stack = TerraformStack(app, "media-pipeline-test")
    stack.add_override("resource", resources)
    return app, stack


CIRCLE = {"aws_a": {"a": {"x": "${aws_a.b.id}"}, "b": {"x": "${aws_a.a.id}"}}}


def test_synth_fails_with_the_circle_and_its_remedy_and_writes_nothing(tmp_path: Path) -> None:
    app, stack = app_of(tmp_path / "out", CIRCLE)
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError) as refused:
        synth.synthesize(app)
    message = str(refused.value)
    assert message.startswith("[media-pipeline-test] aws_a.a: a circle of 2:")
    assert "remedy: cheapest to cut: aws_a.a → aws_a.b: set x from a name" in message
    assert "jsii" not in message
    assert not list(tmp_path.glob("out/**/cdk.tf.json"))


def test_synth_of_a_stack_without_findings_writes_it(tmp_path: Path) -> None:
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}}})
    synth.attach(stack, root=tmp_path)
    synth.synthesize(app)
    assert list(tmp_path.glob("out/stacks/media-pipeline-test/cdk.tf.json"))


def test_synth_holds_a_stack_against_the_layout_of_its_project(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "layout.toml").write_text('[unit.a]\nmembers = ["b"]\n')
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}, "b": {}}})
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError, match=r"aws_a.a: it belongs to no unit"):
        synth.synthesize(app)


def test_a_layout_that_cannot_be_used_fails_synth_by_name(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "layout.toml").write_text("[unit]\n")
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}}})
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError, match=r"layout.toml: it declares no unit"):
        synth.synthesize(app)


def test_a_sample_event_that_is_broken_fails_synth_by_name(tmp_path: Path) -> None:
    (tmp_path / "tests" / "events").mkdir(parents=True)
    (tmp_path / "tests" / "events" / "x.json").write_text("{")
    app, stack = app_of(tmp_path / "out", {"aws_a": {"a": {}}})
    synth.attach(stack, root=tmp_path)
    with pytest.raises(synth.ReviewError, match=r"x.json: not JSON"):
        synth.synthesize(app)


GOOD: dict[str, Any] = {"resource": {"aws_a": {"a": {}}}}


def passes(root: Path, document: dict[str, Any]) -> bool:
    """Whether the stack is remembered as one that passed."""
    memory = Passed(root)
    return memory.key(document) in memory


def test_a_stack_that_passed_is_remembered_as_long_as_nothing_changes(tmp_path: Path) -> None:
    Passed(tmp_path).add(Passed(tmp_path).key(GOOD))
    assert passes(tmp_path, GOOD)
    assert passes(tmp_path, json.loads(json.dumps(GOOD)))
    assert not passes(tmp_path, {"resource": {"aws_a": {"a": {"x": 1}}}})


@pytest.mark.parametrize(
    "name",
    ["lambda_src/new.py", "stacks/layout.toml", "stacks/suppressions.toml", "tests/events/x.json", "Pipfile.lock"],
)
def test_a_stack_is_checked_anew_where_what_its_verdict_rests_on_changes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("1")
    Passed(tmp_path).add(Passed(tmp_path).key(GOOD))
    assert passes(tmp_path, GOOD)
    (tmp_path / name).write_text("2")
    assert not passes(tmp_path, GOOD)


def test_a_stack_with_findings_is_never_remembered(tmp_path: Path) -> None:
    for _ in range(2):
        app, stack = app_of(tmp_path / "out", CIRCLE)
        synth.attach(stack, root=tmp_path)
        with pytest.raises(synth.ReviewError):
            synth.synthesize(app)


def test_a_remembered_stack_is_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        app, stack = app_of(tmp_path / "out", GOOD["resource"])
        synth.attach(stack, root=tmp_path)
        synth.synthesize(app)
        monkeypatch.setattr(synth, "_errors", lambda *_: ["checked"])


def test_nothing_is_remembered_where_that_is_not_wanted_or_not_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").write_text("a file where the folder should be")
    Passed(tmp_path).add(Passed(tmp_path).key(GOOD))
    assert not passes(tmp_path, GOOD)
    monkeypatch.setenv("PLAN_REVIEW_MEMORY", "0")
    assert Passed(tmp_path).key(GOOD) is None


def test_a_memory_that_is_broken_is_no_memory(tmp_path: Path) -> None:
    (tmp_path / MEMORY).parent.mkdir(parents=True)
    for content in ("{", '"x"', "[1]"):
        (tmp_path / MEMORY).write_text(content)
        assert not passes(tmp_path, GOOD)


def test_a_fault_of_the_app_itself_is_not_taken_for_a_finding(tmp_path: Path) -> None:
    app, stack = app_of(tmp_path / "out", {})
    stack.add_override("x", "${TfToken[TOKEN.999999]}")
    with pytest.raises(RuntimeError, match="TOKEN"):
        synth.synthesize(app)


def test_a_stack_is_held_against_the_project_that_it_was_synthesized_in(tmp_path: Path) -> None:
    folder = tmp_path / "cdktf.out" / "stacks" / "x"
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "layout.toml").write_text('stacks = ["mine-*"]\n[unit.a]\nmembers = ["b"]\n')
    for name, declared in (("mine-1", True), ("other", False), (None, False)):
        comment = {"//": {"metadata": {"stackName": name}}} if name else {}
        found = project.of(read({**comment, "resource": {}}, folder))
        assert (found.declared is not None) is declared


def test_the_projects_own_code_and_events_are_found() -> None:
    known = project.at(ROOT)
    assert known.declared is not None
    assert known.code == (ROOT,)
    assert known.events is not None
    assert known.events["s3_object_created"]["detail-type"] == "Object Created"


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_the_projects_own_stacks_have_no_finding(stacks: Path, environment: str) -> None:
    document = json.loads((stacks / f"media-pipeline-{environment}" / "cdk.tf.json").read_text())
    assert [str(finding) for finding in project.at(ROOT).review(read(document)) if finding.open] == []
