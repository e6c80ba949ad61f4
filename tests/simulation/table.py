"""DynamoDB: one table with a sparse index that lags, conditional writes, and a time to live.

Condition checks and consistent reads are exact; the index is eventually consistent
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html). Items leave some time after their time to
live, within a few days (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lambda_src.table_schema import DUE_PARTITION_KEY, DUE_SORT_KEY, PARTITION_KEY, TTL_ATTRIBUTE
from tests.simulation.cloud import Cloud, exceptions
from tests.simulation.expressions import holds, updated

Item = dict[str, Any]

_INDEX_LAG_SECONDS = 1.0
_TTL_LAG_SECONDS = 86_400.0


@dataclass
class Table:
    """The state of the table, and a client for it. Each item is kept with its past, for the index."""

    cloud: Cloud
    past: dict[str, list[tuple[float, Item]]] = field(default_factory=dict)
    exceptions: Any = field(default_factory=lambda: exceptions("dynamodb"))

    @property
    def items(self) -> dict[str, Item]:
        """Return the items there are now, in DynamoDB's JSON, by their key."""
        found = ((key, self._item(key)) for key in self.past)
        return {key: item for key, item in found if item is not None}

    def _item(self, key: str) -> Item | None:
        past = self.past.get(key)
        return None if past is None or self._expired(past[-1][1]) else past[-1][1]

    def _expired(self, item: Item) -> bool:
        expiry = item.get(TTL_ATTRIBUTE)
        return expiry is not None and Decimal(expiry["N"]) + Decimal(_TTL_LAG_SECONDS) <= Decimal(self.cloud.now)

    def _write(self, item: Item) -> None:
        self.past.setdefault(item[PARTITION_KEY]["S"], []).append((self.cloud.now, item))

    def _check(self, request: dict[str, Any], operation: str, item: Item | None) -> None:
        names, values = request.get("ExpressionAttributeNames", {}), request.get("ExpressionAttributeValues", {})
        condition = request.get("ConditionExpression")
        if condition is None or holds(condition, item, names, values):
            return
        answer: dict[str, Any] = {
            "Error": {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"},
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        if item is not None and request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD":
            answer["Item"] = item
        raise self.exceptions.ConditionalCheckFailedException(answer, operation)

    def get_item(self, **request: Any) -> Any:
        """Answer GetItem with a consistent read."""

        def effect() -> Any:
            item = self._item(request["Key"][PARTITION_KEY]["S"])
            return {"Item": item} if item is not None else {}

        return self.cloud.call("dynamodb", "GetItem", request, effect)

    def put_item(self, **request: Any) -> Any:
        """Answer PutItem."""

        def effect() -> Any:
            item = request["Item"]
            self._check(request, "PutItem", self._item(item[PARTITION_KEY]["S"]))
            self._write(item)
            return {}

        return self.cloud.call("dynamodb", "PutItem", request, effect)

    def update_item(self, **request: Any) -> Any:
        """Answer UpdateItem."""

        def effect() -> Any:
            names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
            item = self._item(request["Key"][PARTITION_KEY]["S"])
            self._check(request, "UpdateItem", item)
            new = updated(request["UpdateExpression"], item or request["Key"], names, values)
            self._write(new)
            return {"Attributes": new}

        return self.cloud.call("dynamodb", "UpdateItem", request, effect)

    def query(self, **request: Any) -> Any:
        """Answer Query of the index, by its sort key, as it was a moment ago."""

        def effect() -> Any:
            names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
            seen = [
                item
                for item in (self._as_indexed(key) for key in self.items)
                if item is not None
                and {DUE_PARTITION_KEY, DUE_SORT_KEY} <= item.keys()
                and holds(request["KeyConditionExpression"], item, names, values)
            ]
            seen.sort(key=lambda item: Decimal(item[DUE_SORT_KEY]["N"]))
            return {"Items": seen[: request.get("Limit", len(seen))]}

        return self.cloud.call("dynamodb", "Query", request, effect)

    def _as_indexed(self, key: str) -> Item | None:
        past = [item for written, item in self.past[key] if written <= self.cloud.now - _INDEX_LAG_SECONDS]
        return past[-1] if past else None
