"""What a plan does to data that is there: kept shorter than before, or not."""

from __future__ import annotations

from typing import Any

import pytest

from .examples import findings, of_rule

LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"
GROUP = "aws_cloudwatch_log_group"


def change(kind: str, before: Any, after: Any) -> dict[str, Any]:
    actions = ["create"] if before is None else ["update"]
    return {
        "address": f"{kind}.it",
        "mode": "managed",
        "type": kind,
        "change": {"actions": actions, "before": before, "after": after},
    }


def expiring(days: int | None, status: str = "Enabled") -> dict[str, Any]:
    return {"rule": [{"status": status, "expiration": [{"days": days}] if days else []}]}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([change(GROUP, {"retention_in_days": 365}, {"retention_in_days": 7})], 1),
        ([change(GROUP, {"retention_in_days": 0}, {"retention_in_days": 7})], 1),
        ([change(GROUP, {"retention_in_days": 7}, {"retention_in_days": 365})], 0),
        ([change(GROUP, {"retention_in_days": 7}, {"retention_in_days": 0})], 0),
        ([change(GROUP, None, {"retention_in_days": 7})], 0),
        ([change(LIFECYCLE, expiring(None), expiring(30))], 1),
        ([change(LIFECYCLE, expiring(30), expiring(90))], 0),
        ([change(LIFECYCLE, expiring(30), expiring(7, "Disabled"))], 0),
        # A rule for a bucket that is there, and one that comes with its bucket.
        ([change(LIFECYCLE, None, expiring(1))], 1),
        ([change(LIFECYCLE, None, expiring(1)), change("aws_s3_bucket", None, {"bucket": "b"})], 0),
    ],
)
def test_what_is_there_is_kept_as_long_as_before(changes: list[dict[str, Any]], found: int) -> None:
    plan = {"resource_changes": changes}

    assert len(of_rule(findings({"resource": {}}, plan=plan), "data-kept-shorter")) == found
