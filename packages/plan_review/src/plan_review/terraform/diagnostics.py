"""Turn what Terraform says of a configuration into findings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from plan_review.findings import Finding, Verdict
from plan_review.terraform.version_constraints import admits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plan_review.terraform.commands import Diagnostic

_BLOCK = re.compile(r'(resource|data|ephemeral) "([^"]+)" "([^"]+)"')
_PROVIDER = "registry.terraform.io/hashicorp/aws"
_NO_PLAN = "without it there is no plan, and what would change is not known"
_NO_VALUE = "No value for required variable"


def findings(diagnostics: Sequence[Diagnostic], limits: str) -> Iterator[Finding]:
    """Yield what Terraform refuses; what it warns of is no finding of ours.

    What begins with ``limits`` a stand-in says of itself, and a value that is not given here may be given elsewhere:
    both cannot be told.
    """
    for each in diagnostics:
        if each.severity != "error":
            continue
        told = each.summary + (f" ({each.place})" if each.place else "")
        detail = " ".join(each.detail.split())
        if limits and each.summary.startswith(limits):
            yield _unknown(each, told.removeprefix(limits), f"a plan with --provider real; or: {detail}")
        elif each.summary == _NO_VALUE:
            yield _unknown(each, told, f"a value in TF_VAR_<name> or terraform.tfvars: {detail}")
        else:
            yield Finding(
                rule_id="terraform-refuses",
                verdict=Verdict.MISSING,
                address=_named(each),
                message=told,
                consequence=detail,
                remedy="correct the argument that Terraform names",
            )


def _unknown(diagnostic: Diagnostic, message: str, remedy: str) -> Finding:
    return Finding(
        rule_id="terraform-not-planned",
        verdict=Verdict.CANNOT_TELL,
        address=_named(diagnostic),
        message=message,
        consequence=_NO_PLAN,
        remedy=remedy,
    )


def _named(diagnostic: Diagnostic) -> str:
    """Return the address of the block that a diagnostic is about."""
    block = _BLOCK.fullmatch(diagnostic.address)
    if not block:
        return diagnostic.address.removeprefix("resource.") or "configuration"
    prefix = "" if block[1] == "resource" else f"{block[1]}."
    return f"{prefix}{block[2]}.{block[3]}"


def other_version(plan: Mapping[str, Any], version: str) -> Iterator[Finding]:
    """Yield a finding where a stand-in of this version planned what asks for another version of the provider."""
    providers = plan.get("configuration", {}).get("provider_config", {})
    asked = {
        each["version_constraint"]
        for each in providers.values()
        if each.get("full_name") == _PROVIDER and "version_constraint" in each
    }
    for constraint in sorted(asked):
        if not admits(constraint, version):
            yield Finding(
                rule_id="terraform-not-planned",
                verdict=Verdict.CANNOT_TELL,
                address="configuration",
                message=f"it asks for version {constraint} of the AWS provider; the schema here is that of {version}",
                consequence="what that version knows, refuses or replaces otherwise is not seen",
                remedy="a plan with --provider real",
            )
