"""SQS: queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.errors import CALL_FAILURES, code_of
from offline_provider.applying.fields import Fields, text, to_request
from offline_provider.applying.generated_names import named, prefix_of
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_GONE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
_FIFO = ".fifo"

_ATTRIBUTES: Fields = {
    "content_based_deduplication": text("ContentBasedDeduplication", zero=False),
    "deduplication_scope": "DeduplicationScope",
    "delay_seconds": text("DelaySeconds"),
    "fifo_queue": text("FifoQueue", zero=False),
    "fifo_throughput_limit": "FifoThroughputLimit",
    "kms_data_key_reuse_period_seconds": text("KmsDataKeyReusePeriodSeconds", zero=False),
    "kms_master_key_id": "KmsMasterKeyId",
    "max_message_size": text("MaximumMessageSize"),
    "message_retention_seconds": text("MessageRetentionPeriod"),
    "policy": "Policy",
    "receive_wait_time_seconds": text("ReceiveMessageWaitTimeSeconds"),
    "redrive_allow_policy": "RedriveAllowPolicy",
    "redrive_policy": "RedrivePolicy",
    "sqs_managed_sse_enabled": text("SqsManagedSseEnabled"),
    "visibility_timeout_seconds": text("VisibilityTimeout"),
}
_KEY_REUSE_SECONDS = 300
"""SQS's own default, which it does not tell of a queue without a key."""
_EMPTIED = ("kms_master_key_id", "policy", "redrive_allow_policy", "redrive_policy")
"""What is taken away by setting it to nothing."""


def _create(queue: Resource) -> dict[str, Any]:
    return {"QueueName": queue["name"], "Attributes": to_request(_ATTRIBUTES, queue.values)}


def _change(queue: Resource) -> dict[str, Any]:
    changed = {name: field for name, field in _ATTRIBUTES.items() if queue.changed(name) and name != "fifo_queue"}
    attributes = to_request(changed, queue.values)
    attributes |= {str(_ATTRIBUTES[name]): "" for name in _EMPTIED if name in changed and not queue[name]}
    if queue["kms_master_key_id"]:
        attributes.pop("SqsManagedSseEnabled", None)  # the two exclude each other
    return {"QueueUrl": queue["url"], "Attributes": attributes}


def _url(queue: Resource) -> dict[str, Any]:
    return {"QueueUrl": queue["url"] or queue["id"]}


def _derived(queue: Resource, found: dict[str, Any]) -> dict[str, Any]:
    url = queue["url"] or queue["id"]
    name = str(url).rsplit("/", 1)[-1]
    told = {key: value for key, value in found.items() if value is not None}
    told.setdefault("kms_data_key_reuse_period_seconds", _KEY_REUSE_SECONDS)
    return {"name": name, "url": url, "name_prefix": prefix_of(name, _FIFO), "fifo_queue": name.endswith(_FIFO), **told}


def _is_gone(queue: Resource) -> bool:
    try:
        queue.send("get_queue_attributes", _url(queue) | {"AttributeNames": ["QueueArn"]})
    except CALL_FAILURES as error:
        if code_of(error) in _GONE:
            return True
        raise
    return False


QUEUE = ResourceType(
    service="sqs",
    what="SQS queue",
    called="name",
    identity=lambda queue: str(queue["url"]),
    generated=named("name", suffix=lambda queue: _FIFO if queue["fifo_queue"] else ""),
    create=(Call("create_queue", _create, writes=("name", *_ATTRIBUTES), returns={"url": "QueueUrl"}),),
    reads=(
        Read(
            "get_queue_attributes",
            lambda queue: _url(queue) | {"AttributeNames": ["All"]},
            {**_ATTRIBUTES, "arn": "QueueArn"},
            pick="Attributes",
        ),
    ),
    derive=_derived,
    update=(
        Call(
            "set_queue_attributes",
            _change,
            writes=tuple(name for name in _ATTRIBUTES if name != "fifo_queue"),
        ),
    ),
    delete=(Call("delete_queue", _url),),
    vanished=_is_gone,
    importing=lambda identifier: {"url": identifier},
    kept=frozenset({"name_prefix"}),
    tags=Tags(
        key=("QueueUrl", "url"),
        read="list_queue_tags",
        write="tag_queue",
        erase="untag_queue",
        form=None,
        on_create="tags",
    ),
    gone=_GONE,
    exists=frozenset({"QueueAlreadyExists", "QueueNameExists"}),
    busy=frozenset({"AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"}),
)

TYPES = {"aws_sqs_queue": QUEUE}
