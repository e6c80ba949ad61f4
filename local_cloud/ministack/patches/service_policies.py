"""A queue's or topic's own policy decides whether an AWS service may deliver to it, with or without ``--auth``.

Gap: without AUTH MiniStack delivers to every queue and topic, and an alarm publishes to every topic at all times, so
that a forgotten policy is noticed only on AWS, where SNS, S3, EventBridge and alarms then deliver nothing.
Until: MiniStack can enforce resource policies for service deliveries apart from AUTH.
"""

# ruff: noqa: SLF001 - a patch reaches where MiniStack has no public way

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch, sns, sqs

from local_cloud.ministack.patches.base import wrap
from local_cloud.ministack.patches.permissions import service_allowed

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.ministack.settings import Settings

logger = logging.getLogger("policies")

_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def apply(settings: Settings, run_dir: Path) -> None:
    """Evaluate the policies for every delivery."""
    del settings, run_dir

    @wrap(sqs, "queue_policy_allows", "5de01aa09a4c")
    def queue_allows(_original: Any, queue_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        del source_account
        queue = sqs._queue_by_arn(queue_arn)
        policy = queue and queue["attributes"].get("Policy")
        return _allows(policy, service, "sqs:SendMessage", queue_arn, source_arn)

    @wrap(sns, "topic_policy_allows", "2c5001e5af7e")
    def topic_allows(_original: Any, topic_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        del source_account
        topic = sns._topic_by_arn_any_scope(topic_arn)
        policy = topic and topic.get("attributes", {}).get("Policy")
        return _allows(policy, service, "sns:Publish", topic_arn, source_arn)

    @wrap(cloudwatch, "_dispatch_alarm_actions", "fcf47c0d1e6e")
    def dispatch_actions(dispatch: Any, alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        kind = _ACTIONS[new_state]
        allowed = [action for action in alarm.get(kind) or [] if _may_act(alarm["AlarmArn"], action)]
        dispatch({**alarm, kind: allowed}, old_state, new_state, reason)


def _may_act(alarm_arn: str, action: str) -> bool:
    if sns._topic_by_arn_any_scope(action) is None:
        return True  # no topic: MiniStack does nothing with it anyway
    return bool(sns.topic_policy_allows(action, "cloudwatch.amazonaws.com", alarm_arn, ""))


def _allows(policy: str | None, service: str, action: str, resource_arn: str, source_arn: str) -> bool:
    allowed = bool(policy) and service_allowed(
        policy, service=service, action=action, resource_arn=resource_arn, source_arn=source_arn
    )
    if not allowed:
        logger.warning(
            "%s from %s may not %s on %s: its policy does not allow it", service, source_arn, action, resource_arn
        )
    return allowed
