"""The rules: what AWS demands of each resource, one module each, in a folder for each service.

A rule is found by being there: every module of every folder here is imported, and declares what it holds.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from plan_review.findings import Finding, Suppression, Verdict, suppress
from plan_review.rules.context import Context
from plan_review.rules.rule import RULES, Rule, all_needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plan_review.configuration.model import Configuration
    from plan_review.rules.evidence import Evidence

__all__ = ["RULES", "Rule", "check"]

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    if _module.name.count(".") > __name__.count(".") + 1:
        importlib.import_module(_module.name)


def check(
    configuration: Configuration, *, suppressions: Sequence[Suppression] = (), evidence: Evidence | None = None
) -> list[Finding]:
    """Run every rule over a configuration and return what does not hold, worst first.

    ``evidence`` is what lies outside the configuration: source code, sample events, a plan. Without it the rules that
    need it look for the code beside the configuration, and say nothing where there is none.
    """
    context = Context(configuration, evidence, all_needs)
    found = [
        finding for rule in RULES.values() for finding in rule.findings(context) if finding.verdict is not Verdict.HOLDS
    ]
    unique = list(dict.fromkeys(found))
    return sorted(suppress(unique, suppressions, known_rules=RULES), key=Finding.sort_key)
