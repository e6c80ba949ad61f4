"""Messages from one service to another: notifications, subscriptions, alarms, and the queues for what fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plan_review.findings import Severity, Verdict
from plan_review.rules.needs import Need, collects, unmet
from plan_review.rules.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.configuration.model import Path
    from plan_review.evaluate.items import Item
    from plan_review.rules.rule import Context

_FUNCTIONS = ("aws_lambda_function", "aws_lambda_alias")
_SEND = "sqs:SendMessage"

# Block of aws_s3_bucket_notification → its argument, the types behind it, the action that S3 performs.
_NOTIFIED = {
    "lambda_function": ("lambda_function_arn", _FUNCTIONS, "lambda:InvokeFunction"),
    "queue": ("queue_arn", ("aws_sqs_queue",), _SEND),
    "topic": ("topic_arn", ("aws_sns_topic",), "sns:Publish"),
}


@rule_of_needs(
    "bucket-notification-permission",
    title="A bucket may notify the functions, queues and topics that it is set to notify",
    why="S3 tests every destination when the notification is put, under the destination's own policy.",
    consequence="InvalidArgument: Unable to validate the following destination configurations",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html",),
)
def bucket_notification_permission(context: Context) -> Iterator[Need]:
    """Each destination lets S3 in for this bucket."""
    for notification in context.view.items("aws_s3_bucket_notification"):
        bucket = context.view.find(notification.get("bucket"), "aws_s3_bucket")
        name = str(notification.get("bucket", ""))
        source = bucket.arn if bucket is not None else f"arn:aws:s3:::{name}"
        for block, (argument, types, action) in _NOTIFIED.items():
            for index, entry in enumerate(notification.blocks(block)):
                arn = str(entry.get(argument, ""))
                owner = context.view.find(arn, *types)
                if arn and (owner is not None or not opened_for(context, source)):
                    yield Need(
                        item=notification,
                        principal="s3.amazonaws.com",
                        action=action,
                        resource=arn,
                        owner=owner,
                        conditions={"aws:sourcearn": (source,)},
                        purpose="for this bucket",
                        path=(block, index, argument),
                        at_creation=True,
                    )


@rule_of_needs(
    "subscription-permission",
    title="A topic may deliver to the functions and queues that subscribe to it",
    why="SNS delivers under the policy of the queue or function; subscribing gives no permission.",
    consequence="messages are not delivered and are dropped, unless the subscription has a dead-letter queue",
    sources=(
        "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html",
    ),
)
def subscription_permission(context: Context) -> Iterator[Need]:
    """Each endpoint lets SNS in for this topic."""
    for subscription in context.view.items("aws_sns_topic_subscription"):
        endpoint = str(subscription.get("endpoint", ""))
        topic = str(subscription.get("topic_arn", ""))
        protocol = subscription.get("protocol")
        types = {"lambda": _FUNCTIONS, "sqs": ("aws_sqs_queue",)}.get(str(protocol), ())
        owner = context.view.find(endpoint, *types)
        if not types or not endpoint or (owner is None and opened_for(context, topic)):
            continue
        yield Need(
            item=subscription,
            principal="sns.amazonaws.com",
            action="lambda:InvokeFunction" if protocol == "lambda" else _SEND,
            resource=endpoint,
            owner=owner,
            conditions={"aws:sourcearn": (topic,)},
            purpose="for this topic",
            path=("endpoint",),
            at_first_use=True,
        )


def parsed(value: Any) -> dict[str, Any] | None:
    """Return the object that a JSON argument holds; None where it is none or not known."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


@rule_of_needs(
    "dead-letter-queue-permission",
    title="A dead-letter queue takes messages from the service that writes to it",
    why=(
        "EventBridge and SNS write dead letters under the queue's policy. Naming the queue gives no permission, and a "
        "queue without a policy takes nothing from a service."
    ),
    consequence="what could not be delivered is lost, although there is a dead-letter queue",
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
        "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html",
    ),
)
def dead_letter_queue_permission(context: Context) -> Iterator[Need]:
    """The queue's policy lets the service send for this rule or topic."""
    for target in context.view.items("aws_cloudwatch_event_target"):
        found = context.view.find(target.get("rule"), "aws_cloudwatch_event_rule")
        for block in target.blocks("dead_letter_config"):
            source = found.arn if found is not None else None
            yield from _dead_letter(context, target, "events.amazonaws.com", block.get("arn"), source)
    for subscription in context.view.items("aws_sns_topic_subscription"):
        policy = parsed(subscription.get("redrive_policy")) or {}
        source = str(subscription.get("topic_arn"))
        yield from _dead_letter(context, subscription, "sns.amazonaws.com", policy.get("deadLetterTargetArn"), source)


def _dead_letter(context: Context, item: Item, service: str, arn: Any, source: str | None) -> Iterator[Need]:
    queue = context.view.find(arn, "aws_sqs_queue")
    if not arn or (queue is None and (source is None or opened_for(context, source))):
        return
    yield Need(
        item=item,
        principal=service,
        action=_SEND,
        resource=str(arn),
        owner=queue,
        conditions={"aws:sourcearn": (source,)} if source is not None else {},
        purpose="for what cannot be delivered",
        path=("dead_letter_config",) if service.startswith("events") else ("redrive_policy",),
        at_first_use=True,
    )


def opened_for(context: Context, source: str) -> bool:
    """Whether something lets a service in for a source, on a thing that is not in this configuration."""
    return any(
        source in keys.get(key, ())
        for statement in context.access.resources.elsewhere
        for keys in statement.conditions.values()
        for key in keys
        if key.lower() == "aws:sourcearn"
    )


@rule_of_needs(
    "alarm-action-permission",
    title="An alarm may publish to the topic that it is set to tell",
    why=(
        "CloudWatch publishes under the topic's policy. The default one lets alarms of the account in; a policy that "
        "is stated replaces it, and must let cloudwatch.amazonaws.com in itself."
    ),
    consequence="the alarm's history shows that it `is not authorized to perform: SNS:Publish`; nobody is told",
    sources=(
        "https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    ),
)
def alarm_action_permission(context: Context) -> Iterator[Need]:
    """Topics and functions let CloudWatch in."""
    # What is not in this configuration is named once, not for every alarm that tells it.
    elsewhere: dict[str, tuple[Item, Path]] = {}
    for alarm in context.view.items("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"):
        for argument in ("alarm_actions", "ok_actions", "insufficient_data_actions"):
            actions = alarm.get(argument, [])
            for index, arn in enumerate(actions if isinstance(actions, list) else []):
                topic = context.view.find(arn, "aws_sns_topic")
                function = context.view.find(arn, *_FUNCTIONS)
                owner = topic or function
                if owner is None:
                    elsewhere[str(arn)] = elsewhere.get(str(arn), (alarm, (argument, index)))
                    continue
                own = alarm.arn if alarm.type == "aws_cloudwatch_metric_alarm" else None
                conditions = {"aws:sourceowner": (alarm.account,)}
                if own is not None:
                    conditions["aws:sourcearn"] = (own,)
                yield Need(
                    item=alarm,
                    principal="cloudwatch.amazonaws.com" if topic else "lambda.alarms.cloudwatch.amazonaws.com",
                    action="sns:Publish" if topic else "lambda:InvokeFunction",
                    resource=str(arn),
                    owner=owner,
                    conditions=conditions,
                    purpose="when the alarm changes state",
                    path=(argument, index),
                    at_first_use=True,
                )

    for arn, (alarm, path) in elsewhere.items():
        service = arn.split(":")[2] if arn.startswith("arn:") and arn.count(":") > 1 else ""
        # Besides topics and functions there are instances to stop and groups to scale, which need no policy.
        if service == "sns" or "sns" in context.view.show(arn).lower() or "topic" in context.view.show(arn).lower():
            yield Need(
                item=alarm,
                principal="cloudwatch.amazonaws.com",
                action="sns:Publish",
                resource=arn,
                purpose="when the alarm changes state",
                path=path,
                severity=Severity.WARNING,
            )


@rule(
    "fifo-mismatch",
    title="A queue, its dead-letter queue and what writes to it agree on FIFO",
    why=(
        "A FIFO queue takes dead letters of FIFO queues only, a standard one of standard queues; rules, buckets and "
        "functions write their dead letters and notifications to standard queues."
    ),
    consequence="InvalidParameterValue on creation, or messages that are never delivered",
    sources=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html",
    ),
)
def fifo_mismatch(context: Context) -> Iterator[Found]:
    """Dead-letter queues are of the kind that their source demands."""
    for queue in context.view.items("aws_sqs_queue"):
        target = (parsed(queue.get("redrive_policy")) or {}).get("deadLetterTargetArn")
        dead = context.view.find(target, "aws_sqs_queue")
        if dead is not None and dead.resource.mode == "managed" and _fifo(dead) is not _fifo(queue):
            yield _mismatch(queue, ("redrive_policy",), dead, wanted=_fifo(queue))
    for need in context.needs:
        standard_only = need.rule in ("dead-letter-queue-permission", "bucket-notification-permission")
        if standard_only and need.owner is not None and _fifo(need.owner) and not _from_fifo(context, need):
            yield _mismatch(need.item, need.path, need.owner, wanted=False)


def _fifo(item: Item) -> bool:
    return item.get("fifo_queue") is True or item.get("fifo_topic") is True


def _from_fifo(context: Context, need: Need) -> bool:
    topic = context.view.find(need.item.get("topic_arn"), "aws_sns_topic")
    return topic is not None and _fifo(topic)


def _mismatch(item: Item, path: Any, queue: Item, *, wanted: bool) -> Found:
    kind = "FIFO" if wanted else "standard"
    return Found(
        item=item,
        path=path,
        verdict=Verdict.MISSING,
        message=f"{queue.address} must be a {kind} queue or topic to take its messages",
        remedy=f"use a {kind} one: {'set' if wanted else 'drop'} fifo_queue on {queue.address}",
    )
