from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.evaluate.symbols import has_symbols, is_symbol
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

_GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs"
_MOST = 2  # filters of one log group
_STREAMS = {"kinesis": "a Kinesis stream", "firehose": "a Firehose stream"}
_TAKEN = ("lambda", "kinesis", "firehose", "logs")
_REGION = 3  # of the parts of an ARN


@rule(
    "log-subscription",
    title="A subscription of log lines is such as CloudWatch Logs takes",
    why="What kind of destination takes which arguments, and how many a log group may have, Terraform does not know.",
    consequence="InvalidParameterException or LimitExceededException, when the filter is made",
    sources=(
        f"{_GUIDE}/cloudwatch_limits_cwl.html",
        f"{_GUIDE}/SubscriptionFilters.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html",
    ),
)
def log_subscription(context: Context) -> Iterator[Found]:
    """Two filters of a log group at most; a role where a stream is the destination; one region."""
    groups: dict[str, list[Item]] = {}
    for each in context.view.items("aws_cloudwatch_log_subscription_filter"):
        yield from _destination(context, each)
        name = each.get("log_group_name")
        if isinstance(name, str) and each.certain and not _unsure(context, name):
            groups.setdefault(f"{each.account} {each.region} {name}", []).append(each)
    for filters in groups.values():
        for each in filters[_MOST:]:
            yield Found(
                item=each,
                path=("log_group_name",),
                message=f"it is filter {filters.index(each) + 1} of its log group; a log group may have {_MOST}",
                remedy="let one destination hand the lines on to the others, such as a stream",
                consequence="LimitExceededException: Resource limit exceeded.",
            )


def _unsure(context: Context, name: str) -> bool:
    """Whether it is not known which log group a name means."""
    symbol = context.view.symbol(name) if is_symbol(name) else None
    return symbol is not None and symbol.address is None


def _destination(context: Context, each: Item) -> Iterator[Found]:
    arn = str(each.get("destination_arn", ""))
    parts = arn.split(":")
    if len(parts) <= _REGION or parts[0] != "arn" or has_symbols(parts[2]):
        return
    service, region = parts[2], parts[_REGION]
    if service in _STREAMS and each.get("role_arn") in (None, "") and not each.is_dynamic("role_arn"):
        yield Found(
            item=each,
            path=("role_arn",),
            message=f"it delivers to {_STREAMS[service]}, and has no role_arn",
            remedy="give a role that logs.amazonaws.com may assume and that may put records into the stream",
            consequence="InvalidParameterException: destinationArn for this vendor requires a roleArn",
        )
    if service not in _TAKEN:
        yield Found(
            item=each,
            path=("destination_arn",),
            message=f"it delivers to {context.view.show(arn)}, which is no destination of log lines",
            remedy="deliver to a function, a Kinesis or Firehose stream, or a destination of CloudWatch Logs",
            consequence="InvalidParameterException: PutSubscriptionFilter operation cannot work with destinationArn "
            f"for vendor {service}",
        )
    elif region and not has_symbols(region + each.region) and region != each.region:
        yield Found(
            item=each,
            path=("destination_arn",),
            message=f"its log group is in {each.region}, and what it delivers to is in {region}",
            remedy="deliver to something in the log group's own region",
        )
