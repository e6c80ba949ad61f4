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

__all__ = ["RULES", "Context", "Rule", "check", "context_of", "demanded_edges"]

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    if _module.name.count(".") > __name__.count(".") + 1:
        importlib.import_module(_module.name)


def context_of(configuration: Configuration, evidence: Evidence | None = None) -> Context:
    """Return a configuration as the rules look at it.

    ``evidence`` is what lies outside the configuration: source code, sample events, a plan. Without it the rules that
    need it look for the code beside the configuration, and say nothing where there is none.
    """
    return Context(configuration, evidence, all_needs)


def check(
    configuration: Configuration,
    *,
    suppressions: Sequence[Suppression] = (),
    evidence: Evidence | None = None,
    context: Context | None = None,
) -> list[Finding]:
    """Run every rule over a configuration and return what does not hold, worst first.

    ``context`` where it has been made before, with its evidence; see ``context_of``.
    """
    context = context or context_of(configuration, evidence)
    found = [
        finding for rule in RULES.values() for finding in rule.findings(context) if finding.verdict is not Verdict.HOLDS
    ]
    unique = list(dict.fromkeys(found))
    return sorted(suppress(unique, suppressions, known_rules=RULES), key=Finding.sort_key)


def demanded_edges(context: Context) -> set[tuple[str, str]]:
    """Return which resource needs which because a permission has to be there before its use."""
    edges = set()
    for need in context.needs:
        if need.at_creation or need.at_first_use:
            for statement in context.decision(need).statements:
                edges.add((need.item.resource.address, statement.holder or statement.source))
    return edges
