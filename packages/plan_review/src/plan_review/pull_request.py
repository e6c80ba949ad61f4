"""Review several stacks for one pull request: ``python -m plan_review.pull_request --out DIR STACK...``.

Prints the verdict on each, and writes ``comment.md`` (one comment for all of them, within GitHub's limit),
``summary.md`` (everything), ``title.txt`` (one line with the counts, for a check run), ``review.sarif`` (for code
scanning), and a folder of each stack's files. A stack may be given with a plan that was made before:
``STACK=PLAN``. The exit code is the worst of all.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from plan_review.__main__ import CLEAN, FAILED, FINDINGS, INTERRUPTED, REASONS, reason, tell, write
from plan_review.report import markdown, sarif
from plan_review.report.budget import COMMENT, SUMMARY, shared, size
from plan_review.report.masking import scrub_text
from plan_review.report.text import block, prose
from plan_review.report.verdict import title, verdict
from plan_review.review import review
from plan_review.terraform import providers
from terraform_runtime.signals import termination_as_interrupt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plan_review.report.contents import Review
    from plan_review.terraform.workspace import Setting

MARKER = "<!-- plan-review -->"
ELSEWHERE = "The whole is in the summary of this run."


@dataclass(frozen=True)
class _Stack:
    """A stack with its review, or with the reason why there is none."""

    folder: Path
    made: Review | None
    error: str = ""

    @property
    def code(self) -> int:
        """The exit code that this stack alone would give."""
        return FAILED if self.made is None else CLEAN if self.made.clean else FINDINGS

    def text(self, budget: int, elsewhere: str = "", *, drawn: bool = True) -> str:
        """Return the report in at most ``budget`` bytes."""
        if self.made is not None:
            return markdown.render(self.made, budget=budget, elsewhere=elsewhere, drawn=drawn)
        shown = block(scrub_text(self.error)[: budget // 4], "text")
        name = prose(self.folder.name)
        return (
            f"## Plan review of {name}\n\n**⛔ The review could not be made. Do not approve from this.**\n\n{shown}\n"
        )


def _review(given: str, setting: Callable[[], Setting]) -> _Stack:
    name, _, plan = given.partition("=")
    try:
        made = review(Path(name), setting(), plan_file=Path(plan) if plan else None)
        return _Stack(Path(name), made)
    except REASONS as error:
        return _Stack(Path(name), None, reason(error))


def combined(stacks: Sequence[_Stack], budget: int, elsewhere: str = "") -> str:
    """Return one text for all stacks. Drawings go first where there is no room, then the longest reports are cut."""
    room = budget - size(MARKER) - 1 - len(stacks)
    bare = [size(stack.text(SUMMARY, elsewhere, drawn=False)) for stack in stacks]
    given = shared(bare, room)
    left = room - sum(given)
    texts = []
    for stack, needed, part in zip(stacks, bare, given, strict=True):
        text = stack.text(SUMMARY, elsewhere)
        drawn = size(text) - needed <= left and part == needed
        if drawn:
            left -= size(text) - needed
        texts.append(text if drawn else stack.text(part, elsewhere, drawn=False))
    return f"{MARKER}\n" + "\n".join(texts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Review all stacks and write the files; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m plan_review.pull_request", description=__doc__)
    parser.add_argument("stacks", nargs="+", metavar="STACK[=PLAN]")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--provider", choices=providers.CHOICES)
    given = parser.parse_args(arguments)
    names = [Path(each.partition("=")[0]).name for each in given.stacks]
    if len(set(names)) < len(names):
        parser.error(f"two stacks are called alike, and their files would overwrite each other: {', '.join(names)}")
    try:
        with termination_as_interrupt():
            choice = given.provider or providers.default()
            setting = cache(lambda: providers.chosen(choice))  # Terraform is asked for its version once
            stacks = [_review(each, setting) for each in given.stacks]
            _write(given.out, stacks)
    except REASONS as error:
        print(f"the review could not be made: {scrub_text(reason(error))}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    return max(stack.code for stack in stacks)


def _write(out: Path, stacks: Sequence[_Stack]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for stack in stacks:
        if stack.made is not None:
            place = out / stack.folder.name
            write(place, stack.made, stack.text(COMMENT, ELSEWHERE))
            tell(f"{stack.folder.name}: {verdict(stack.made)} ({place / 'review.md'}, {place / 'graph.svg'})\n")
        else:
            print(f"{stack.folder}: {stack.error}", file=sys.stderr)
    (out / "comment.md").write_text(combined(stacks, COMMENT, ELSEWHERE), encoding="utf-8")
    made = [stack.made for stack in stacks]
    (out / "title.txt").write_text(f"{title(made)}\n", encoding="utf-8")
    (out / "review.sarif").write_text(sarif.render([each for each in made if each is not None]), encoding="utf-8")
    (out / "summary.md").write_text(combined(stacks, SUMMARY), encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is a text stream when run as a program
    sys.exit(main())
