"""A remedy that needs no judgement leads out of a mistake, and not into another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plan_review.folding import fold
from tests.faults import base, checks
from tests.faults.catalogue import CATALOGUE, Mutation
from tests.faults.mending import mended

if TYPE_CHECKING:
    from plan_review.findings import Finding

AT_SYNTH = [pytest.param(each, id=each.name) for each in CATALOGUE if each.layer == "synth"]
# Of mistakes that have such a remedy at all there are many, else the test says little.
FEWEST = 25


def named(finding: Finding) -> tuple[str, ...]:
    """What a finding is about, whatever its words."""
    return finding.rule_id, finding.address, "/".join(map(str, finding.path or ())), finding.subject


@pytest.mark.parametrize("mutation", AT_SYNTH)
def test_what_is_mended_as_said_is_gone_and_nothing_else_comes(mutation: Mutation) -> None:
    subject = mutation.on(base.subject())
    found = checks.findings(subject)
    before = set(map(named, found))

    for folded in fold(found):
        if folded.cause.edits:
            after = set(map(named, checks.findings(mended(subject, folded.cause.edits))))
            assert named(folded.cause) not in after, folded.cause
            assert after - before == set(), folded.cause


def test_many_mistakes_have_a_remedy_that_needs_no_judgement() -> None:
    mechanical = [
        each.name
        for each in CATALOGUE
        if each.layer == "synth" and any(one.edits for one in checks.findings(each.on(base.subject())))
    ]

    assert len(mechanical) >= FEWEST
