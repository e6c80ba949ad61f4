from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.ranges import RANGES, SLOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


_MOST_JOBS_BY_DEFAULT = 100


@rule(
    "transcoding-queue-concurrency",
    title="A transcoding queue asks for no more concurrent jobs than the account has",
    why="The quota differs by region and account, so that a configuration alone cannot show it.",
    consequence=SLOW,
    sources=(
        "https://docs.aws.amazon.com/mediaconvert/latest/ug/working-with-on-demand-queues.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/41013",
    ),
)
def transcoding_queue_concurrency(context: Context) -> Iterator[Found]:
    """Beyond what accounts commonly start with, only Service Quotas can tell."""
    queues = context.view.items("aws_media_convert_queue")
    for queue in queues:
        wanted = queue.get("concurrent_jobs")
        if isinstance(wanted, int) and _MOST_JOBS_BY_DEFAULT < wanted <= RANGES["aws_media_convert_queue"][0].high:
            yield Found(
                item=queue,
                path=("concurrent_jobs",),
                verdict=Verdict.CANNOT_TELL,
                message=f"concurrent_jobs is {wanted}; whether the account's quota allows it is not known here",
                remedy='"Concurrent jobs per on-demand queue" in Service Quotas, for this account and region',
            )
