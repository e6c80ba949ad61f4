from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import either, has_symbols, is_symbol
from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


@rule(
    "bucket-not-private",
    title="A public access block blocks all of public access",
    why="The block has four parts, and each that is left out or false leaves a way to make objects public.",
    consequence="a policy or an ACL can make objects public",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",),
    severity=Severity.WARNING,
)
def bucket_not_private(context: Context) -> Iterator[Found]:
    """All four flags are true, unless the bucket's policy is public on purpose."""
    for block in context.view.items("aws_s3_bucket_public_access_block"):
        off = [name for name in _FLAGS if block.get(name) in (None, False)]
        named = block.get("bucket")
        bucket = context.view.find(named, "aws_s3_bucket")
        public = Verdict.CANNOT_TELL if is_symbol(named) else Verdict.MISSING
        if bucket is not None:
            public = _serves_everyone(context, bucket)
        if off and public is not Verdict.HOLDS:
            yield Found(
                item=block,
                path=(off[0],),
                verdict=public,
                message=f"{', '.join(off)} {'is' if len(off) == 1 else 'are'} not true",
                remedy="set all four to true",
            )


def _serves_everyone(context: Context, bucket: Item) -> Verdict:
    return either(
        *(
            Verdict.CANNOT_TELL if each.unreadable else _names_everyone(each)
            for each in context.access.resources.of(bucket).statements
            if each.allows
        )
    )


def _names_everyone(statement: Statement) -> Verdict:
    named = statement.principals or ()
    if "*" in named:
        return Verdict.HOLDS
    return Verdict.CANNOT_TELL if any(map(has_symbols, named)) else Verdict.MISSING
