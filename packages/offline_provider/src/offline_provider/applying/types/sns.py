"""SNS: topics, their policies, and subscriptions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from offline_provider.applying.fields import Field, text
from offline_provider.applying.generated_names import named, prefix_of
from offline_provider.applying.resource_type import Call, Read, ResourceType, Step, Tags
from offline_provider.planning.json_documents import go_json

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_GONE = frozenset({"NotFound", "NotFoundException"})
_FIFO = ".fifo"

_NOTHING = {"filter_policy": "{}"}
"""What takes an attribute away, where it is not an empty text."""
_SET_POLICY = Call(
    "set_topic_attributes",
    lambda policy: {"TopicArn": policy["arn"], "AttributeName": "Policy", "AttributeValue": policy["policy"]},
    writes=("arn", "policy"),
)
_SUBSCRIPTION: dict[str, Field] = {
    "delivery_policy": Field("DeliveryPolicy"),
    "filter_policy": Field("FilterPolicy"),
    "filter_policy_scope": Field("FilterPolicyScope"),
    "raw_message_delivery": text("RawMessageDelivery"),
    "redrive_policy": Field("RedrivePolicy"),
    "replay_policy": Field("ReplayPolicy"),
    "subscription_role_arn": Field("SubscriptionRoleArn"),
}


def _percentage(member: str) -> Field:
    """Return a field that is sent as 0 where nothing is configured."""
    return replace(text(member), write=lambda value: str(value or 0), omit=lambda _value: False)


_FEEDBACK = {
    f"{protocol}_{name}": field
    for protocol, prefix in (
        ("application", "Application"),
        ("firehose", "Firehose"),
        ("http", "HTTP"),
        ("lambda", "Lambda"),
        ("sqs", "SQS"),
    )
    for name, field in (
        ("failure_feedback_role_arn", Field(f"{prefix}FailureFeedbackRoleArn")),
        ("success_feedback_role_arn", Field(f"{prefix}SuccessFeedbackRoleArn")),
        ("success_feedback_sample_rate", _percentage(f"{prefix}SuccessFeedbackSampleRate")),
    )
}
_TOPIC: dict[str, Field] = {
    **_FEEDBACK,
    "archive_policy": Field("ArchivePolicy"),
    "content_based_deduplication": text("ContentBasedDeduplication", zero=False),
    "delivery_policy": Field("DeliveryPolicy"),
    "display_name": Field("DisplayName"),
    "fifo_throughput_scope": Field("FifoThroughputScope"),
    "fifo_topic": text("FifoTopic", zero=False),
    "kms_master_key_id": Field("KmsMasterKeyId"),
    "policy": Field("Policy"),
    "signature_version": text("SignatureVersion", zero=False),
    "tracing_config": Field("TracingConfig"),
}
_CHANGEABLE = {name: field for name, field in _TOPIC.items() if name != "fifo_topic"}


def _write_each(fields: dict[str, Field], operation: str, key: tuple[str, str]) -> Any:
    """Return a step that sets each changed attribute by a call of its own; there is no other way in SNS."""

    def write(resource: Resource) -> None:
        for name, field in fields.items():
            if not resource.changed(name):
                continue
            value = _NOTHING.get(name, "") if resource[name] in (None, "") else field.write(resource[name])
            request = {key[0]: resource[key[1]], "AttributeName": field.member, "AttributeValue": value}
            resource.send(operation, request)

    return write


def _create(topic: Resource) -> dict[str, Any]:
    return {"Name": topic["name"], "Attributes": topic.request(_TOPIC)}


def _topic_arn(topic: Resource) -> dict[str, Any]:
    return {"TopicArn": topic["arn"] or topic["id"]}


TOPIC = ResourceType(
    service="sns",
    what="SNS topic",
    called="name",
    identity=lambda topic: str(topic["arn"]),
    generated=named("name", suffix=lambda topic: _FIFO if topic["fifo_topic"] else ""),
    create=(Call("create_topic", _create, writes=("name", *_TOPIC), returns={"arn": "TopicArn"}),),
    reads=(
        Read(
            "get_topic_attributes",
            _topic_arn,
            {**_TOPIC, "arn": "TopicArn", "owner": "Owner", "beginning_archive_time": "BeginningArchiveTime"},
            pick="Attributes",
        ),
    ),
    derive=lambda _topic, found: {
        "name": (name := found["arn"].rsplit(":", 1)[-1]),
        "name_prefix": prefix_of(name, _FIFO),
    },
    update=(
        Step(
            _write_each(_CHANGEABLE, "set_topic_attributes", ("TopicArn", "arn")),
            ("SetTopicAttributes",),
            writes=tuple(_CHANGEABLE),
        ),
    ),
    delete=(Call("delete_topic", _topic_arn),),
    importing=lambda identifier: {"arn": identifier},
    kept=frozenset({"name_prefix"}),
    tags=Tags(key=("ResourceArn", "arn")),
    gone=_GONE,
)


def _default_policy(policy: Resource) -> dict[str, Any]:
    """Return the policy that a topic has without one of its own, as a new topic shows it."""
    actions = (
        "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe",
        "ListSubscriptionsByTopic", "Publish",
    )  # fmt: skip
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions],
        "Resource": policy["arn"],
        "Condition": {"StringEquals": {"AWS:SourceOwner": policy["owner"]}},
    }
    document = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    return {"TopicArn": policy["arn"], "AttributeName": "Policy", "AttributeValue": go_json(document)}


TOPIC_POLICY = ResourceType(
    service="sns",
    what="policy of SNS topic",
    called="arn",
    identity=lambda policy: str(policy["arn"]),
    create=(_SET_POLICY,),
    reads=(
        Read(
            "get_topic_attributes",
            _topic_arn,
            {"arn": "TopicArn", "owner": "Owner", "policy": "Policy"},
            pick="Attributes",
        ),
    ),
    update=(_SET_POLICY,),
    # A topic is never without a policy.
    delete=(Call("set_topic_attributes", _default_policy, gone_is_fine=True),),
    importing=lambda identifier: {"arn": identifier},
    gone=_GONE,
)


def _subscribe(subscription: Resource) -> None:
    """Subscribe, and find the ARN of what nobody has confirmed yet: emulators say ``pending confirmation`` instead."""
    topic, protocol, endpoint = (subscription[name] for name in ("topic_arn", "protocol", "endpoint"))
    attributes = subscription.request(_SUBSCRIPTION)
    request = {
        "TopicArn": topic,
        "Protocol": protocol,
        "Endpoint": endpoint,
        "ReturnSubscriptionArn": True,
        "Attributes": {name: _text(value) for name, value in attributes.items() if value != "false"},
    }
    arn = subscription.send("subscribe", request)["SubscriptionArn"]
    if not arn.startswith("arn:"):
        for page in subscription.pages("list_subscriptions_by_topic", TopicArn=topic):
            for found in page["Subscriptions"]:
                if (found["Protocol"], found["Endpoint"]) == (protocol, endpoint):
                    arn = found["SubscriptionArn"]
    subscription.values["arn"] = arn


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


SUBSCRIPTION = ResourceType(
    service="sns",
    what="SNS subscription",
    called="endpoint",
    identity=lambda subscription: str(subscription["arn"]),
    create=(Step(_subscribe, ("Subscribe",), writes=("topic_arn", "protocol", "endpoint", *_SUBSCRIPTION)),),
    reads=(
        Read(
            "get_subscription_attributes",
            lambda subscription: {"SubscriptionArn": subscription["arn"] or subscription["id"]},
            {
                **_SUBSCRIPTION,
                "arn": "SubscriptionArn",
                "confirmation_was_authenticated": text("ConfirmationWasAuthenticated"),
                "endpoint": "Endpoint",
                "owner_id": "Owner",
                "pending_confirmation": text("PendingConfirmation"),
                "protocol": "Protocol",
                "topic_arn": "TopicArn",
            },
            pick="Attributes",
        ),
    ),
    update=(
        Step(
            _write_each(_SUBSCRIPTION, "set_subscription_attributes", ("SubscriptionArn", "arn")),
            ("SetSubscriptionAttributes",),
            writes=tuple(_SUBSCRIPTION),
        ),
    ),
    delete=(Call("unsubscribe", lambda subscription: {"SubscriptionArn": subscription["arn"]}),),
    importing=lambda identifier: {"arn": identifier},
    kept=frozenset({"confirmation_timeout_in_minutes", "endpoint_auto_confirms"}),
    verbatim=frozenset({"delivery_policy", "filter_policy", "redrive_policy", "replay_policy"}),
    gone=_GONE,
)

TYPES = {
    "aws_sns_topic": TOPIC,
    "aws_sns_topic_policy": TOPIC_POLICY,
    "aws_sns_topic_subscription": SUBSCRIPTION,
}
