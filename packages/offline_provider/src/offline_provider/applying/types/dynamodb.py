"""DynamoDB: tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_provider.applying.fields import Fields, nonzero, structures
from offline_provider.applying.resource_type import Call, Read, ResourceType, Step, Tags

if TYPE_CHECKING:
    from offline_provider.applying.resource import Resource

_ON_DEMAND = "PAY_PER_REQUEST"
_GONE = frozenset({"ResourceNotFoundException"})

_PLAIN: Fields = {
    "name": "TableName",
    "billing_mode": "BillingMode",
    "deletion_protection_enabled": nonzero("DeletionProtectionEnabled"),
    "table_class": "TableClass",
}
_NAME = {"name": "TableName"}


def _keys(values: Any) -> list[dict[str, str]]:
    keys = [{"AttributeName": values["hash_key"], "KeyType": "HASH"}] if values.get("hash_key") else []
    return keys + ([{"AttributeName": values["range_key"], "KeyType": "RANGE"}] if values.get("range_key") else [])


def _key(found: Any, kind: str) -> str | None:
    return next((each["AttributeName"] for each in found.get("KeySchema") or [] if each["KeyType"] == kind), None)


def _projection(index: Any) -> dict[str, Any]:
    names = {"NonKeyAttributes": list(index["non_key_attributes"])} if index.get("non_key_attributes") else {}
    return {"ProjectionType": index["projection_type"], **names}


def _throughput(values: Any) -> dict[str, Any]:
    units = {"ReadCapacityUnits": values["read_capacity"], "WriteCapacityUnits": values["write_capacity"]}
    return {"ProvisionedThroughput": {name: value or 1 for name, value in units.items()}}


def _global_index(index: Any, *, on_demand: bool) -> dict[str, Any]:
    return {
        "IndexName": index["name"],
        "KeySchema": _keys(index),
        "Projection": _projection(index),
        **({} if on_demand else _throughput(index)),
    }


def _local_index(index: Any, table: Resource) -> dict[str, Any]:
    keys = _keys({"hash_key": table["hash_key"], "range_key": index["range_key"]})
    return {"IndexName": index["name"], "KeySchema": keys, "Projection": _projection(index)}


def _encryption(table: Resource) -> dict[str, Any]:
    wanted = (table["server_side_encryption"] or [{}])[0]
    key = {"SSEType": "KMS", "KMSMasterKeyId": wanted["kms_key_arn"]} if wanted.get("kms_key_arn") else {}
    return {"SSESpecification": {"Enabled": bool(wanted.get("enabled")), **key}}


def _stream(table: Resource) -> dict[str, Any]:
    if not table["stream_enabled"]:
        return {"StreamSpecification": {"StreamEnabled": False}}
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": table["stream_view_type"]}}


def _attributes(table: Resource) -> list[dict[str, str]]:
    return [{"AttributeName": each["name"], "AttributeType": each["type"]} for each in table["attribute"] or []]


def _create(table: Resource) -> dict[str, Any]:
    on_demand = table["billing_mode"] == _ON_DEMAND
    request = table.request(_PLAIN) | {"KeySchema": _keys(table.values), "AttributeDefinitions": _attributes(table)}
    if not on_demand:
        request |= _throughput(table)
    if table["global_secondary_index"]:
        indexes = [_global_index(each, on_demand=on_demand) for each in table["global_secondary_index"]]
        request["GlobalSecondaryIndexes"] = indexes
    if table["local_secondary_index"]:
        request["LocalSecondaryIndexes"] = [_local_index(each, table) for each in table["local_secondary_index"]]
    if table["server_side_encryption"]:
        request |= _encryption(table)
    return request | (_stream(table) if table["stream_enabled"] else {})


def _update(table: Resource) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": table["name"]}
    if table.changed("billing_mode", "read_capacity", "write_capacity"):
        request["BillingMode"] = table["billing_mode"]
        request |= {} if table["billing_mode"] == _ON_DEMAND else _throughput(table)
    if table.changed("deletion_protection_enabled"):
        request["DeletionProtectionEnabled"] = bool(table["deletion_protection_enabled"])
    if table.changed("table_class"):
        request["TableClass"] = table["table_class"] or "STANDARD"
    return request


def _update_indexes(table: Resource) -> None:
    """Change the indexes one by one: a table takes one change of its indexes at a time."""
    before = {each["name"]: each for each in (table.prior or {}).get("global_secondary_index") or []}
    after = {each["name"]: each for each in table["global_secondary_index"] or []}
    on_demand = table["billing_mode"] == _ON_DEMAND
    shape = ("hash_key", "range_key", "projection_type", "non_key_attributes")
    replaced = {
        name for name in before.keys() & after.keys()
        if any((before[name].get(key) or None) != (after[name].get(key) or None) for key in shape)
    }  # fmt: skip
    changes: list[dict[str, Any]] = []
    changes += [{"Delete": {"IndexName": name}} for name in sorted((before.keys() - after.keys()) | replaced)]
    for name in sorted(before.keys() & after.keys() - replaced):
        units = ("read_capacity", "write_capacity")
        if not on_demand and any(before[name].get(key) != after[name].get(key) for key in units):
            changes.append({"Update": {"IndexName": name, **_throughput(after[name])}})
    created = sorted((after.keys() - before.keys()) | replaced)
    changes += [{"Create": _global_index(after[name], on_demand=on_demand)} for name in created]
    for change in changes:
        request = {"TableName": table["name"], "AttributeDefinitions": _attributes(table)}
        table.send("update_table", request | {"GlobalSecondaryIndexUpdates": [change]})


def _ttl(table: Resource) -> dict[str, Any]:
    wanted = (table["ttl"] or [{}])[0]
    before = ((table.prior or {}).get("ttl") or [{}])[0]
    name = wanted.get("attribute_name") or before.get("attribute_name")
    specification = {"Enabled": bool(wanted.get("enabled")), "AttributeName": name}
    return {"TableName": table["name"], "TimeToLiveSpecification": specification}


def _recovery(table: Resource) -> dict[str, Any]:
    wanted = (table["point_in_time_recovery"] or [{}])[0]
    days = wanted.get("recovery_period_in_days")
    specification = {
        "PointInTimeRecoveryEnabled": bool(wanted.get("enabled")),
        **({"RecoveryPeriodInDays": days} if days and wanted.get("enabled") else {}),
    }
    return {"TableName": table["name"], "PointInTimeRecoverySpecification": specification}


def _read_table(table: Resource, found: dict[str, Any]) -> dict[str, Any]:
    whole = found.pop("_table")
    billing = (whole.get("BillingModeSummary") or {}).get("BillingMode") or "PROVISIONED"
    units = whole.get("ProvisionedThroughput") or {}
    stream = whole.get("StreamSpecification") or {}
    encryption = whole.get("SSEDescription") or {}
    given = {each["name"]: each for each in table["global_secondary_index"] or []}
    return {
        "billing_mode": billing,
        "hash_key": _key(whole, "HASH"),
        "range_key": _key(whole, "RANGE"),
        "read_capacity": units.get("ReadCapacityUnits") or 0,
        "write_capacity": units.get("WriteCapacityUnits") or 0,
        "stream_enabled": bool(stream.get("StreamEnabled")),
        "stream_view_type": stream.get("StreamViewType") or table["stream_view_type"] or "",
        "table_class": (whole.get("TableClassSummary") or {}).get("TableClass") or "STANDARD",
        "server_side_encryption": [{"enabled": True, "kms_key_arn": encryption.get("KMSMasterKeyArn")}]
        if encryption.get("Status") == "ENABLED"
        else [],
        "global_secondary_index": [_read_index(each, given) for each in whole.get("GlobalSecondaryIndexes") or []],
        "local_secondary_index": [_read_index(each, {}) for each in whole.get("LocalSecondaryIndexes") or []],
        "ttl": [{"attribute_name": found.pop("_ttl_attribute") or "", "enabled": found.pop("_ttl") == "ENABLED"}],
        "point_in_time_recovery": [_read_recovery(found)],
    }


def _read_index(found: Any, given: dict[str, Any]) -> dict[str, Any]:
    units = found.get("ProvisionedThroughput") or {}
    known = given.get(found["IndexName"], {})
    return {
        "name": found["IndexName"],
        "hash_key": _key(found, "HASH"),
        "range_key": _key(found, "RANGE"),
        "projection_type": found["Projection"]["ProjectionType"],
        "non_key_attributes": found["Projection"].get("NonKeyAttributes"),
        "read_capacity": units.get("ReadCapacityUnits") or 0,
        "write_capacity": units.get("WriteCapacityUnits") or 0,
        "on_demand_throughput": known.get("on_demand_throughput") or [],
        "warm_throughput": known.get("warm_throughput") or [],
    }


def _read_recovery(found: dict[str, Any]) -> dict[str, Any]:
    enabled = found.pop("_recovery") == "ENABLED"
    return {"enabled": enabled, "recovery_period_in_days": found.pop("_recovery_days") or 0}


def _is_settled(_table: Resource, found: dict[str, Any]) -> bool:
    return found.pop("_status") in (None, "ACTIVE") and not found.pop("_changing")


def _pick(response: Any, _table: Resource) -> Any:
    table = response["Table"]
    if table["TableStatus"] == "DELETING":
        return None
    changing = [each for each in table.get("GlobalSecondaryIndexes") or [] if each.get("IndexStatus") != "ACTIVE"]
    return table | {"whole": table, "changing": bool(changing)}


def _is_gone(table: Resource) -> bool:
    return not any(table["name"] in page["TableNames"] for page in table.pages("list_tables"))


_TTL = Call(
    "update_time_to_live",
    _ttl,
    writes=("ttl",),
    when=lambda table: (
        any(each.get("attribute_name") for each in table["ttl"] or [])
        and (table.prior is not None or bool(table["ttl"][0].get("enabled")))
    ),
)
_RECOVERY = Call(
    "update_continuous_backups",
    _recovery,
    writes=("point_in_time_recovery",),
    when=lambda table: (
        table.prior is not None or any(each["enabled"] for each in table["point_in_time_recovery"] or [])
    ),
)

TABLE = ResourceType(
    service="dynamodb",
    what="DynamoDB table",
    called="name",
    identity=lambda table: str(table["name"]),
    create=(
        Call(
            "create_table",
            _create,
            writes=(
                *_PLAIN,
                "attribute",
                "global_secondary_index",
                "hash_key",
                "local_secondary_index",
                "range_key",
                "read_capacity",
                "server_side_encryption",
                "stream_enabled",
                "stream_view_type",
                "write_capacity",
            ),
            returns={"arn": "TableDescription.TableArn"},
        ),
    ),
    after_create=(_TTL, _RECOVERY),
    reads=(
        Read(
            "describe_table",
            _NAME,
            {
                "name": "TableName",
                "arn": "TableArn",
                "attribute": structures("AttributeDefinitions", {"name": "AttributeName", "type": "AttributeType"}),
                "deletion_protection_enabled": "DeletionProtectionEnabled",
                "stream_arn": "LatestStreamArn",
                "stream_label": "LatestStreamLabel",
                "_table": "whole",
                "_status": "TableStatus",
                "_changing": "changing",
            },
            pick=_pick,
        ),
        Read(
            "describe_continuous_backups",
            _NAME,
            {"_recovery": "PointInTimeRecoveryStatus", "_recovery_days": "RecoveryPeriodInDays"},
            pick="ContinuousBackupsDescription.PointInTimeRecoveryDescription",
            absent=frozenset({"UnknownOperationException"}),
        ),
        Read(
            "describe_time_to_live",
            _NAME,
            {"_ttl": "TimeToLiveStatus", "_ttl_attribute": "AttributeName"},
            pick="TimeToLiveDescription",
        ),
    ),
    derive=_read_table,
    nullable=frozenset({"range_key"}),
    settled=_is_settled,
    update=(
        Call(
            "update_table",
            _update,
            writes=("billing_mode", "deletion_protection_enabled", "read_capacity", "table_class", "write_capacity"),
        ),
        Call(
            "update_table",
            lambda table: {"TableName": table["name"], **_stream(table)},
            writes=("stream_enabled", "stream_view_type"),
        ),
        Step(_update_indexes, ("UpdateTable",), writes=("global_secondary_index", "attribute")),
        Call(
            "update_table",
            lambda table: {"TableName": table["name"], **_encryption(table)},
            writes=("server_side_encryption",),
        ),
        _TTL,
        _RECOVERY,
    ),
    delete=(Call("delete_table", lambda table: {"TableName": table["name"]}),),
    vanished=_is_gone,
    importing=lambda identifier: {"name": identifier},
    tags=Tags(key=("ResourceArn", "arn"), read="list_tags_of_resource"),
    gone=_GONE,
    exists=frozenset({"ResourceInUseException"}),
    busy=frozenset({"LimitExceededException"}),
)

TYPES = {"aws_dynamodb_table": TABLE}
