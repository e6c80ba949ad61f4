"""S3: lifecycle rules of a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.fields import Field, Fields, nonzero, structure, structures
from offline_provider.applying.resource_type import Call, Read, ResourceType
from offline_provider.applying.types.s3_bucket import BUCKET, GONE

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_SIZES: Fields = {
    "object_size_greater_than": nonzero("ObjectSizeGreaterThan"),
    "object_size_less_than": nonzero("ObjectSizeLessThan"),
}

_TRANSITION: Fields = {"date": "Date", "days": Field("Days"), "storage_class": "StorageClass"}
_NONCURRENT: Fields = {
    "newer_noncurrent_versions": nonzero("NewerNoncurrentVersions"),
    "noncurrent_days": "NoncurrentDays",
}
_OWNED = {**BUCKET, "expected_bucket_owner": "ExpectedBucketOwner"}
_ABSENT = frozenset({"NoSuchLifecycleConfiguration"})


def _tag_list(given: Any) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in given.items()]


_AND: Fields = {
    **_SIZES,
    "prefix": nonzero("Prefix"),
    "tags": Field("Tags", _tag_list, lambda found: {item["Key"]: item["Value"] for item in found}),
}
_FILTER: Fields = {
    **_SIZES,
    "prefix": Field("Prefix", omit=lambda value: value is None),
    "tag": structure("Tag", {"key": "Key", "value": "Value"}),
    "and": structure("And", _AND),
}


def _dated(found: Any) -> str:
    return found if isinstance(found, str) else f"{found:%Y-%m-%dT%H:%M:%SZ}"


_RULE: Fields = {
    "id": "ID",
    "status": "Status",
    "filter": structure("Filter", _FILTER),
    "prefix": nonzero("Prefix"),
    "abort_incomplete_multipart_upload": structure(
        "AbortIncompleteMultipartUpload", {"days_after_initiation": "DaysAfterInitiation"}
    ),
    "expiration": structure(
        "Expiration",
        {
            "date": Field("Date", read=_dated),
            "days": nonzero("Days"),
            "expired_object_delete_marker": nonzero("ExpiredObjectDeleteMarker"),
        },
    ),
    "noncurrent_version_expiration": structure("NoncurrentVersionExpiration", _NONCURRENT),
    "noncurrent_version_transition": structures(
        "NoncurrentVersionTransitions", {**_NONCURRENT, "storage_class": "StorageClass"}
    ),
    "transition": structures("Transitions", {**_TRANSITION, "date": Field("Date", read=_dated)}),
}


def _put(setting: Resource) -> dict[str, Any]:
    rules = structures("Rules", _RULE).write(setting["rule"] or [])
    for rule in rules:
        if "Prefix" not in rule:
            rule.setdefault("Filter", {})  # S3 demands one of the two; an empty filter takes every object
    size = setting["transition_default_minimum_object_size"]
    return setting.request(_OWNED) | {
        "LifecycleConfiguration": {"Rules": rules},
        **({"TransitionDefaultMinimumObjectSize": size} if size else {}),
    }


def _derived(setting: Resource, found: dict[str, Any]) -> dict[str, Any]:
    """Return the rules in the order that they were configured in, with the zeros that the real provider keeps."""
    order = {rule["id"]: index for index, rule in enumerate(setting["rule"] or [])}
    rules = sorted(found["rule"] or [], key=lambda rule: order.get(rule["id"], len(order)))
    return {
        "bucket": setting["bucket"],
        "expected_bucket_owner": setting["expected_bucket_owner"] or "",
        "transition_default_minimum_object_size": found["transition_default_minimum_object_size"]
        or setting["transition_default_minimum_object_size"]
        or "all_storage_classes_128K",
        "rule": [_filled(rule) for rule in rules],
    }


def _filled(rule: dict[str, Any]) -> dict[str, Any]:
    for expiration in rule["expiration"] or []:
        expiration["days"] = expiration["days"] or 0
        expiration["expired_object_delete_marker"] = bool(expiration["expired_object_delete_marker"])
    for chosen in rule["filter"] or []:
        for both in chosen["and"] or []:
            both.update({name: both[name] or 0 for name in _SIZES}, prefix=both["prefix"] or "")
    for transition in rule["transition"] or []:
        transition["days"] = transition["days"] or 0
    return rule | {"prefix": rule["prefix"] or ""}


_PUT = Call(
    "put_bucket_lifecycle_configuration",
    _put,
    writes=("bucket", "expected_bucket_owner", "rule", "transition_default_minimum_object_size"),
)


def _import(identifier: str) -> dict[str, Any]:
    bucket, _, owner = identifier.partition(",")
    return {"bucket": bucket, "expected_bucket_owner": owner}


LIFECYCLE = ResourceType(
    service="s3",
    what="lifecycle rules of S3 bucket",
    called="bucket",
    identity=lambda setting: ",".join(filter(None, (setting["bucket"], setting["expected_bucket_owner"]))),
    create=(_PUT,),
    reads=(
        Read(
            "get_bucket_lifecycle_configuration",
            _OWNED,
            {
                "rule": structures("Rules", _RULE),
                "transition_default_minimum_object_size": "TransitionDefaultMinimumObjectSize",
            },
            absent=_ABSENT,
        ),
    ),
    derive=_derived,
    update=(_PUT,),
    delete=(Call("delete_bucket_lifecycle", _OWNED),),
    importing=_import,
    gone=GONE | _ABSENT,
    busy=frozenset({"OperationAborted"}),
)
