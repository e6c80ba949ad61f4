from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_WITH_ACLS = ("BucketOwnerPreferred", "ObjectWriter")


@rule(
    "bucket-acl-off",
    title="A bucket that is given an ACL has ACLs",
    why="New buckets have no ACLs: their objects are the bucket owner's. Ownership controls bring ACLs back.",
    consequence="AccessControlListNotSupported: The bucket does not allow ACLs",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",),
)
def bucket_acl_off(context: Context) -> Iterator[Found]:
    """Ownership controls of the bucket are those that know ACLs."""
    for setting in context.view.items("aws_s3_bucket_acl"):
        bucket = context.view.find(setting.get("bucket"), "aws_s3_bucket")
        if bucket is None or bucket.resource.mode == "data" or context.view.modules_given(bucket):
            continue
        meant = [
            controls
            for controls in context.view.items("aws_s3_bucket_ownership_controls")
            if context.view.stands_for(controls.get("bucket"), bucket) is not Verdict.MISSING
        ]
        given = [rule_block.get("object_ownership") for controls in meant for rule_block in controls.blocks("rule")]
        if any(controls.is_dynamic("rule") for controls in meant):
            continue
        if any(value in _WITH_ACLS or (isinstance(value, str) and has_symbols(value)) for value in given):
            continue
        yield Found(
            item=setting,
            path=("acl",),
            message=f"{bucket.address} has no ACLs: its ownership is {given[0] if given else 'BucketOwnerEnforced'}",
            remedy="take it out; or add aws_s3_bucket_ownership_controls with BucketOwnerPreferred, and depend on it",
        )
