"""The page of settings: every setting is in its group's table and in an example that works."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from stacks.config import PipelineConfig
from toolchain.bootstrap import ROOT
from toolchain.docs import settings_groups

_GROUP = re.compile(r"<!-- generated: settings_(\w+) -->.*?<!-- end -->\n\n```json\n(.*?)```", re.DOTALL)
EXAMPLES: dict[str, str] = dict(_GROUP.findall((ROOT / "docs" / "settings.md").read_text()))


def _paths(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every setting in an example, as the tables write it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from _paths(item, f"{path}[]")
    yield path


def test_every_group_is_on_the_page_with_an_example() -> None:
    assert EXAMPLES.keys() == settings_groups().keys()


@pytest.mark.parametrize("group", settings_groups())
def test_an_example_shows_every_setting_of_its_group(group: str) -> None:
    assert {setting.path for setting in settings_groups()[group]} <= set(_paths(json.loads(EXAMPLES[group])))


@pytest.mark.parametrize("group", settings_groups())
def test_an_example_works_as_part_of_the_committed_settings(group: str) -> None:
    context: dict[str, Any] = copy.deepcopy(json.loads((ROOT / "cdktf.json").read_text())["context"])
    example = json.loads(EXAMPLES[group])
    (context if group == "all_environments" else context["environments"]["dev"]).update(example)
    config = PipelineConfig.from_context(context)
    if group != "all_environments":
        read = config.environments["dev"]
        assert set(example) <= set(type(read).__dataclass_fields__)
