from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.stored_data import STORED_DATA
from plan_review.findings import Severity
from plan_review.rules.changes.planned_changes import planned_changes
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context
    from plan_review.terraform.planned_changes import PlannedChange


_PLAN_FORMAT = "https://developer.hashicorp.com/terraform/internals/json-format"


def _whole(context: Context) -> bool:
    """Whether everything is destroyed, as ``terraform destroy`` plans it."""
    found = planned_changes(context)
    return bool(found) and all(change.actions == ("delete",) for change in found)


@rule(
    "data-loss",
    title="No resource that holds data is destroyed or replaced",
    why="A replacement destroys first, or afterwards; either way the data of the old one is gone.",
    consequence="the data is lost",
    sources=(_PLAN_FORMAT, "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle"),
)
def data_loss(context: Context) -> Iterator[Found]:
    """Buckets, tables, log groups, keys, queues and the like stay; a destroy of everything is a warning."""
    whole = _whole(context)
    for change in planned_changes(context):
        if not change.destroys or change.type not in STORED_DATA:
            continue
        forced = ", ".join(".".join(map(str, path)) for path in change.forced_by)
        yield Found(
            item=change.address,
            path=change.forced_by[0] if change.forced_by else None,
            subject="/".join(change.actions),
            severity=Severity.WARNING if whole else None,
            message=f"it is {_fate(change)}{f', forced by {forced}' if forced else ''}",
            consequence=f"lost: {STORED_DATA[change.type]}{_refusal(change)}",
            remedy=(
                f"leave {forced or 'it'} as it is, or move the data first; a new name in the code only is a moved block"
                if change.replaces
                else "keep it, take it out of the state (removed block), or move the data first"
            ),
        )


def _fate(change: PlannedChange) -> str:
    return "replaced" if change.replaces else "destroyed"


def _refusal(change: PlannedChange) -> str:
    """Say where AWS would refuse, so that the apply ends half way."""
    if change.type == "aws_s3_bucket" and not change.before.get("force_destroy"):
        return "; or the apply stops with BucketNotEmpty: The bucket you tried to delete is not empty"
    if change.type == "aws_dynamodb_table" and change.before.get("deletion_protection_enabled"):
        return (
            "; or the apply stops with ValidationException: Resource cannot be deleted as it is currently protected "
            "against deletion"
        )
    return ""
