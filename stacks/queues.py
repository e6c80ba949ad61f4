"""Queues: dead letters and the inbox. Encrypted by SQS itself, open to exactly the sources that are named."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from stacks.naming import fixed
from stacks.policy import Statement, document

LONGEST_RETENTION_SECONDS = 14 * 24 * 3600
"""The longest that SQS keeps a message (``MessageRetentionPeriod``): a dead letter waits for a person."""


class ServiceQueue(Construct):
    """A queue that AWS services send to.

    ``SqsManagedSseEnabled`` rather than a KMS key: EventBridge and SNS could not send under ``aws/sqs``, and a key of
    our own would need a grant for each of them without keeping anyone out that the queue policy lets in.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str) -> None:
        super().__init__(scope, id_)
        self.queue = fixed(
            SqsQueue(
                self,
                id_,
                name=name,
                message_retention_seconds=LONGEST_RETENTION_SECONDS,
                sqs_managed_sse_enabled=True,
            )
        )
        self._id = id_

    def accept(self, *, service: str, source_arn: str) -> SqsQueuePolicy:
        """Let one service send on behalf of one resource; what sends must depend on the policy returned."""
        statement = Statement(
            sid="SourceSends",
            principal={"Service": service},
            actions=("sqs:SendMessage",),
            resources=(self.queue.arn,),
            conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
        )
        return fixed(SqsQueuePolicy(self, f"{self._id}Policy", queue_url=self.queue.url, policy=document(statement)))
