"""One invocation of a Lambda function."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_MARGIN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The request that is answered, the time now, and when this invocation is certainly over. Epoch seconds.

    Lambda gives all invocations for one event the same ``request_id``; ``invocation_id`` is this one's alone.
    """

    request_id: str
    invocation_id: str
    now: float
    lease_until: float


def run_of(context: LambdaContext, now: float) -> Run:
    """Describe an invocation; its lease ends a little after Lambda would have ended it."""
    remaining = context.get_remaining_time_in_millis() / 1000
    return Run(
        request_id=context.aws_request_id,
        invocation_id=uuid.uuid4().hex,
        now=now,
        lease_until=now + remaining + _MARGIN_SECONDS,
    )
