"""Every type's schema is that of the real provider."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tests.offline_provider.comparison import judge, read_list
from tests.offline_provider.schemas import schema_differences
from tests.offline_provider.synthesized import document

if TYPE_CHECKING:
    from tests.offline_provider.conftest import BothSchemas

LISTED = Path(__file__).with_name("differences_schema.toml")


def test_schemas_differ_in_nothing_but_what_is_listed(both_schemas: BothSchemas) -> None:
    unlisted, dead = judge(schema_differences(both_schemas.real, both_schemas.offline), read_list(LISTED))
    assert unlisted == []
    assert dead == [], "these do not occur any more: take them out of the list"


def test_of_the_types_that_the_stacks_use_no_argument_is_missing_and_none_has_another_form(
    both_schemas: BothSchemas, stacks: dict[str, Path]
) -> None:
    used = {f"resource {kind}" for stack in stacks.values() for kind in document(stack)["resource"]}
    assert len(used) > 25
    found = [
        str(difference)
        for difference in schema_differences(both_schemas.real, both_schemas.offline)
        if re.split("[.:]", difference.where)[0] in used
        and difference.kind != "added"
        and not difference.where.endswith((":optional", ":computed"))
    ]
    assert found == []
