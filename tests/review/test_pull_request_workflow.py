"""What the workflow for pull requests may do, and how it finds its comment."""

from __future__ import annotations

import pytest

from plan_review.pull_request import MARKER
from toolchain.bootstrap import ROOT


@pytest.fixture
def workflow() -> str:
    return (ROOT / ".github" / "workflows" / "plan-review.yml").read_text()


def test_the_workflow_finds_its_comment_by_the_marker_that_is_written(workflow: str) -> None:
    assert f'startswith("{MARKER}")' in workflow


def test_the_workflow_pins_every_action_to_a_commit(workflow: str) -> None:
    used = [line.split("uses:")[1].split("#")[0].strip() for line in workflow.splitlines() if "uses:" in line]
    assert len(used) == 5
    assert all(len(action.partition("@")[2]) == 40 for action in used)


def test_the_job_that_runs_the_pull_requests_code_can_write_nothing(workflow: str) -> None:
    review = workflow[workflow.index("\n  review:") : workflow.index("\n  comment:")]
    comment = workflow[workflow.index("\n  comment:") : workflow.index("\n  verdict:")]
    assert "pull-requests: write" not in review
    assert "checkout" not in comment
    assert "pull_request_target" not in workflow
