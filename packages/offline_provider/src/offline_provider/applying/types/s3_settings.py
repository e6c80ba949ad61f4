"""S3: what a bucket is set to, each setting a type of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.fields import (
    Field,
    Fields,
    from_response,
    nonzero,
    structure,
    structures,
    to_request,
)
from offline_provider.applying.resource_type import Call, Read, ResourceType
from offline_provider.applying.types.s3_bucket import BUCKET, GONE
from offline_provider.applying.types.s3_lifecycle import LIFECYCLE

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_BUSY = frozenset({"OperationAborted"})

_PUBLIC = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}
_OWNERSHIP: Fields = {"rule": structures("Rules", {"object_ownership": "ObjectOwnership"})}
_ENCRYPTION: Fields = {
    "rule": structures(
        "Rules",
        {
            "apply_server_side_encryption_by_default": structure(
                "ApplyServerSideEncryptionByDefault",
                {"kms_master_key_id": nonzero("KMSMasterKeyID"), "sse_algorithm": "SSEAlgorithm"},
            ),
            "blocked_encryption_types": "BlockedEncryptionTypes.EncryptionType",
            "bucket_key_enabled": Field("BucketKeyEnabled", write=bool, omit=lambda _value: False),
        },
    )
}
_OWNED = {**BUCKET, "expected_bucket_owner": "ExpectedBucketOwner"}
_UNVERSIONED = "Disabled"
"""A bucket that never had versions has no status to the service, and this one to Terraform."""
_VERSIONING: Fields = {"status": "Status", "mfa_delete": "MFADelete"}
_FILTER = ("filter_prefix", "filter_suffix")
_MEMBERS = {"lambda_function_arn": "LambdaFunction", "queue_arn": "Queue", "topic_arn": "Topic"}


def _import(identifier: str) -> dict[str, Any]:
    """Read an import id: the bucket, and behind a comma the account that is expected to own it."""
    bucket, _, owner = identifier.partition(",")
    return {"bucket": bucket, "expected_bucket_owner": owner}


def _setting(
    what: str, put: str, body: Any, get: Read, delete: tuple[Call, ...], *, owner: bool = False, **rest: Any
) -> ResourceType:
    """Return the table of a setting; ``body`` makes the request beside the bucket, ``rest`` is the table's own."""
    key: dict[str, str] = {**BUCKET, **({"expected_bucket_owner": "ExpectedBucketOwner"} if owner else {})}
    writes = rest.pop("writes")
    when = rest.pop("when", lambda _setting: True)
    call = Call(put, lambda setting: setting.request(key) | body(setting), writes=(*key, *writes), when=when)
    return ResourceType(
        service="s3",
        what=f"{what} of S3 bucket",
        called="bucket",
        identity=lambda setting: ",".join(filter(None, (setting["bucket"], setting["expected_bucket_owner"]))),
        create=(call,),
        reads=(get,),
        update=(call,),
        delete=delete,
        importing=_import if owner else (lambda identifier: {"bucket": identifier}),
        gone=GONE | get.absent,
        busy=_BUSY,
        **{"derive": _keys(owner=owner), **rest},
    )


def _keys(*, owner: bool) -> Any:
    """Return what is told of the key: it is what the resource was found by."""
    if owner:
        return lambda setting, _found: {
            "bucket": setting["bucket"],
            "expected_bucket_owner": setting["expected_bucket_owner"] or "",
        }
    return lambda setting, _found: {"bucket": setting["bucket"]}


PUBLIC_ACCESS_BLOCK = _setting(
    "public access block",
    "put_public_access_block",
    lambda setting: {
        "PublicAccessBlockConfiguration": setting.request(
            {name: Field(member, write=bool, omit=lambda _value: False) for name, member in _PUBLIC.items()}
        )
    },
    Read(
        "get_public_access_block",
        BUCKET,
        _PUBLIC,
        pick="PublicAccessBlockConfiguration",
        absent=frozenset({"NoSuchPublicAccessBlockConfiguration"}),
    ),
    (Call("delete_public_access_block", BUCKET, when=lambda setting: not setting["skip_destroy"]),),
    writes=tuple(_PUBLIC),
    kept=frozenset({"skip_destroy"}),
)

OWNERSHIP_CONTROLS = _setting(
    "ownership controls",
    "put_bucket_ownership_controls",
    lambda setting: {"OwnershipControls": setting.request(_OWNERSHIP)},
    Read(
        "get_bucket_ownership_controls",
        BUCKET,
        _OWNERSHIP,
        pick="OwnershipControls",
        absent=frozenset({"OwnershipControlsNotFoundError"}),
    ),
    (Call("delete_bucket_ownership_controls", BUCKET),),
    writes=("rule",),
)

POLICY = _setting(
    "policy",
    "put_bucket_policy",
    lambda setting: {"Policy": setting["policy"]},
    Read("get_bucket_policy", BUCKET, {"policy": "Policy"}, absent=frozenset({"NoSuchBucketPolicy"})),
    (Call("delete_bucket_policy", BUCKET),),
    writes=("policy",),
)

ENCRYPTION = _setting(
    "encryption",
    "put_bucket_encryption",
    lambda setting: {"ServerSideEncryptionConfiguration": setting.request(_ENCRYPTION)},
    Read(
        "get_bucket_encryption",
        _OWNED,
        _ENCRYPTION,
        pick="ServerSideEncryptionConfiguration",
        absent=frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
    ),
    (Call("delete_bucket_encryption", _OWNED),),
    owner=True,
    writes=("rule",),
)


def _versioning(setting: Resource) -> dict[str, Any]:
    wanted = setting["versioning_configuration"][0]
    configuration = to_request({"status": "Status", "mfa_delete": nonzero("MFADelete")}, wanted)
    return {"VersioningConfiguration": configuration, **setting.request({"mfa": "MFA"})}


def _read_versioning(response: Any, setting: Resource) -> Any:
    if response.get("Status"):
        return response
    given = setting["versioning_configuration"] or [{}]
    return {"Status": _UNVERSIONED} if given[0].get("status") == _UNVERSIONED else None


def _versions(setting: Resource) -> str:
    return str((setting["versioning_configuration"] or [{}])[0].get("status"))


def _read_version_block(found: Any) -> list[dict[str, Any]]:
    return [{name: value or "" for name, value in from_response(_VERSIONING, found).items()}]


VERSIONING = _setting(
    "versioning",
    "put_bucket_versioning",
    _versioning,
    Read(
        "get_bucket_versioning",
        _OWNED,
        {"versioning_configuration": Field("", read=_read_version_block)},
        pick=_read_versioning,
    ),
    (
        Call(
            "put_bucket_versioning",
            lambda setting: setting.request(_OWNED) | {"VersioningConfiguration": {"Status": "Suspended"}},
            when=lambda setting: _versions(setting) == "Enabled",
        ),
    ),
    owner=True,
    writes=("versioning_configuration", "mfa"),
    # A bucket is without versions as long as nobody asks for them: there is no call for it.
    when=lambda setting: _versions(setting) != _UNVERSIONED,
)


def _notified(arn: str, member: str) -> Field:
    """Return the field of a block that names one receiver of a bucket's events."""

    def write(given: Any) -> list[dict[str, Any]]:
        return [_notification(item, arn, member) for item in given]

    return Field(
        f"{_MEMBERS[arn]}Configurations", write, lambda found: [_receiver(item, arn, member) for item in found]
    )


def _notification(item: Any, arn: str, member: str) -> dict[str, Any]:
    rules = [{"Name": name.removeprefix("filter_"), "Value": item[name]} for name in _FILTER if item.get(name)]
    request = to_request({"id": "Id", arn: member, "events": "Events"}, item)
    return request | ({"Filter": {"Key": {"FilterRules": rules}}} if rules else {})


def _receiver(found: Any, arn: str, member: str) -> dict[str, Any]:
    rules = ((found.get("Filter") or {}).get("Key") or {}).get("FilterRules") or []
    named = {f"filter_{rule['Name'].lower()}": rule["Value"] for rule in rules}
    return {
        "id": found.get("Id") or "",
        arn: found.get(member) or "",
        "events": sorted(found.get("Events") or []),
        **{name: named.get(name, "") for name in _FILTER},
    }


_NOTIFICATION = {
    "lambda_function": _notified("lambda_function_arn", "LambdaFunctionArn"),
    "queue": _notified("queue_arn", "QueueArn"),
    "topic": _notified("topic_arn", "TopicArn"),
}


def _notifications(setting: Resource) -> dict[str, Any]:
    configuration = setting.request(_NOTIFICATION)
    if setting["eventbridge"]:
        configuration["EventBridgeConfiguration"] = {}
    return {"NotificationConfiguration": configuration}


NOTIFICATION = _setting(
    "notifications",
    "put_bucket_notification_configuration",
    _notifications,
    Read(
        "get_bucket_notification_configuration",
        BUCKET,
        {**_NOTIFICATION, "eventbridge": Field("EventBridgeConfiguration", read=lambda _found: True)},
    ),
    (
        Call(
            "put_bucket_notification_configuration",
            lambda setting: setting.request(BUCKET) | {"NotificationConfiguration": {}},
        ),
    ),
    writes=(*_NOTIFICATION, "eventbridge"),
)

TYPES = {
    "aws_s3_bucket_lifecycle_configuration": LIFECYCLE,
    "aws_s3_bucket_notification": NOTIFICATION,
    "aws_s3_bucket_ownership_controls": OWNERSHIP_CONTROLS,
    "aws_s3_bucket_policy": POLICY,
    "aws_s3_bucket_public_access_block": PUBLIC_ACCESS_BLOCK,
    "aws_s3_bucket_server_side_encryption_configuration": ENCRYPTION,
    "aws_s3_bucket_versioning": VERSIONING,
}
