"""Queues: dead letters and the inbox. Encrypted by SQS itself, open to exactly the sources that are named."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from stacks.naming import fixed
from stacks.policy import Statement, document

LONGEST_RETENTION_SECONDS = 14 * 24 * 3600
"""The longest that SQS keeps a message (``MessageRetentionPeriod``): a dead letter waits for a person."""


class ServiceQueue(Construct):
    """A queue that one AWS service sends to on behalf of one resource, its source.

    The policy is an argument of the queue and no resource of its own: what depends on the queue then finds the policy
    in place, and a deployment waits once instead of twice for SQS to settle (25 s each in the AWS provider).

    ``SqsManagedSseEnabled`` rather than a KMS key: EventBridge and SNS could not send under ``aws/sqs``, and a key of
    our own would need a grant for each of them without keeping anyone out that the queue policy lets in.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, service: str, source_arn: str) -> None:
        super().__init__(scope, id_)
        statement = Statement(
            sid="SourceSends",
            principal={"Service": service},
            actions=("sqs:SendMessage",),
            # A pattern, because a queue whose policy refers to its own ARN is a cycle of one.
            resources=(f"arn:aws:sqs:*:*:{name}",),
            conditions={"ArnEquals": {"aws:SourceArn": source_arn}},
        )
        self.queue = fixed(
            SqsQueue(
                self,
                id_,
                name=name,
                message_retention_seconds=LONGEST_RETENTION_SECONDS,
                sqs_managed_sse_enabled=True,
                policy=document(statement),
            )
        )
