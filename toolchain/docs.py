"""Write the parts of the docs that the code knows best: ``make docs``. A test holds the pages against this.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
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
from offline_provider.applying.types import TYPES
from offline_provider.schema.cache import open_store
from plan_review.layout import declaration
from stacks.config import PipelineConfig
from stacks.settings import Setting, describe
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = ("docs/settings.md", "docs/architecture.md", "docs/local-cloud.md", "docs/offline-provider.md")
_COMPARED = {
    "schema": "schemas",
    "types": "plans of every type",
    "plan": "plans of the stacks",
    "apply": "what is applied",
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
    for name, compared in _COMPARED.items():
        file = f"tests/offline_provider/differences_{name}.toml"
        for entry in tomllib.loads((ROOT / file).read_text())["difference"]:
            where = [entry["where"]] if isinstance(entry["where"], str) else entry["where"]
            shown = ", ".join(f"`{pattern}`" for pattern in where[:_MOST_PATTERNS])
            rest = len(where) - _MOST_PATTERNS
            more = f" and {rest} more" if rest > 0 else ""
            rows.append(f"| [{compared}](../{file}) | {shown}{more} | {entry['reason']} |")
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


PARTS: dict[str, Callable[[], str]] = {
    **{f"settings_{group}": partial(settings_table, group) for group in settings_groups()},
    "patches": patches_table,
    "differences": differences_table,
    "layout": layout_drawing,
    "applied": applied_table,
}


def generated(text: str) -> str:
    """Return a page with its generated parts made anew."""
    return _PART.sub(lambda part: f"{part[1]}{PARTS[part[2]]()}\n{part[3]}", text)


def main() -> int:
    """Write all pages; returns 0."""
    for name in PAGES:
        page = ROOT / name
        page.write_text(generated(page.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
