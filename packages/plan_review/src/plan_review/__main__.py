"""Review a folder that Terraform can plan: ``python -m plan_review DIR``.

Exit code 0 where nothing is found, 1 where something is, 2 where the review could not be made.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from plan_review.configuration.files import ConfigurationError
from plan_review.configuration.given_variables import Given
from plan_review.findings import SuppressionError
from plan_review.layout.declaration import LayoutError
from plan_review.report import json_report, markdown, sarif, svg, terminal
from plan_review.report.budget import SUMMARY
from plan_review.report.masking import scrub_text
from plan_review.review import review
from plan_review.terraform import providers
from plan_review.terraform.dot import DotError
from plan_review.terraform.workspace import TerraformError
from terraform_runtime.signals import termination_as_interrupt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plan_review.report.contents import Review

CLEAN, FINDINGS, FAILED, INTERRUPTED = 0, 1, 2, 130
# Why a review cannot be made; each says what is wrong with what was given.
REASONS = (ConfigurationError, TerraformError, DotError, LayoutError, SuppressionError, OSError)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m plan_review", description=__doc__)
    add = parser.add_argument
    add("folder", type=Path, metavar="DIR", help="a folder with Terraform's JSON or native syntax")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write JSON for machines in place of text")
    form.add_argument("--markdown", action="store_true", help="write Markdown, as for a pull request, in place of text")
    add("--sarif", type=Path, metavar="FILE", help="also write SARIF 2.1.0 for code scanning into this file")
    given = parser.add_mutually_exclusive_group()
    shown = "a saved plan, binary or as `terraform show -json` writes it"
    given.add_argument("--plan", type=Path, metavar="FILE", help=shown)
    given.add_argument("--state", type=Path, metavar="FILE", help="a state to plan against, in place of an empty one")
    add("--layout", type=Path, metavar="FILE", help="the declared layout (default: that of the project, if any)")
    whose = "the project whose layout, code, events and suppressions count (default: the one that the stack stands in)"
    add("--project", type=Path, metavar="DIR", help=whose)
    add("--provider", choices=providers.CHOICES, help="the AWS provider to plan with (default: offline, if installed)")
    add("--account-id", metavar="ID", help="the account to plan for offline (else OFFLINE_PROVIDER_ACCOUNT_ID)")
    values = 'JSON with what data sources return offline: {"aws_vpc": {"id": "vpc-1"}}'
    add("--stand-ins", type=Path, metavar="FILE", help=values)
    value = functools.partial(add, dest="variables", action="append", default=[])
    value("--var", type=Given, metavar="NAME=VALUE", help="a value of a variable, as `terraform plan -var` takes it")
    more = "a file of values, as `terraform plan -var-file` takes it; of several the last one counts"
    value("--var-file", type=functools.partial(Given, in_file=True), metavar="FILE", help=more)
    files = "also write review.md, review-full.md, review.json, review.sarif, graph.svg here"
    add("--out", type=Path, metavar="DIR", help=files)
    return parser


def write(folder: Path, made: Review, comment: str) -> None:
    """Write everything that a review gives into a folder; ``comment`` is the Markdown of limited size."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "review.md": comment,
        "review-full.md": markdown.render(made, budget=SUMMARY),
        "review.json": json_report.render(made),
        "review.sarif": sarif.render([made]),
        "graph.svg": made.masker.output(svg.draw(made.diagram, made.name)),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def reason(error: Exception) -> str:
    """Return why a review cannot be made, without the number of a system error."""
    named = isinstance(error, OSError) and error.strerror and error.filename is not None
    return f"{error.filename}: {error.strerror}" if named else str(error)  # type: ignore[attr-defined]  # an OSError


def tell(text: str) -> None:
    """Print a text; that whoever reads it has seen enough (``| head``) is no failure."""
    try:
        print(text, end="", flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still writes when it ends


def main(arguments: Sequence[str] | None = None) -> int:
    """Review and print; return the exit code."""
    given = _parser().parse_args(arguments)
    try:
        with termination_as_interrupt():
            answers = providers.read_answers(given.account_id, given.stand_ins)
            setting = providers.chosen(given.provider or providers.default(), answers)
            made = review(
                given.folder,
                setting,
                plan_file=given.plan,
                state_file=given.state,
                layout_file=given.layout,
                project_folder=given.project,
                variables=given.variables,
            )
            comment = markdown.render(made, elsewhere="The whole is in the summary of the run, and in review-full.md.")
            if given.out:
                write(given.out, made, comment)
            if given.sarif:
                given.sarif.write_text(sarif.render([made]), encoding="utf-8")
    except REASONS as error:
        print(f"the review could not be made: {scrub_text(reason(error))}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    if given.json:
        tell(json_report.render(made))
    else:
        tell(comment if given.markdown else terminal.render(made, coloured=terminal.shows_colour(sys.stdout)))
    return CLEAN if made.clean else FINDINGS


def program() -> NoReturn:
    """Run as a program, whose output is UTF-8 whatever the locale says."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is a text stream when run as a program
    sys.exit(main())


if __name__ == "__main__":
    program()
