"""Every type is created, planned empty, changed, imported and removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.provider.apply.families import FAMILIES

if TYPE_CHECKING:
    from tests.provider.apply.conftest import MakeWorkspace

_REFERENCE = re.compile(r"{([^}]+)\.(\w+)}")


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_applied_planned_empty_changed_imported_and_destroyed(
    name: str, make_workspace: MakeWorkspace
) -> None:
    family = FAMILIES[name]
    work = make_workspace(family.hcl)
    work.apply()
    assert work.actions() == {}
    for before, after, expected in family.changes:
        work.change(before, after)
        assert work.actions() == expected, f"{before!r} -> {after!r}"
        work.apply()
        assert work.actions() == {}, f"after {before!r} -> {after!r}"
    state = work.state()
    for address, wanted in family.imports.items():
        found = _REFERENCE.sub(lambda match: str(state[match[1]][match[2]]), wanted).replace("NAME", work.name)
        work.run("state", "rm", address)
        work.run("import", address, found)
        left = {key: value for key, value in state[address].items() if work.state()[address][key] != value}
        print(address, left)
    work.destroy()
    assert work.state() == {}
