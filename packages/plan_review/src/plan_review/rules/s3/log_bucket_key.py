from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.keys_used import key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_AWS_OWN = "alias/aws/"


@rule(
    "log-bucket-key",
    title="A bucket that access logs are written to is encrypted by S3's own keys",
    why="S3 and load balancers write their access logs to buckets with SSE-S3 only, and say nothing where they cannot.",
    consequence="no access log is ever delivered, and nothing tells",
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
    ),
)
def log_bucket_key(context: Context) -> Iterator[Found]:
    """Targets of access logs of buckets and of load balancers."""
    for item, name, path in _targets(context):
        bucket = context.view.find(name, "aws_s3_bucket")
        key = key_text(context, bucket) if bucket is not None else None
        if bucket is not None and isinstance(key, str) and key and not (has_symbols(key[:1]) and len(key) > 1):
            own = "AWS's own key" if _AWS_OWN in key else "a key"
            yield Found(
                item=item,
                path=path,
                message=f"its logs go to {bucket.address}, which is encrypted with {own} of KMS",
                remedy=f'let {bucket.address} have sse_algorithm = "AES256"',
            )


def _targets(context: Context) -> Iterator[tuple[Item, object, tuple[str, ...]]]:
    for item in context.view.items("aws_s3_bucket_logging"):
        yield item, item.get("target_bucket"), ("target_bucket",)
    for item in context.view.items("aws_lb", "aws_alb", "aws_elb"):
        for block in item.blocks("access_logs"):
            if block.get("enabled") is not False:
                yield item, block.get("bucket"), ("access_logs",)
