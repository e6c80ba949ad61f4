from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.dead_letters import DAY, dead_letter_sources, retention

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.rules.context import Context


@rule(
    "dead-letter-retention",
    title="Dead letters are kept for longer than messages wait in the queue that they come from",
    why=(
        "A message that SQS moves to a dead-letter queue keeps the time at which it was first sent: where the "
        "dead-letter queue keeps messages for a shorter time than its source, it may be deleted as soon as it comes."
    ),
    consequence="messages that failed are gone before anyone has looked at them",
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",),
    severity=Severity.WARNING,
)
def dead_letter_retention(context: Context) -> Iterator[Found]:
    """Retention of dead-letter queues: as long as that of their sources, and a day at least."""
    for queue, sources in dead_letter_sources(context).items():
        kept = retention(queue)
        if kept is None:
            continue
        longest = max((retention(source) or 0 for source in sources if source.type == "aws_sqs_queue"), default=0)
        if kept < longest:
            message = f"it keeps dead letters for {_days(kept)}, and the queue that they come from for {_days(longest)}"
        elif kept < DAY:
            message = f"it keeps dead letters of {sources[0].address} for {_days(kept)}"
        else:
            continue
        yield Found(
            item=queue,
            path=("message_retention_seconds",),
            message=message,
            remedy="set message_retention_seconds to 1209600, the 14 days that are possible",
        )


def _days(seconds: int) -> str:
    return f"{seconds / DAY:g} days" if seconds >= DAY else f"{seconds} seconds"
