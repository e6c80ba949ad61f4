"""What must hold of the resources of one family: created, planned empty, changed, imported and removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .families import Family
    from .workspace import Workspace

_READ_LATER = {"inline_policy", "policy", "lifecycle_rule", "versioning"}
"""What the state of one resource shows of others once they are there."""
_REFERENCE = re.compile(r"{([^}]+)\.(\w+)}")


def check(family: Family, work: Workspace) -> None:
    """Create, change, import and destroy a family in a workspace with its configuration."""
    work.apply()
    for change in family.changes:
        work.change(change.before, change.after)
        # Were there anything left of the apply before, it would be planned too.
        assert work.actions() == {change.address: change.action}, change
        work.apply_plan()
    assert work.actions() == {}
    if family.imports:
        _import(family, work)
    work.destroy()
    assert work.state() == {}


def _import(family: Family, work: Workspace) -> None:
    state = work.state()
    blocks = ""
    for address, wanted in family.imports.items():
        found = _REFERENCE.sub(lambda match: str(state[match[1]][match[2]]), wanted).replace("NAME", work.name)
        blocks += f'import {{\n  to = {address}\n  id = "{found}"\n}}\n'
    work.run("state", "rm", *family.imports)
    (work.folder / "imports.tf").write_text(blocks)
    # What steers the provider alone (force_destroy, skip_destroy) cannot be read, and is added by an update in place.
    assert set(work.actions().values()) <= {"import", "noop", "update"}
    work.apply_plan()
    again = work.state()
    for address in family.imports:
        different = {
            name: (state[address][name], value)
            for name, value in again[address].items()
            if (value or None) != (state[address][name] or None) and name not in _READ_LATER
        }
        assert different == {}, address
