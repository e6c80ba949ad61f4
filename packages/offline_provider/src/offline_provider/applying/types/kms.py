"""KMS: keys, aliases, and key policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.fields import always, nonzero
from offline_provider.applying.generated_names import prefix_of, unique_name
from offline_provider.applying.resource_type import Call, Read, ResourceType, Tags
from offline_provider.planning.json_documents import go_json

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_GONE = frozenset({"NotFoundException"})
_DELETED = ("PendingDeletion", "PendingReplicaDeletion")

_ALIAS_PREFIX = "alias/"
_ALIAS_FIELDS = {"name": "AliasName", "target_key_id": "TargetKeyId"}


def _key_id(resource: Resource) -> dict[str, Any]:
    return {"KeyId": resource["key_id"] or resource["id"]}


def _policy_of(resource: Resource) -> dict[str, Any]:
    return _key_id(resource) | {"PolicyName": "default"}


def _alive(response: Any, _resource: Resource) -> Any:
    found = response["KeyMetadata"]
    return None if found["KeyState"] in _DELETED else found


def _put_policy(resource: Resource) -> dict[str, Any]:
    unsafe = bool(resource["bypass_policy_lockout_safety_check"])
    return _policy_of(resource) | {"Policy": resource["policy"], "BypassPolicyLockoutSafetyCheck": unsafe}


_ROTATE = Call(
    "enable_key_rotation",
    lambda key: _key_id(key) | key.request({"rotation_period_in_days": nonzero("RotationPeriodInDays")}),
    writes=("enable_key_rotation", "rotation_period_in_days"),
    when=lambda key: bool(key["enable_key_rotation"]),
)
_DISABLE = Call("disable_key", _key_id, writes=("is_enabled",), when=lambda key: key["is_enabled"] is False)

KEY = ResourceType(
    service="kms",
    what="KMS key",
    called="id",
    identity=lambda key: str(key["key_id"]),
    create=(
        Call(
            "create_key",
            {
                "bypass_policy_lockout_safety_check": nonzero("BypassPolicyLockoutSafetyCheck"),
                "custom_key_store_id": "CustomKeyStoreId",
                "customer_master_key_spec": "KeySpec",
                "description": "Description",
                "key_usage": "KeyUsage",
                "multi_region": nonzero("MultiRegion"),
                "policy": "Policy",
                "xks_key_id": "XksKeyId",
            },
            returns={"key_id": "KeyMetadata.KeyId", "arn": "KeyMetadata.Arn"},
        ),
        _ROTATE,
        _DISABLE,
    ),
    reads=(
        Read(
            "describe_key",
            _key_id,
            {
                "arn": "Arn",
                "custom_key_store_id": "CustomKeyStoreId",
                "customer_master_key_spec": "KeySpec",
                "description": "Description",
                "is_enabled": "Enabled",
                "key_id": "KeyId",
                "key_usage": "KeyUsage",
                "multi_region": "MultiRegion",
                "xks_key_id": "XksKeyConfiguration.Id",
            },
            pick=_alive,
        ),
        Read("get_key_policy", _policy_of, {"policy": "Policy"}),
        Read(
            "get_key_rotation_status",
            _key_id,
            {"enable_key_rotation": "KeyRotationEnabled", "rotation_period_in_days": "RotationPeriodInDays"},
            # Keys that cannot be rotated by KMS.
            absent=frozenset({"UnsupportedOperationException", "KMSInvalidStateException"}),
        ),
    ),
    update=(
        Call(
            "enable_key",
            _key_id,
            writes=("is_enabled",),
            when=lambda key: key["is_enabled"] is not False,
        ),
        _ROTATE,
        Call(
            "disable_key_rotation",
            _key_id,
            writes=("enable_key_rotation",),
            when=lambda key: not key["enable_key_rotation"],
        ),
        Call(
            "update_key_description",
            lambda key: _key_id(key) | key.request({"description": always("Description")}),
            writes=("description",),
        ),
        Call("put_key_policy", _put_policy, writes=("policy",), when=lambda key: bool(key["policy"])),
        _DISABLE,
    ),
    delete=(
        Call(
            "schedule_key_deletion",
            lambda key: _key_id(key) | key.request({"deletion_window_in_days": nonzero("PendingWindowInDays")}),
        ),
    ),
    importing=lambda identifier: {"key_id": identifier.rsplit("/", 1)[-1]},
    kept=frozenset({"deletion_window_in_days"}),
    tags=Tags(
        key=("KeyId", "key_id"),
        read="list_resource_tags",
        form=("TagKey", "TagValue"),
    ),
    gone=_GONE,
)


def _alias(response: Any, alias: Resource) -> Any:
    name = alias["name"] or alias["id"]
    found = next((each for each in response["Aliases"] if each["AliasName"] == name), None)
    if found is None or not found.get("TargetKeyId"):
        return None
    key_arn = found["AliasArn"].rsplit(":", 1)[0] + f":key/{found['TargetKeyId']}"
    return found | {"target_key_arn": key_arn}


def _alias_name(alias: Resource) -> dict[str, Any]:
    return {} if alias["name"] else {"name": unique_name(alias["name_prefix"] or _ALIAS_PREFIX)}


ALIAS = ResourceType(
    service="kms",
    what="KMS alias",
    called="name",
    identity=lambda alias: str(alias["name"]),
    generated=_alias_name,
    create=(Call("create_alias", _ALIAS_FIELDS),),
    reads=(
        Read(
            "list_aliases",
            {},
            {**_ALIAS_FIELDS, "arn": "AliasArn", "target_key_arn": "target_key_arn"},
            pick=_alias,
        ),
    ),
    derive=lambda _alias, found: {"name_prefix": prefix_of(found["name"])},
    update=(Call("update_alias", _ALIAS_FIELDS),),
    delete=(Call("delete_alias", lambda alias: {"AliasName": alias["name"]}),),
    importing=lambda identifier: {"name": identifier},
    kept=frozenset({"name_prefix"}),
    gone=_GONE,
    exists=frozenset({"AlreadyExistsException"}),
)


def _default_policy(resource: Resource) -> dict[str, Any]:
    """Return the policy that a key has without one of its own; see "Default key policy" in the KMS guide."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{resource.partition}:iam::{resource.account}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    return _policy_of(resource) | {"Policy": go_json(policy), "BypassPolicyLockoutSafetyCheck": True}


_PUT = Call("put_key_policy", _put_policy, writes=("key_id", "policy", "bypass_policy_lockout_safety_check"))

KEY_POLICY = ResourceType(
    service="kms",
    what="policy of KMS key",
    called="key_id",
    identity=lambda policy: str(policy["key_id"]),
    create=(_PUT,),
    reads=(
        Read("describe_key", _key_id, {}, pick=_alive),
        Read("get_key_policy", _policy_of, {"policy": "Policy"}),
    ),
    derive=lambda policy, _found: {"key_id": policy["key_id"] or policy["id"]},
    update=(_PUT,),
    # A key is never without a policy.
    delete=(Call("put_key_policy", _default_policy),),
    importing=lambda identifier: {"key_id": identifier},
    gone=_GONE,
)

TYPES = {"aws_kms_key": KEY, "aws_kms_alias": ALIAS, "aws_kms_key_policy": KEY_POLICY}
