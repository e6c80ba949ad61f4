"""Who is told: the topic, the key that encrypts it, its subscribers, and what becomes of undeliverable notices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.kms_key_policy import KmsKeyPolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from lambda_src.notice_events import EVENT_ATTRIBUTE
from stacks.naming import Names, fixed
from stacks.policy import Statement, document
from stacks.queues import ServiceQueue

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

    from stacks.config import NotificationsConfig

USE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
"""What a publisher to an encrypted topic needs on its key (SNS Developer Guide, "Key management")."""
KEY_DELETION_DAYS = 7


class Notifications(Construct):
    """One topic for success and failure; subscribers filter by the message attributes ``event`` and ``environment``.

    The key is our own because CloudWatch alarms cannot publish to a topic encrypted under ``aws/sns``.
    """

    def __init__(self, scope: Construct, id_: str, *, names: Names, settings: NotificationsConfig) -> None:
        super().__init__(scope, id_)
        self._account_id = names.account_id
        self.key = fixed(
            KmsKey(
                self,
                "NotificationKey",
                description=f"Encrypts notifications of {names.of('notifications')}",
                enable_key_rotation=True,
                deletion_window_in_days=KEY_DELETION_DAYS,
            )
        )
        # A resource of its own, so that the topic and its queues need not wait until the policy has settled.
        key_policy = fixed(
            KmsKeyPolicy(self, "NotificationKeyPolicy", key_id=self.key.key_id, policy=self._key_policy())
        )
        fixed(
            KmsAlias(
                self,
                "NotificationKeyAlias",
                name=f"alias/{names.of('notifications')}",
                target_key_id=self.key.key_id,
            )
        )
        self.topic = fixed(
            SnsTopic(self, "NotificationTopic", name=names.of("notifications"), kms_master_key_id=self.key.key_id)
        )
        topic_policy = fixed(
            SnsTopicPolicy(self, "NotificationTopicPolicy", arn=self.topic.arn, policy=self._topic_policy())
        )
        self.alarms_may_publish = (key_policy, topic_policy)
        self.dead_letters = self._queue("NotificationDeadLetterQueue", names.of("notification-dead-letters"))
        self.inbox = self._subscribe_inbox(names) if settings.inbox else None
        for index, subscription in enumerate(settings.subscriptions, start=1):
            self._subscribe(
                f"NotificationSubscription{index}",
                protocol=subscription.protocol,
                endpoint=subscription.endpoint,
                events=subscription.events,
            )

    def may_publish(self) -> tuple[Statement, ...]:
        """Return what a role needs to publish to the topic."""
        return (
            Statement(sid="PublishNotices", actions=("sns:Publish",), resources=(self.topic.arn,)),
            Statement(sid="EncryptNotices", actions=USE_KEY, resources=(self.key.arn,)),
        )

    def _key_policy(self) -> str:
        itself = "in a key's policy the resource * is the key itself"
        delegates = f"{itself}, and what the account may not do with it nobody could ever do or undo"
        return document(
            Statement(
                sid="AccountAdministers",
                # IAM reads an account's id as its root, which leaves access to the account's IAM policies.
                principal={"AWS": self._account_id},
                actions=("kms:*",),
                resources=("*",),
                wildcard_reason=delegates,
            ),
            Statement(
                sid="AlarmsPublish",
                principal={"Service": "cloudwatch.amazonaws.com"},
                actions=USE_KEY,
                resources=("*",),
                wildcard_reason=itself,
            ),
        )

    def _topic_policy(self) -> str:
        """Let this account's alarms publish; roles of the account publish by their own policies."""
        return document(
            Statement(
                sid="AlarmsPublish",
                principal={"Service": "cloudwatch.amazonaws.com"},
                actions=("sns:Publish",),
                resources=(self.topic.arn,),
                conditions={"StringEquals": {"aws:SourceAccount": self._account_id}},
            )
        )

    def _queue(self, id_: str, name: str) -> SqsQueue:
        return ServiceQueue(self, id_, name=name, service="sns.amazonaws.com", source_arn=self.topic.arn).queue

    def _subscribe_inbox(self, names: Names) -> SqsQueue:
        inbox = self._queue("InboxQueue", names.of("inbox"))
        self._subscribe("InboxSubscription", protocol="sqs", endpoint=inbox.arn)
        return inbox

    def _subscribe(self, id_: str, *, protocol: str, endpoint: str, events: tuple[str, ...] = ()) -> None:
        fixed(
            SnsTopicSubscription(
                self,
                id_,
                topic_arn=self.topic.arn,
                protocol=protocol,
                endpoint=endpoint,
                filter_policy=json.dumps({EVENT_ATTRIBUTE: list(events)}) if events else None,
                redrive_policy=json.dumps({"deadLetterTargetArn": self.dead_letters.arn}),
            )
        )
