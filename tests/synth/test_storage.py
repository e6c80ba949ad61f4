"""Buckets and table keep what they hold to themselves, and for as long as the context says."""

import json
from collections.abc import Callable

from lambda_src.table_schema import DUE_INDEX, DUE_PARTITION_KEY, DUE_SORT_KEY, PARTITION_KEY, TTL_ATTRIBUTE
from tests.synth.stack import Stack


def _of_bucket(stack: Stack, kind: str, bucket: str) -> dict[str, object]:
    (body,) = [b for b in stack.of_type(kind).values() if b["bucket"] == f"${{aws_s3_bucket.{bucket}.id}}"]
    return body


def test_every_bucket_is_closed_to_the_public(stack: Stack) -> None:
    for bucket in stack.of_type("aws_s3_bucket"):
        block = _of_bucket(stack, "aws_s3_bucket_public_access_block", bucket)
        for setting in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
            assert block[setting] is True, (bucket, setting)


def test_every_bucket_is_encrypted(stack: Stack) -> None:
    for bucket in stack.of_type("aws_s3_bucket"):
        rules = _of_bucket(stack, "aws_s3_bucket_server_side_encryption_configuration", bucket)["rule"]
        assert rules == [{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}]


def test_every_bucket_is_its_owners(stack: Stack) -> None:
    for bucket in stack.of_type("aws_s3_bucket"):
        rule = _of_bucket(stack, "aws_s3_bucket_ownership_controls", bucket)["rule"]
        assert rule == {"object_ownership": "BucketOwnerEnforced"}


def test_every_bucket_refuses_whoever_comes_without_tls(stack: Stack) -> None:
    for bucket in stack.of_type("aws_s3_bucket"):
        (statement,) = json.loads(str(_of_bucket(stack, "aws_s3_bucket_policy", bucket)["policy"]))["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Principal"] == "*"
        assert statement["Action"] == "s3:*"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        arn = f"${{aws_s3_bucket.{bucket}.arn}}"
        assert statement["Resource"] == [arn, f"{arn}/*"]


def test_uploads_are_versioned_and_announced(stack: Stack) -> None:
    versioning = stack.of_type("aws_s3_bucket_versioning")["UploadBucketVersioning"]
    assert versioning["versioning_configuration"] == {"status": "Enabled"}
    assert stack.of_type("aws_s3_bucket_notification")["UploadBucketEvents"]["eventbridge"] is True


def test_output_announces_nothing(stack: Stack) -> None:
    buckets = [body["bucket"] for body in stack.of_type("aws_s3_bucket_notification").values()]
    assert buckets == ["${aws_s3_bucket.UploadBucket.id}"]


def test_lifecycle_follows_the_context(synthesize: Callable[..., Stack]) -> None:
    stack = synthesize(
        "prod",
        uploads={"retention_days": 90, "noncurrent_days": 10, "abort_multipart_days": 3},
        output={"retention_days": None, "abort_multipart_days": 2},
    )
    uploads = {
        rule["id"]: rule
        for rule in stack.of_type("aws_s3_bucket_lifecycle_configuration")["UploadBucketLifecycle"]["rule"]
    }
    assert uploads["expire-objects"]["expiration"] == [{"days": 90}]
    assert uploads["expire-noncurrent-versions"]["noncurrent_version_expiration"] == [{"noncurrent_days": 10}]
    aborts = [{"days_after_initiation": 3}]
    assert uploads["abort-stale-multipart-uploads"]["abort_incomplete_multipart_upload"] == aborts
    output = [
        rule["id"] for rule in stack.of_type("aws_s3_bucket_lifecycle_configuration")["OutputBucketLifecycle"]["rule"]
    ]
    assert output == ["abort-stale-multipart-uploads"]


def test_what_is_kept_for_good_has_no_rule(synthesize: Callable[..., Stack]) -> None:
    keep = {"retention_days": None, "abort_multipart_days": None}
    stack = synthesize("prod", uploads={**keep, "noncurrent_days": None}, output=keep)
    assert stack.of_type("aws_s3_bucket_lifecycle_configuration") == {}


def test_only_removable_stacks_lose_what_they_hold(stacks: dict[str, Stack]) -> None:
    for name, removable in (("local", True), ("dev", True), ("prod", False)):
        for bucket in stacks[name].of_type("aws_s3_bucket").values():
            assert bucket["force_destroy"] is removable
        table = stacks[name].of_type("aws_dynamodb_table")["JobTable"]
        assert table["deletion_protection_enabled"] is not removable


def test_records_expire_and_can_be_restored(stack: Stack) -> None:
    table = stack.of_type("aws_dynamodb_table")["JobTable"]
    assert table["hash_key"] == PARTITION_KEY
    assert table["ttl"] == {"attribute_name": TTL_ATTRIBUTE, "enabled": True}
    assert table["point_in_time_recovery"] == {"enabled": True}
    assert table["billing_mode"] == "PAY_PER_REQUEST"


def test_what_is_due_is_found_without_reading_every_record(stack: Stack) -> None:
    table = stack.of_type("aws_dynamodb_table")["JobTable"]
    (index,) = table["global_secondary_index"]
    assert (index["name"], index["hash_key"], index["range_key"]) == (DUE_INDEX, DUE_PARTITION_KEY, DUE_SORT_KEY)
    types = {attribute["name"]: attribute["type"] for attribute in table["attribute"]}
    assert types == {PARTITION_KEY: "S", DUE_PARTITION_KEY: "S", DUE_SORT_KEY: "N"}


def test_bucket_names_carry_the_account(stack: Stack) -> None:
    for bucket in stack.of_type("aws_s3_bucket").values():
        assert bucket["bucket"].startswith("media-pipeline-")
        assert bucket["bucket"].endswith("-123456789012")
