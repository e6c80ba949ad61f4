"""Every policy document of a configuration, with what kind of policy it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plan_review.evaluate.items import Item
    from plan_review.policies.statements import Statement
    from plan_review.rules.context import Context


# Type → the argument that holds a policy. Trust policies have no resources, identity policies no principals.
IDENTITY = {
    "aws_iam_role_policy": "policy",
    "aws_iam_policy": "policy",
    "aws_iam_user_policy": "policy",
    "aws_iam_group_policy": "policy",
}


TRUST = {"aws_iam_role": "assume_role_policy"}


RESOURCE = {
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_cloudwatch_event_bus_policy": "policy",
    "aws_cloudwatch_log_resource_policy": "policy_document",
    "aws_secretsmanager_secret_policy": "policy",
}


@dataclass(frozen=True, slots=True)
class Document:
    """A policy in an argument. ``kind`` is ``identity``, ``trust`` or ``resource``."""

    item: Item
    argument: str
    kind: str
    text: Any


def documents(context: Context) -> Iterator[Document]:
    """Yield every policy document of a configuration."""
    for kind, places in (("identity", IDENTITY), ("trust", TRUST), ("resource", RESOURCE)):
        for name, argument in places.items():
            for item in context.view.items(name):
                if item.get(argument) not in (None, ""):
                    yield Document(item, argument, kind, item.get(argument))
    for role in context.view.items("aws_iam_role"):
        for block in role.blocks("inline_policy"):
            if block.get("policy"):
                yield Document(role, "inline_policy", "identity", block["policy"])


def statements_of(context: Context, document: Document) -> tuple[Statement, ...]:
    """Return the statements of a document; none where it is malformed."""
    value = document.text if document.argument == "inline_policy" else None
    return context.access.roles.document(document.item, document.argument, value)
