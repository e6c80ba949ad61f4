"""Write everything that is generated: ``make docs``. Tests hold what is written against this.

A generated part of a page stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; ``FILES`` are generated
whole.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import tomllib
from functools import partial
from typing import TYPE_CHECKING

from local_cloud.ministack.patches import descriptions
from local_mediaconvert.settings.supported import SUPPORTED_SETTINGS
from local_mediaconvert.settings.supported.states import Accepted
from offline_provider.applying.types import TYPES
from offline_provider.schema.cache import open_store
from plan_review.aws import choices_from_botocore
from plan_review.aws.choice_tables import DATA as CHOICES
from plan_review.configuration.argument_kinds import DATA as MAP_ARGUMENTS
from plan_review.layout import declaration
from plan_review.rules import pages as rule_pages
from stacks.config import PipelineConfig
from stacks.settings import Setting, describe
from toolchain import map_arguments
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULE_PAGES = ROOT / "packages" / "plan_review" / "docs" / "rules"
PAGES = (
    "docs/settings.md",
    "docs/architecture.md",
    "docs/local-cloud.md",
    "packages/offline_provider/docs/offline-provider.md",
    "packages/local_mediaconvert/docs/supported-settings.md",
)
_IN_PACKAGE, _IN_PROJECT = "packages/offline_provider/tests", "tests/offline_provider"
_COMPARED = {
    f"{_IN_PACKAGE}/differences_schema.toml": "schemas",
    f"{_IN_PACKAGE}/differences_types.toml": "plans of every type",
    f"{_IN_PROJECT}/differences_plan.toml": "plans of the stacks",
    f"{_IN_PROJECT}/differences_apply.toml": "what is applied",
}
_MOST_PATTERNS = 3
_IN_ENVIRONMENT = "environments.<name>."
_GROUPS_OF_ONE = ("tags",)  # settings without a block that are a group of their own
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def settings_groups() -> dict[str, list[Setting]]:
    """Return the settings by group: a block of an environment, its own settings, and those of all environments."""
    groups: dict[str, list[Setting]] = {}
    for setting in describe(PipelineConfig):
        within = setting.path.removeprefix(_IN_ENVIRONMENT)
        block = within.partition(".")[0]
        if within == setting.path:
            group = "all_environments"
        else:
            group = block if "." in within or block in _GROUPS_OF_ONE else "environment"
        groups.setdefault(group, []).append(dataclasses.replace(setting, path=within))
    return groups


def settings_table(group: str) -> str:
    """Return the settings of one group as a Markdown table."""
    rows = ["| setting | type | allowed | default | meaning |", "|---|---|---|---|---|"]
    for setting in settings_groups()[group]:
        given = "must be given" if setting.default is dataclasses.MISSING else f"`{_shown(setting.default)}`"
        cells = (f"`{setting.path}`", setting.type_name, setting.allowed, given, setting.doc)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _shown(default: object) -> str:
    """Return a default as it would stand in the context."""
    return json.dumps(list(default) if isinstance(default, tuple) else default)


def patches_table() -> str:
    """Return every patch of the emulator as a Markdown table."""
    rows = ["| patch | the gap it closes | until |", "|---|---|---|"]
    rows += [f"| {patch.name.replace('_', ' ')} | {patch.gap} | {patch.until} |" for patch in descriptions()]
    return "\n".join(rows)


def differences_table() -> str:
    """Return every listed difference between the offline provider and the real one as a Markdown table."""
    rows = ["| compared | where | why |", "|---|---|---|"]
    for file, compared in _COMPARED.items():
        for entry in tomllib.loads((ROOT / file).read_text())["difference"]:
            where = [entry["where"]] if isinstance(entry["where"], str) else entry["where"]
            shown = ", ".join(f"`{pattern}`" for pattern in where[:_MOST_PATTERNS])
            rest = len(where) - _MOST_PATTERNS
            more = f" and {rest} more" if rest > 0 else ""
            rows.append(f"| [{compared}](../../../{file}) | {shown}{more} | {entry['reason']} |")
    return "\n".join(rows)


def applied_table() -> str:
    """Return the types that the offline provider applies, their calls, and what it refuses, as a Markdown table."""
    rows = [
        "| type | created by | read by | changed by | removed by | refused arguments |",
        "|---|---|---|---|---|---|",
    ]
    store = open_store()
    for type_, table in sorted(TYPES.items()):
        made = [[*table.create, *table.after_create], table.reads, table.update, table.delete]
        cells = [", ".join(dict.fromkeys(f"`{name}`" for call in calls for name in call.calls)) for calls in made]
        block = store.resource(type_).block
        settable = [*(each.name for each in block.attributes.values() if each.settable), *block.blocks]
        cells.append(", ".join(f"`{argument}`" for argument in settable if argument not in table.written))
        rows.append(f"| `{type_}` | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def layout_drawing() -> str:
    """Return the declared layout: its units as a Mermaid drawing, then what comes first and what never meets."""
    declared = declaration.read(ROOT / "stacks" / "layout.toml")
    rows = [f"```mermaid\n{declaration.mermaid(declared)}```", "", "| | | | because |", "|---|---|---|---|"]
    for rules, words in ((declared.required, "comes after"), (declared.forbidden, "never reaches")):
        for rule in rules:
            sources, targets = (", ".join(f"`{name}`" for name in names) for names in (rule.sources, rule.targets))
            rows.append(f"| {sources} | {words} | {targets} | {rule.reason} |")
    return "\n".join(rows)


def import_contracts() -> str:
    """Return the contracts on imports as a Markdown table, from where import-linter reads them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rows = ["| what holds | for | |", "|---|---|---|"]
    for contract in contracts:
        kind = contract["type"]
        about = contract.get("source_modules") or contract.get("containers") or contract.get("ancestors")
        names = ", ".join(f"`{name}`" for name in about or contract["modules"])
        more = ""
        if kind == "forbidden":
            more = "never imports " + ", ".join(f"`{name}`" for name in contract["forbidden_modules"])
        elif kind == "layers":
            more = "from the top down: " + " → ".join(f"`{layer}`" for layer in contract["layers"]).replace(
                " | ", "`, `"
            )
        rows.append(f"| {contract['name']} | {names} | {more} |")
    return "\n".join(rows)


def mediaconvert_settings() -> str:
    """Return every setting that the local MediaConvert takes, and what becomes of it, as a Markdown table."""
    rows = ["| shape | setting | values | effect |", "|---|---|---|---|"]
    for shape, members in SUPPORTED_SETTINGS.items():
        for name, state in members.items():
            values = ", ".join(f"`{value}`" for value in state.values) or "all"
            effect = f"none: {state.why}" if isinstance(state, Accepted) else "as on AWS"
            rows.append(f"| `{shape}` | `{name}` | {values} | {effect} |")
    return "\n".join(rows)


FILES: dict[Path, Callable[[], str]] = {
    MAP_ARGUMENTS: map_arguments.generated,
    CHOICES: choices_from_botocore.generated,
}


PARTS: dict[str, Callable[[], str]] = {
    **{f"settings_{group}": partial(settings_table, group) for group in settings_groups()},
    "patches": patches_table,
    "differences": differences_table,
    "layout": layout_drawing,
    "contracts": import_contracts,
    "applied": applied_table,
    "mediaconvert_settings": mediaconvert_settings,
}


def generated(text: str) -> str:
    """Return a page with its generated parts made anew."""
    return _PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", text)


def main() -> int:
    """Write all of it; returns 0."""
    for file, content in FILES.items():
        file.write_text(content(), encoding="utf-8")
    rule_pages.write(RULE_PAGES)
    for name in PAGES:
        page = ROOT / name
        page.write_text(generated(page.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
