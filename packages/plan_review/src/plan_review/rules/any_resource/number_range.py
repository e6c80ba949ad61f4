from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.ranges import LAMBDA_QUOTAS, RANGES, SLOW, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context


_RETENTIONS = (
    0,
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


@rule(
    "number-range",
    title="A number is within the range that AWS takes",
    why="Ranges are AWS's and change with the service; a stand-in for the provider, or an old one, checks none.",
    consequence="ValidationException: Member must have value within its range",
    sources=(
        LAMBDA_QUOTAS,
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/41013",
    ),
)
def number_range(context: Context) -> Iterator[Found]:
    """Timeouts, sizes, ages and counts."""
    for kind, ranges in RANGES.items():
        for item in context.view.items(kind):
            for each in ranges:
                for value in _numbers(item, each.path):
                    if not each.low <= value <= each.high:
                        yield Found(
                            item=item,
                            path=each.path,
                            message=f"{each.path[-1]} is {value:g}; {each.low} to {each.high} {each.unit} are possible",
                            remedy=f"give {each.low} to {each.high} {each.unit}",
                            consequence=SLOW if kind == "aws_media_convert_queue" else "",
                        )
    for group in context.view.items("aws_cloudwatch_log_group"):
        days = number_of(group.get("retention_in_days"))
        if days is not None and days not in _RETENTIONS:
            yield Found(
                item=group,
                path=("retention_in_days",),
                message=f"retention_in_days is {days:g}, which CloudWatch Logs does not offer",
                remedy=f"use one of {', '.join(map(str, _RETENTIONS[1:]))}; 0 keeps for ever",
            )


def _numbers(item: Item, path: tuple[str, ...]) -> Iterator[float]:
    for _, value in item.values_at(path):
        if (number := number_of(value)) is not None:
            yield number
