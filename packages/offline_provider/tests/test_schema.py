"""Every type's schema is that of the real provider."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .comparison import judge, read_list
from .schema_differences import schema_differences

if TYPE_CHECKING:
    from .conftest import BothSchemas

LISTED = Path(__file__).with_name("differences_schema.toml")


def test_schemas_differ_in_nothing_but_what_is_listed(both_schemas: BothSchemas) -> None:
    unlisted, dead = judge(schema_differences(both_schemas.real, both_schemas.offline), read_list(LISTED))
    assert unlisted == []
    assert dead == [], "these do not occur any more: take them out of the list"
