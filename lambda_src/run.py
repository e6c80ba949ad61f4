"""One invocation of a Lambda function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_MARGIN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """An invocation's request id, the time now, and when it is certainly over. Epoch seconds."""

    request_id: str
    now: float
    lease_until: float


def run_of(context: LambdaContext, now: float) -> Run:
    """Describe an invocation; its lease ends a little after Lambda would have ended it."""
    remaining = context.get_remaining_time_in_millis() / 1000
    return Run(request_id=context.aws_request_id, now=now, lease_until=now + remaining + _MARGIN_SECONDS)
