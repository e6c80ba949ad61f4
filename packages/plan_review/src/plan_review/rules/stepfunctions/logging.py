"""The logging of state machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


LOGGING_PAGE = "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"


_OFF = "OFF"


def logging_of(context: Context) -> Iterator[tuple[Item, dict[str, object]]]:
    """Yield the state machines that write logs, with their logging configuration."""
    for machine in context.view.items("aws_sfn_state_machine"):
        block = machine.block("logging_configuration")
        if block is not None and block.get("level") not in (None, "", _OFF):
            yield machine, block
