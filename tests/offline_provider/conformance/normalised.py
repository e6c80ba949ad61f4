"""What must differ between two emulators is made alike, and nothing else.

Addresses, because each emulator listens on a port of its own; moments, and what passes with them; and ids that a
service draws at random, which become the name of what they identify where one is known. Documents in strings are read,
because a service keeps them as they were sent and their spacing means nothing. Lists that have no order in AWS are
sorted: tags become a mapping, and other sets are ordered by what tells their elements apart.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADDRESS = re.compile(r"(127\.0\.0\.1|localhost):\d+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UNIQUE_IAM_ID = re.compile(r"\bA(?:RO|ID|NP)A[A-Z0-9]{12,}\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*(?:Z|[+]00:?00)")
_EPOCHS = {"CreatedTimestamp", "LastModifiedTimestamp", "creationTime"}
_RANDOM = {"CurrentKeyMaterialId"}
_GENERATED_NAME = re.compile(r"\bterraform-\d{26}\b")
_TAG = ({"Key", "Value"}, {"key", "value"}, {"TagKey", "TagValue"})
# By what the elements of a set are told apart; names are their own.
_SETS = {
    "inline_policy": "name",
    "metric_query": "id",
    "Metrics": "Id",
    "PolicyNames": "",
    "AttributeDefinitions": "AttributeName",
}
# What the schedules of a stack make of it, every minute: the longer a life takes, the more they have done.
_BY_TIME = {"StateValue", "StateReason", "StateReasonData", "storedBytes"}
_ID, _HERE, _WHEN = "(id)", "(address)", "(moment)"


def normalised(value: Any, names: Mapping[str, str] | None = None, key: str = "") -> Any:
    """Return a value with what must differ made alike; ``names`` is what known ids stand for."""
    if isinstance(value, dt.datetime) or key in _EPOCHS | _BY_TIME:
        return _WHEN
    if key in _RANDOM:
        return _ID
    if isinstance(value, dict):
        return {inner: normalised(item, names, inner) for inner, item in value.items()}
    if isinstance(value, list):
        return _ordered([normalised(item, names) for item in value], key)
    return _text(value, names or {}) if isinstance(value, str) else value


def _ordered(items: list[Any], key: str) -> Any:
    if items and all(isinstance(item, dict) and set(item) in _TAG for item in items):
        return dict(sorted(_pair(item) for item in items))
    if key in _SETS:
        return sorted(items, key=lambda item: str(item.get(_SETS[key]) if isinstance(item, dict) else item))
    return items


def _pair(tag: dict[str, Any]) -> tuple[str, Any]:
    name = next(member for member in tag if member.lower().endswith("key"))
    return tag[name], next(value for member, value in tag.items() if member != name)


def _text(value: str, names: Mapping[str, str]) -> Any:
    if value[:1] in ("{", "["):
        try:
            return {"document": normalised(json.loads(value), names)}
        except ValueError:
            pass  # a transformer's template, or text that only looks like a document
    for identifier, name in names.items():
        value = value.replace(identifier, name)
    value = _GENERATED_NAME.sub(_ID, value)
    value = _UUID.sub(_ID, _ADDRESS.sub(_HERE, value))
    return _UNIQUE_IAM_ID.sub(_ID, _MOMENT.sub(_WHEN, value))
