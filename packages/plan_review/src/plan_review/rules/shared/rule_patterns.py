"""The patterns of EventBridge's rules, and the buckets that they name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan_review.evaluate.items import Item


def pattern_of(item: Item) -> dict[str, Any] | None:
    """Return the event pattern of a rule; None where there is none or it is not readable."""
    text = item.get("event_pattern")
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def bucket_names(pattern: dict[str, Any]) -> list[str]:
    """Return the bucket names that a pattern on S3's events asks for, as far as they are plain values."""
    detail = pattern.get("detail")
    bucket = detail.get("bucket") if isinstance(detail, dict) else None
    names = bucket.get("name") if isinstance(bucket, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
