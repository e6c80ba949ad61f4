"""CloudWatch Logs: log groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.generated_names import name_of, named
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_PUT_RETENTION = Call(
    "put_retention_policy",
    {"name": "logGroupName", "retention_in_days": "retentionInDays"},
    when=lambda group: bool(group["retention_in_days"]),
)


def _this_group(response: Any, resource: Resource) -> Any:
    """Find the group among those whose names begin alike; Terraform knows its ARN without the ``:*``."""
    name = resource["name"] or resource["id"]
    for group in response["logGroups"]:
        if group["logGroupName"] == name:
            return group | {"arn": group["arn"].removesuffix(":*")}
    return None


LOG_GROUP = ResourceType(
    service="logs",
    what="log group",
    called="name",
    identity=lambda group: str(group["name"]),
    generated=named("name"),
    create=(
        Call(
            "create_log_group",
            {
                "name": "logGroupName",
                "kms_key_id": "kmsKeyId",
                "log_group_class": "logGroupClass",
                "deletion_protection_enabled": "deletionProtectionEnabled",
            },
        ),
        _PUT_RETENTION,
    ),
    reads=(
        Read(
            "describe_log_groups",
            lambda group: {"logGroupNamePrefix": group["name"] or group["id"]},
            {
                "name": "logGroupName",
                "arn": "arn",
                "kms_key_id": "kmsKeyId",
                "log_group_class": "logGroupClass",
                "retention_in_days": "retentionInDays",
                "deletion_protection_enabled": "deletionProtectionEnabled",
            },
            pick=_this_group,
        ),
    ),
    derive=name_of("name"),
    update=(
        _PUT_RETENTION,
        Call(
            "delete_retention_policy",
            lambda group: {"logGroupName": group["name"]},
            writes=("retention_in_days",),
            when=lambda group: not group["retention_in_days"],
        ),
        Call(
            "associate_kms_key",
            {"name": "logGroupName", "kms_key_id": "kmsKeyId"},
            when=lambda group: bool(group["kms_key_id"]),
        ),
        Call(
            "disassociate_kms_key",
            lambda group: {"logGroupName": group["name"]},
            writes=("kms_key_id",),
            when=lambda group: not group["kms_key_id"],
        ),
        Call(
            "put_log_group_deletion_protection",
            lambda group: {
                "logGroupIdentifier": group["name"],
                "deletionProtectionEnabled": bool(group["deletion_protection_enabled"]),
            },
            writes=("deletion_protection_enabled",),
        ),
    ),
    delete=(
        Call(
            "delete_log_group",
            lambda group: {"logGroupName": group["name"]},
            when=lambda group: not group["skip_destroy"],
        ),
    ),
    importing=lambda identifier: {"name": identifier, "skip_destroy": False},
    kept=frozenset({"name_prefix", "skip_destroy"}),
    tags=Tags(key=("resourceArn", "arn"), member="tags", keys="tagKeys", found="tags", form=None, on_create="tags"),
    gone=frozenset({"ResourceNotFoundException"}),
    exists=frozenset({"ResourceAlreadyExistsException"}),
    busy=frozenset({"OperationAbortedException"}),
)

TYPES = {"aws_cloudwatch_log_group": LOG_GROUP}
