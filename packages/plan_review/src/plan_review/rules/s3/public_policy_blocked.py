from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.policies.decide import covers_action
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


_PUBLIC = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"


@rule(
    "public-policy-blocked",
    title="A bucket with a public policy does not block public policies",
    why=(
        "S3 blocks public policies where the bucket's public access block says so, and in every new bucket where "
        "nothing says otherwise."
    ),
    consequence="AccessDenied on PutBucketPolicy: public policies are blocked by the BlockPublicPolicy setting",
    sources=(_PUBLIC,),
)
def public_policy_blocked(context: Context) -> Iterator[Found]:
    """The block of the bucket is there, and open."""
    for bucket in context.view.items("aws_s3_bucket"):
        for statement in context.access.resources.of(bucket).statements:
            if not _is_public_read(context, statement):
                continue
            block = _block(context, bucket)
            open_to = None if block is None else block.get("block_public_policy", default=False)
            if open_to is False or (block is None and context.view.modules_given(bucket)):
                continue
            yield Found(
                item=statement.source,
                path=("policy",),
                subject=statement.label,
                verdict=Verdict.MISSING if open_to is True else Verdict.CANNOT_TELL,
                message=(
                    f"{statement.label} opens {bucket.address} to everyone, and {block.address} blocks that"
                    if block is not None
                    else f"{statement.label} opens {bucket.address} to everyone, which new buckets block"
                ),
                remedy="name who may read, or set block_public_policy = false in an aws_s3_bucket_public_access_block",
            )


def _is_public_read(context: Context, statement: Statement) -> bool:
    everyone = statement.allows and "*" in (statement.principals or ()) and not statement.unreadable
    reads = covers_action(statement, "s3:GetObject", context.view.symbols) is Verdict.HOLDS
    return everyone and reads and not any(statement.conditions.values())


def _block(context: Context, bucket: Item) -> Item | None:
    for block in context.view.items("aws_s3_bucket_public_access_block"):
        if context.view.find(block.get("bucket"), "aws_s3_bucket") is bucket:
            return block
    return None
