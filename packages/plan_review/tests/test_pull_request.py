from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plan_review.__main__ import CLEAN, FAILED, FINDINGS
from plan_review.pull_request import MARKER, main
from plan_review.report.budget import COMMENT

from .test_review import TWO, _no_network

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[str, Any], Path]

__all__ = ["_no_network"]
FIXTURES = Path(__file__).parent / "fixtures"
CYCLE = TWO.replace('"b" {}', '"b" { input = terraform_data.a.id }')


def run(out: Path, *stacks: str) -> tuple[int, str]:
    code = main([*stacks, "--provider", "real", "--out", str(out)])
    return code, (out / "comment.md").read_text()


def test_one_comment_holds_every_stack(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, comment = run(
        tmp_path / "out", str(write("one/main.tf", TWO).parent), str(write("two/main.tf", CYCLE).parent)
    )
    assert code == FINDINGS
    assert comment.startswith(f"{MARKER}\n")
    assert comment.count(MARKER) == 1
    assert "## Plan review of one" in comment
    assert "## Plan review of two" in comment
    assert (tmp_path / "out" / "one" / "graph.svg").is_file()
    one, two = capsys.readouterr().out.splitlines()
    assert one.startswith(f"one: No findings ({tmp_path / 'out' / 'one' / 'review.md'}, ")
    assert two.startswith("two: Do not apply: 1 error (")


def test_a_stack_that_cannot_be_reviewed_is_said_so_beside_the_others(write: Write, tmp_path: Path) -> None:
    code, comment = run(tmp_path / "out", str(write("one/main.tf", TWO).parent), str(tmp_path / "none"))
    assert code == FAILED
    assert "**⛔ The review could not be made. Do not approve from this.**" in comment
    assert "## Plan review of one" in comment


def test_two_stacks_of_one_name_are_refused(write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(tmp_path / "out", str(write("a/one/main.tf", TWO).parent), str(write("b/one/main.tf", TWO).parent))
    assert ended.value.code == FAILED
    assert "two stacks are called alike" in capsys.readouterr().err


def test_a_stack_can_come_with_its_plan(write: Write, tmp_path: Path) -> None:
    folder = write("stack/cdk.tf.json", (FIXTURES / "changed.tf.json").read_text()).parent
    code, comment = run(tmp_path / "out", f"{folder}={FIXTURES / 'changed.plan.json'}")
    assert code == FINDINGS
    assert "| 1 | 8 | 3 | 1 | 0 | 1 | 0 |" in comment


def test_all_stacks_together_stay_within_the_limit_and_the_summary_holds_the_whole(
    write: Write, tmp_path: Path
) -> None:
    many = "".join(f'resource "terraform_data" "a_long_name_of_a_resource_{n}" {{}}\n' for n in range(900))
    stacks = [str(write(f"{name}/main.tf", many).parent) for name in ("one", "two", "three")]
    code, comment = run(tmp_path / "out", *stacks)
    assert code == CLEAN
    assert len(comment.encode()) <= COMMENT
    assert comment.count("This report is cut. Do not approve from it.") == 3
    summary = (tmp_path / "out" / "summary.md").read_text()
    assert summary.count("- `terraform_data.a_long_name_of_a_resource_") == 2700
    assert "is cut" not in summary
