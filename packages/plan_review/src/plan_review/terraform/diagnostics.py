"""Turn what Terraform says of a configuration into findings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plan_review.findings import Finding, Verdict
from plan_review.terraform.requirements import AwsProvider
from plan_review.terraform.version_constraints import admits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from plan_review.terraform.commands import Diagnostic

_BLOCK = re.compile(r'(resource|data|ephemeral) "([^"]+)" "([^"]+)"')
_NO_PLAN = "without it there is no plan, and what would change is not known"
_NO_VALUE = "No value for required variable"
# What Terraform says where a schema lacks something, or has it otherwise.
_OF_SCHEMA = re.compile(
    r"Unsupported (argument|attribute|block type)|Invalid (resource type|data source|ephemeral resource)"
    r"|Missing required argument|(Insufficient|Too many) \S+ blocks|Call to unknown function|Unknown provider function"
    r"|Incorrect attribute value type"
)
_NEAR = "Did you mean"
# What Terraform says where a value is not of the kind that an expression needs.
_OF_VALUES = re.compile(
    r"Invalid (index|function argument|template interpolation value|value for input variable|operand)"
    r"|Unsupported (attribute|operation)|Error in function call|Inconsistent conditional result types|Iteration over"
)
_NOT_MANAGED = ("data.", "local.", "var.", "module.", "each.", "self.")
# What a program or a file of this machine is to blame for: of functions on files, and of the provider external.
_MISSING_FILE = re.compile(r'(?:no file exists at|\bopen|could not archive missing (?:file|directory):)\s+"?([^";:]+)')
_PROGRAM = re.compile(
    r"External Program (Execution|Lookup) Failed|local-exec provisioner error|Unexpected External Program"
)
_STAND_IN = " is a stand-in"
_AWS = "aws_"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """With what a plan was made: what the stand-in says of itself begins with ``limits``.

    ``version`` is the one whose schema the stand-in for the AWS provider has, empty where it is the real provider.
    ``made_up`` is what it has made up an answer for.
    """

    limits: str = ""
    version: str = ""
    asked: AwsProvider = field(default_factory=AwsProvider)
    made_up: Collection[str] = ()


def made_up(diagnostics: Sequence[Diagnostic], limits: str) -> tuple[str, ...]:
    """Return what a stand-in says that it has made up."""
    said = [each.summary for each in diagnostics if limits and each.summary.endswith(_STAND_IN)]
    return tuple(sorted({text.removeprefix(limits).removesuffix(_STAND_IN) for text in said}))


def findings(diagnostics: Sequence[Diagnostic], planned: Planned) -> Iterator[Finding]:
    """Yield what Terraform refuses; what it warns of is no finding of ours.

    What a stand-in says of itself, what another version of the schema may have, what rests on a made-up value, a value
    that is not given here and may be given elsewhere, a file or program that this machine lacks: that cannot be told.
    """
    for each in diagnostics:
        if each.severity != "error":
            continue
        told = each.summary + (f" ({each.place})" if each.place else "")
        detail = " ".join(each.detail.split())
        if planned.limits and each.summary.startswith(planned.limits):
            yield _unknown(each, told.removeprefix(planned.limits), f"a plan with --provider real; or: {detail}")
        elif each.summary == _NO_VALUE:
            yield _unknown(each, told, f"a value in TF_VAR_<name> or terraform.tfvars: {detail}")
        elif doubt := _of_version(each, planned):
            message = f"{told}: {detail} The schema here is that of version {planned.version}, and {doubt}"
            yield _unknown(each, message, "a plan with --provider real")
        elif missing := _missing(each):
            yield _unknown(each, f"{told}: {missing}", "a plan where it is there, or after it was made")
        elif planned.made_up and _rests_on_made_up(each):
            message = f"{told}: {detail} What it rests on may be made up: {', '.join(planned.made_up)}"
            yield _unknown(each, message, "a plan with --provider real, or --stand-ins FILE")
        else:
            yield Finding(
                rule_id="terraform-refuses",
                verdict=Verdict.MISSING,
                address=_named(each),
                message=told,
                consequence=detail,
                remedy="correct the argument that Terraform names",
            )


def _of_version(diagnostic: Diagnostic, planned: Planned) -> str:
    """Return why a schema of another version may have what this one lacks; empty where it is not about that."""
    if not planned.version or not _OF_SCHEMA.fullmatch(diagnostic.summary):
        return ""
    block = _BLOCK.fullmatch(diagnostic.address)
    types = {block[2]} if block else {use.removeprefix("data.").partition(".")[0] for use in diagnostic.uses}
    if _NEAR in diagnostic.detail and not planned.asked.refused(planned.version):
        return ""
    if types and not any(each.startswith(_AWS) for each in types):
        return "" if types <= {"terraform_data", "terraform_remote_state"} else "that is not the provider's own"
    return planned.asked.doubt(planned.version)


def _missing(diagnostic: Diagnostic) -> str:
    """Return what of this machine is to blame: a file that is not here, or a program that does not run."""
    if _PROGRAM.search(diagnostic.summary):
        return "a program that the configuration runs does not run on this machine"
    if "function" not in diagnostic.summary and "rchive" not in diagnostic.summary:
        return ""
    found = _MISSING_FILE.search(diagnostic.detail)
    return f"the file {found[1].strip()} is not on this machine" if found else ""


def _rests_on_made_up(diagnostic: Diagnostic) -> bool:
    return bool(_OF_VALUES.match(diagnostic.summary)) and (
        not diagnostic.uses or any(use.startswith(_NOT_MANAGED) for use in diagnostic.uses)
    )


def _unknown(diagnostic: Diagnostic, message: str, remedy: str) -> Finding:
    return _not_planned(message, remedy, _named(diagnostic))


def _not_planned(message: str, remedy: str, address: str = "configuration", consequence: str = _NO_PLAN) -> Finding:
    return Finding(
        rule_id="terraform-not-planned",
        verdict=Verdict.CANNOT_TELL,
        address=address,
        message=message,
        consequence=consequence,
        remedy=remedy,
    )


def _named(diagnostic: Diagnostic) -> str:
    """Return the address of the block that a diagnostic is about."""
    block = _BLOCK.fullmatch(diagnostic.address)
    if not block:
        return diagnostic.address.removeprefix("resource.") or "configuration"
    prefix = "" if block[1] == "resource" else f"{block[1]}."
    return f"{prefix}{block[2]}.{block[3]}"


def unprepared(reason: str) -> Finding:
    """Return the finding where Terraform could not be prepared, with how that is mended."""
    remedy = (
        "`terraform init` in the folder, where its providers and modules can be had; or the variable TERRAFORM_MIRROR "
        "with a folder that `terraform providers mirror` made"
    )
    return _not_planned(f"no plan was made: {' '.join(reason.split())}", remedy)


def other_version(planned: Planned) -> Iterator[Finding]:
    """Yield a finding where a stand-in of this version planned what asks for another version of the provider."""
    asked = planned.asked.refused(planned.version) if planned.version else ""
    if asked:
        yield _not_planned(
            f"it asks for version {asked} of the AWS provider; the schema here is that of {planned.version}",
            "a plan with --provider real",
            consequence="what that version knows, refuses or replaces otherwise is not seen",
        )


def other_terraform(constraints: Sequence[str], version: str) -> Iterator[Finding]:
    """Yield a finding where another Terraform planned than the one that is asked for."""
    refused = [each for each in constraints if version and admits(each, version) is False]
    if refused:
        yield _not_planned(
            f"it asks for Terraform {refused[0]}; the plan was made by {version}",
            "a plan with that Terraform: name it in TERRAFORM_BINARY_NAME",
            consequence="what that version understands or plans otherwise is not seen",
        )
