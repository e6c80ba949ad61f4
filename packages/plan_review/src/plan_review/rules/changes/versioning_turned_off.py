from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.changes.planned_changes import first_block, planned_changes
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "versioning-turned-off",
    title="Versioning of a bucket is suspended, never turned off again",
    why="Once a bucket has had versions, S3 knows `Enabled` and `Suspended` only.",
    consequence="versioning_configuration.status cannot be updated from 'Enabled' to 'Disabled'",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_versioning",
    ),
)
def versioning_turned_off(context: Context) -> Iterator[Found]:
    """No update from Enabled or Suspended to Disabled."""
    for change in planned_changes(context):
        if change.type != "aws_s3_bucket_versioning" or change.actions != ("update",):
            continue
        before, after = (first_block(values, "versioning_configuration") for values in (change.before, change.after))
        if before.get("status") in ("Enabled", "Suspended") and after.get("status") == "Disabled":
            yield Found(
                item=change.address,
                path=("versioning_configuration", 0, "status"),
                message=f"versioning goes from {before['status']} to Disabled",
                remedy='write "Suspended"',
            )
