from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from plan_review.findings import Severity, Verdict
from plan_review.rules.found import Found
from plan_review.rules.rule import rule
from plan_review.rules.shared.flows import Flow, Sure, flows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.rules.context import Context

# Where a loop is best cut, first of all: what hands on, not what works.
_CUT = (
    "aws_cloudwatch_log_subscription_filter",
    "aws_cloudwatch_log_account_policy",
    "aws_lambda_event_source_mapping",
    "aws_pipes_pipe",
    "aws_sns_topic_subscription",
    "aws_lambda_function_event_invoke_config",
    "aws_sqs_queue_redrive_policy",
)


@rule(
    "delivery-loop",
    title="What a function writes, sends or logs does not come back to it",
    why=(
        "A function whose log lines are delivered to itself is invoked by each of its own invocations; so is one that "
        "sends to the queue, topic, stream or table that invokes it. Lambda ends such loops after 16 rounds where they "
        "go through SQS, SNS and S3. None that go through logs, streams or tables it ends."
    ),
    consequence="invocations without end, and each is paid for",
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Subscriptions-recursion-prevention.html",
        "https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/1193",
    ),
)
def delivery_loop(context: Context) -> Iterator[Found]:
    """No way leads back through logs, subscriptions, mappings, destinations, dead letters and calls."""
    after: dict[Item, list[Flow]] = {}
    for flow in flows(context):
        after.setdefault(flow.source, []).append(flow)
    told: set[frozenset[str]] = set()
    for start in after:
        way = _back(start, after)
        places = frozenset(flow.source.address for flow in way)
        if not way or places in told or all(flow.by.type == "aws_sfn_state_machine" for flow in way):
            continue
        told.add(places)
        yield _found(way)


def _back(start: Item, after: dict[Item, list[Flow]]) -> list[Flow]:
    """Return the shortest way from something back to itself."""
    ways: deque[list[Flow]] = deque([flow] for flow in after[start])
    seen: set[Item] = set()
    while ways:
        way = ways.popleft()
        here = way[-1].target
        if here is start:
            return way
        if here not in seen:
            seen.add(here)
            ways.extend([*way, flow] for flow in after.get(here, ()))
    return []


def _found(way: list[Flow]) -> Found:
    sure = min(flow.sure for flow in way)
    cut = min(way, key=lambda flow: (_CUT.index(flow.by.type) if flow.by.type in _CUT else len(_CUT), flow.by.address))
    # The way is told from what is cut: whoever reads it begins with what is to be changed.
    at = way.index(cut)
    round_trip = [flow.source.address for flow in (*way[at:], *way[:at])]
    shown = " → ".join([*round_trip, round_trip[0]])
    doubt = {
        Sure.ALWAYS: "",
        Sure.SOMETIMES: ", where the code does so or something fails",
        Sure.FILTERED: ", as far as a filter lets it",
    }[sure]
    return Found(
        item=cut.by,
        subject=" ".join(sorted(round_trip)),
        verdict=Verdict.CANNOT_TELL if sure is Sure.FILTERED else Verdict.MISSING,
        severity=None if sure is Sure.ALWAYS else Severity.WARNING,
        message=f"what is handed on comes back{doubt}: {shown}",
        remedy=(
            "a filter that does not take what its own target writes"
            if sure is Sure.FILTERED
            else "let it end elsewhere: log, send or fail to something that does not lead back"
        ),
    )
