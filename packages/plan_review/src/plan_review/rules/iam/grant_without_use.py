from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plan_review.evaluate.symbols import has_symbols
from plan_review.findings import Severity
from plan_review.rules.found import Found
from plan_review.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


_HOLDERS = ("aws_lambda_function", "aws_lambda_alias", "aws_sqs_queue", "aws_sns_topic")


# Service → types of what it acts for, whose ARN a policy names as aws:SourceArn.
_SOURCES = {
    "Service:events.amazonaws.com": ("aws_cloudwatch_event_rule",),
    "Service:s3.amazonaws.com": ("aws_s3_bucket",),
    "Service:sns.amazonaws.com": ("aws_sns_topic",),
}


_SOURCE = "aws:sourcearn"


@rule(
    "grant-without-use",
    title="What a policy lets a service do for a source, that source makes it do",
    why=(
        "A function's permission, or a queue's policy, names the rule, bucket or topic for which a service is let in. "
        "Where that sends nothing there, the target, the subscription or the dead-letter queue was forgotten."
    ),
    consequence="nothing is delivered, or what could not be delivered is lost: the way is open and nobody takes it",
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
    ),
    severity=Severity.WARNING,
)
def grant_without_use(context: Context) -> Iterator[Found]:
    """Statements for one rule, bucket or topic of this configuration meet a delivery from it."""
    used = {
        id(statement)
        for need in context.needs
        if isinstance(need.principal, str)
        for statement in context.decision(need).statements
    }
    done: set[int] = set()
    for holder in context.view.items(*_HOLDERS):
        policy = context.access.resources.of(holder)
        for statement in () if policy.default else policy.statements:
            source = _source(context, statement)
            if source is None or id(statement) in used or id(statement) in done:
                continue
            if not _may_deliver_unseen(context, source, holder):
                done.add(id(statement))
                yield Found(
                    item=statement.source,
                    subject=statement.label,
                    after=frozenset({f"near {statement.source}", f"near {holder.address}"}),
                    message=f"{statement.label} lets in {source.address}, which sends nothing to {holder.address}",
                    remedy=f"let {source.address} deliver to {holder.address}, or take the statement out",
                )


def _source(context: Context, statement: Statement) -> Item | None:
    """Return the one thing of this configuration for which a statement lets a service in."""
    services = statement.principals or ()
    types = _SOURCES.get(services[0]) if len(services) == 1 else None
    if types is None or not statement.allows or statement.unreadable:
        return None
    values = [
        value
        for keys in statement.conditions.values()
        for key, given in keys.items()
        if key.lower() == _SOURCE
        for value in given
    ]
    found = context.view.find(values[0], *types) if len(values) == 1 else None
    return found if found is not None and found.certain and found.resource.mode == "managed" else None


def _may_deliver_unseen(context: Context, source: Item, holder: Item) -> bool:
    """Whether a module, or something that is known after deployment only, may make the source deliver."""
    if context.view.modules_given(source) or context.view.modules_given(holder) or not holder.certain:
        return True
    # Who subscribes to a topic may be settled elsewhere, by mail or by another stack.
    subscriptions = context.view.items("aws_sns_topic_subscription") if source.type == "aws_sns_topic" else None
    if subscriptions is not None and not any(_is_of(context, each, source) for each in subscriptions):
        return True
    for kind, arguments in (
        ("aws_cloudwatch_event_target", ("rule", "arn", "dead_letter_config")),
        ("aws_scheduler_schedule", ("target",)),
        ("aws_s3_bucket_notification", ("bucket", "lambda_function", "queue", "topic")),
        ("aws_sns_topic_subscription", ("topic_arn", "endpoint", "redrive_policy")),
    ):
        for item in context.view.items(kind):
            unknown = any(_is_open(context, item.get(argument)) for argument in arguments)
            unknown = unknown or has_symbols(str(item.get("protocol", "")))
            if unknown or not item.certain or any(item.evaluator.leaves_open(item, each) for each in arguments):
                return True
    return False


def _is_of(context: Context, subscription: Item, topic: Item) -> bool:
    return context.view.find(subscription.get("topic_arn"), "aws_sns_topic") is topic


def _is_open(context: Context, value: Any) -> bool:
    """Whether a value, or one within it, begins with something unknown."""
    if isinstance(value, (dict, list)):
        return any(_is_open(context, inner) for inner in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and has_symbols(value[:1]) and bool(context.view.symbols.open_symbols(value[:1]))
