"""S3: buckets. What a bucket is set to is read here too, but written by the types of ``s3_settings``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.errors import CALL_FAILURES, ApplyError, code_of
from offline_provider.applying.fields import Field, structure, structures
from offline_provider.applying.generated_names import named, prefix_of
from offline_provider.applying.resource_type import Call, Read, ResourceType, Step, Tags
from offline_provider.applying.types.s3_names import HOSTED_ZONES

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

GONE = frozenset({"NoSuchBucket", "404", "NotFound"})
_US_EAST = "us-east-1"
_OWNED = "BucketAlreadyOwnedByYou"
_BATCH = 1000
"""The most keys that one DeleteObjects takes."""

BUCKET = {"bucket": "Bucket"}

_GRANT_KINDS = {"CanonicalUser": "ID", "Group": "URI"}
_ENCRYPTION = structure(
    "ServerSideEncryptionConfiguration",
    {
        "rule": structures(
            "Rules",
            {
                "bucket_key_enabled": Field("BucketKeyEnabled"),
                "apply_server_side_encryption_by_default": structure(
                    "ApplyServerSideEncryptionByDefault",
                    {
                        "kms_master_key_id": Field("KMSMasterKeyID"),
                        "sse_algorithm": "SSEAlgorithm",
                    },
                ),
            },
        )
    },
)
_CORS = {
    "allowed_headers": "AllowedHeaders",
    "allowed_methods": "AllowedMethods",
    "allowed_origins": "AllowedOrigins",
    "expose_headers": "ExposeHeaders",
    "max_age_seconds": "MaxAgeSeconds",
}
TAGS = Tags(
    key=("Bucket", "bucket"),
    read="get_bucket_tagging",
    write="put_bucket_tagging",
    erase="delete_bucket_tagging",
    member="Tagging",
    found="TagSet",
    on_create=None,
    whole=True,
    absent=frozenset({"NoSuchTagSet"}),
)


def _refuse_existing(bucket: Resource) -> None:
    """Refuse a bucket that is there: S3 answers in us-east-1, and emulators may anywhere, as if it had made it."""
    try:
        bucket.send("head_bucket", {"Bucket": bucket["bucket"]})
    except CALL_FAILURES as error:
        if code_of(error) in GONE:
            return
        raise
    raise ApplyError(
        f"{bucket.name} exists already",
        "It is not in this state: import it (terraform import), or remove it.",
    )


def _create(bucket: Resource) -> dict[str, Any]:
    location = {} if bucket.region == _US_EAST else {"LocationConstraint": bucket.region}
    return {
        "Bucket": bucket["bucket"],
        **({"CreateBucketConfiguration": location} if location else {}),
        **bucket.request({"acl": "ACL"}),
        **({"ObjectLockEnabledForBucket": True} if bucket["object_lock_enabled"] else {}),
    }


def _empty(bucket: Resource) -> None:
    """Remove every version of every object, and uploads that were never finished."""
    name = bucket["bucket"]
    try:
        for page in bucket.pages("list_object_versions", Bucket=name):
            versions = [*(page.get("Versions") or []), *(page.get("DeleteMarkers") or [])]
            _remove(bucket, [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions])
        for page in bucket.pages("list_multipart_uploads", Bucket=name):
            for upload in page.get("Uploads") or []:
                request = {"Bucket": name, "Key": upload["Key"], "UploadId": upload["UploadId"]}
                bucket.send("abort_multipart_upload", request)
    except CALL_FAILURES as error:
        if code_of(error) not in GONE:
            raise


def _remove(bucket: Resource, objects: list[dict[str, str]]) -> None:
    for start in range(0, len(objects), _BATCH):
        batch = {"Objects": objects[start : start + _BATCH], "Quiet": True}
        response = bucket.send("delete_objects", {"Bucket": bucket["bucket"], "Delete": batch})
        if errors := response.get("Errors"):
            first = errors[0]
            raise ApplyError(
                f"cannot empty {bucket.name}",
                f"{len(errors)} objects stay, {first.get('Key')!r} among them: {first.get('Code')}: "
                f"{first.get('Message')}.",
            )


def _grants(response: Any) -> list[dict[str, Any]]:
    """Return who may do what by the access control list: one block for each grantee."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for grant in response.get("Grants") or []:
        grantee = grant.get("Grantee") or {}
        kind = grantee.get("Type") or ""
        key = (kind, grantee.get("ID") or "", grantee.get("URI") or "")
        found.setdefault(key, []).append(grant["Permission"])
    return [
        {"type": kind, "id": id_, "uri": uri, "permissions": sorted(permissions)}
        for (kind, id_, uri), permissions in found.items()
        if kind in _GRANT_KINDS
    ]


def _derived(bucket: Resource, found: dict[str, Any]) -> dict[str, Any]:
    name, region = bucket["bucket"], found["region"] or bucket.region
    return {
        "bucket": name,
        "bucket_prefix": prefix_of(name),
        "arn": f"arn:{bucket.partition}:s3:::{name}",
        "bucket_domain_name": f"{name}.s3.amazonaws.com",
        "bucket_region": region,
        "bucket_regional_domain_name": f"{name}.s3.{region}.amazonaws.com",
        "region": region,
        "hosted_zone_id": HOSTED_ZONES.get(region, ""),
        "versioning": [
            {"enabled": found.pop("_versioning") == "Enabled", "mfa_delete": found.pop("_mfa_delete") == "Enabled"}
        ],
        "object_lock_enabled": found.pop("_lock") == "Enabled",
    }


def _lifecycle(rules: Any) -> list[dict[str, Any]]:
    return [_lifecycle_rule(rule) for rule in rules]


def _lifecycle_rule(rule: Any) -> dict[str, Any]:
    """Return a rule in the bucket's own, older form."""
    chosen = rule.get("Filter") or {}
    both = chosen.get("And") or {}
    tags = both.get("Tags") or ([chosen["Tag"]] if chosen.get("Tag") else [])
    expiration, noncurrent = rule.get("Expiration"), rule.get("NoncurrentVersionExpiration")
    return {
        "id": rule.get("ID") or "",
        "enabled": rule.get("Status") == "Enabled",
        "prefix": both.get("Prefix") or chosen.get("Prefix") or rule.get("Prefix") or "",
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
        "abort_incomplete_multipart_upload_days": (rule.get("AbortIncompleteMultipartUpload") or {}).get(
            "DaysAfterInitiation", 0
        ),
        "expiration": [
            {
                "date": f"{expiration['Date']:%Y-%m-%d}" if expiration.get("Date") else "",
                "days": expiration.get("Days") or 0,
                "expired_object_delete_marker": bool(expiration.get("ExpiredObjectDeleteMarker")),
            }
        ]
        if expiration
        else [],
        "noncurrent_version_expiration": [{"days": noncurrent.get("NoncurrentDays")}] if noncurrent else [],
        "transition": [
            {"days": each.get("Days") or 0, "date": "", "storage_class": each["StorageClass"]}
            for each in rule.get("Transitions") or []
        ],
        "noncurrent_version_transition": [
            {"days": each.get("NoncurrentDays") or 0, "storage_class": each["StorageClass"]}
            for each in rule.get("NoncurrentVersionTransitions") or []
        ],
    }


def _encryption(found: Any) -> list[dict[str, Any]]:
    blocks = _ENCRYPTION.read(found)
    for rule in blocks[0]["rule"] or []:
        rule["bucket_key_enabled"] = bool(rule["bucket_key_enabled"])
        for default in rule["apply_server_side_encryption_by_default"] or []:
            default["kms_master_key_id"] = default["kms_master_key_id"] or ""
    return list(blocks)


def _optional(operation: str, fields: Any, *absent: str, pick: Any = "") -> Read:
    """Return a read of a setting; a bucket without it, and an emulator that does not know it, tell nothing."""
    return Read(operation, BUCKET, fields, pick=pick, absent=frozenset({*absent, "NotImplemented", "MethodNotAllowed"}))


_READS = (
    Read("head_bucket", BUCKET, {"region": "BucketRegion"}),
    _optional("get_bucket_policy", {"policy": "Policy"}, "NoSuchBucketPolicy"),
    _optional("get_bucket_acl", {"grant": Field("", read=_grants)}),
    _optional("get_bucket_cors", {"cors_rule": structures("CORSRules", _CORS)}, "NoSuchCORSConfiguration"),
    _optional("get_bucket_versioning", {"_versioning": "Status", "_mfa_delete": "MFADelete"}),
    _optional("get_bucket_accelerate_configuration", {"acceleration_status": "Status"}),
    _optional("get_bucket_request_payment", {"request_payer": "Payer"}),
    _optional(
        "get_bucket_logging",
        {"logging": structure("LoggingEnabled", {"target_bucket": "TargetBucket", "target_prefix": "TargetPrefix"})},
    ),
    _optional(
        "get_bucket_lifecycle_configuration",
        {"lifecycle_rule": Field("Rules", read=_lifecycle)},
        "NoSuchLifecycleConfiguration",
    ),
    _optional(
        "get_bucket_encryption",
        {"server_side_encryption_configuration": Field("ServerSideEncryptionConfiguration", read=_encryption)},
        "ServerSideEncryptionConfigurationNotFoundError",
    ),
    _optional(
        "get_object_lock_configuration",
        {"_lock": "ObjectLockConfiguration.ObjectLockEnabled"},
        "ObjectLockConfigurationNotFoundError",
    ),
)

TABLE = ResourceType(
    service="s3",
    what="S3 bucket",
    called="bucket",
    identity=lambda bucket: str(bucket["bucket"]),
    generated=named("bucket", "bucket_prefix"),
    before=_refuse_existing,
    create=(Call("create_bucket", _create, writes=("bucket", "acl", "object_lock_enabled")),),
    reads=_READS,
    derive=_derived,
    update=(Call("put_bucket_acl", {**BUCKET, "acl": "ACL"}, when=lambda bucket: bool(bucket["acl"])),),
    delete=(
        Step(_empty, ("DeleteObjects", "AbortMultipartUpload"), when=lambda bucket: bool(bucket["force_destroy"])),
        Call("delete_bucket", BUCKET),
    ),
    importing=lambda identifier: {"bucket": identifier},
    kept=frozenset({"bucket_prefix", "force_destroy"}),
    tags=TAGS,
    gone=GONE,
    exists=frozenset({"BucketAlreadyExists", _OWNED}),
    busy=frozenset({"OperationAborted"}),
)

TYPES = {"aws_s3_bucket": TABLE}
