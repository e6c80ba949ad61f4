from __future__ import annotations

from typing import TYPE_CHECKING

from plan_review.aws.arns import service_of
from plan_review.findings import Severity
from plan_review.rules.need import Need
from plan_review.rules.rule import rule_of_needs
from plan_review.rules.shared.receivers import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.language.paths import Path
    from plan_review.rules.context import Context


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
                function = context.view.find(arn, *FUNCTIONS)
                owner = topic or function
                if owner is None:
                    elsewhere[str(arn)] = elsewhere.get(str(arn), (alarm, (argument, index)))
                    continue
                conditions = {"aws:sourceowner": (alarm.account,), "aws:sourcearn": (alarm.arn,)}
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
        service = service_of(arn)
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
