"""Every type is created, planned empty, changed, imported and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .families import FAMILIES, Family
from .family_check import check

if TYPE_CHECKING:
    from .conftest import MakeWorkspace


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_is_applied_changed_imported_and_destroyed(family: Family, make_workspace: MakeWorkspace) -> None:
    check(family, make_workspace(family.hcl))
