"""What is stored: who may read it, how it is encrypted, how long it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.faults.historic import FUNCTION_POLICY, MACHINE
from tests.faults.mutation import Defect, mutation

if TYPE_CHECKING:
    from tests.faults.mutation import Subject

TABLE = "aws_dynamodb_table.JobTable"
KEY = "aws_kms_key.NotificationKey"
KEY_POLICY = "aws_kms_key_policy.NotificationKeyPolicy"
OUTPUT_POLICY = "aws_s3_bucket_policy.OutputBucketPolicy"


@mutation("A bucket's block of public access is taken out", Defect.SECURITY)
def public_access_block_removed(subject: Subject) -> None:
    subject.remove("aws_s3_bucket_public_access_block.UploadBucketPublicAccessBlock")


@mutation("A bucket is readable by everyone", Defect.SECURITY)
def bucket_readable_by_everyone(subject: Subject) -> None:
    read = {
        "Sid": "Website",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "${aws_s3_bucket.OutputBucket.arn}/*",
    }
    subject.policy(OUTPUT_POLICY, lambda statements: statements.append(read))


@mutation("A public ACL on a bucket that takes no ACLs", Defect.SECURITY)
def bucket_with_public_acl(subject: Subject) -> None:
    subject.add(
        "aws_s3_bucket_acl.OutputBucketAcl", {"bucket": "${aws_s3_bucket.OutputBucket.id}", "acl": "public-read"}
    )


@mutation("A bucket may be read without TLS", Defect.SECURITY)
def tls_not_demanded(subject: Subject) -> None:
    subject.remove(OUTPUT_POLICY)


@mutation("The policy against reading without TLS is the wrong way round", Defect.CONDITIONAL)
def tls_condition_inverted(subject: Subject) -> None:
    subject.statement(OUTPUT_POLICY, "DenyWithoutTls", Condition={"Bool": {"aws:SecureTransport": "true"}})


@mutation("A bucket's policy is about another bucket", Defect.CONFIGURATION_DATA)
def bucket_policy_about_other_bucket(subject: Subject) -> None:
    other = "${aws_s3_bucket.UploadBucket.arn}"
    subject.statement(OUTPUT_POLICY, "DenyWithoutTls", Resource=[other, f"{other}/*"])


@mutation("A bucket is encrypted with a key that nobody may use", Defect.SERVICE)
def bucket_key_without_grants(subject: Subject) -> None:
    address = "aws_s3_bucket_server_side_encryption_configuration.UploadBucketEncryption"
    subject.resource(address)["rule"] = [
        {
            "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": f"${{{KEY}.arn}}",
            }
        }
    ]


@mutation("A queue is not encrypted", Defect.SECURITY)
def queue_not_encrypted(subject: Subject) -> None:
    subject.resource("aws_sqs_queue.InboxQueue")["sqs_managed_sse_enabled"] = False


@mutation("The topic is not encrypted", Defect.SECURITY)
def topic_not_encrypted(subject: Subject) -> None:
    del subject.resource("aws_sns_topic.NotificationTopic")["kms_master_key_id"]


@mutation("The key is not rotated", Defect.SECURITY)
def key_not_rotated(subject: Subject) -> None:
    subject.resource(KEY)["enable_key_rotation"] = False


@mutation("The key's policy locks its own account out", Defect.SECURITY)
def key_locks_out(subject: Subject) -> None:
    subject.without(KEY_POLICY, "AccountAdministers")


@mutation("The role may encrypt with the topic's key and not decrypt", Defect.SERVICE)
def key_for_encryption_only(subject: Subject) -> None:
    subject.statement(FUNCTION_POLICY, "EncryptNotices", Action=["kms:GenerateDataKey"])


@mutation("The key may be used by everyone", Defect.SECURITY)
def key_open_to_everyone(subject: Subject) -> None:
    subject.statement(KEY_POLICY, "AccountAdministers", Principal={"AWS": "*"})


@mutation("The key is gone three days after its deletion", Defect.CONFIGURATION_DATA)
def key_deleted_too_soon(subject: Subject) -> None:
    subject.resource(KEY)["deletion_window_in_days"] = 3


@mutation("The key's alias lacks its prefix", Defect.SYNTAX)
def alias_without_prefix(subject: Subject) -> None:
    subject.resource("aws_kms_alias.NotificationKeyAlias")["name"] = "media-pipeline-local-notifications"


@mutation("Records expire by an attribute that the code does not write", Defect.CONFIGURATION_DATA, layer="nothing")
def ttl_attribute_misspelt(subject: Subject) -> None:
    subject.resource(TABLE)["ttl"]["attribute_name"] = "expire_at"


@mutation("The table's key is not the one that code and state machine use", Defect.CONFIGURATION_DATA)
def table_key_of_other_name(subject: Subject) -> None:
    table = subject.resource(TABLE)
    table["hash_key"] = "record_id"
    table["attribute"] = [{"name": "record_id", "type": "S"}]


@mutation("The table's key is a number, and records are named by text", Defect.CONFIGURATION_DATA)
def table_key_of_other_type(subject: Subject) -> None:
    subject.resource(TABLE)["attribute"] = [{"name": "pk", "type": "N"}]


@mutation("The table has provisioned capacity and no figures for it", Defect.CONFIGURATION_DATA)
def table_without_capacity(subject: Subject) -> None:
    subject.resource(TABLE)["billing_mode"] = "PROVISIONED"


@mutation("The table cannot be restored to a point in time", Defect.SECURITY)
def table_not_restorable(subject: Subject) -> None:
    subject.resource(TABLE)["point_in_time_recovery"]["enabled"] = False


@mutation("Logs are kept for ever", Defect.CONFIGURATION_DATA)
def logs_kept_for_ever(subject: Subject) -> None:
    subject.resource("aws_cloudwatch_log_group.JobEventsFunctionLogGroup")["retention_in_days"] = 0


@mutation("Objects are removed after no days at all", Defect.CONFIGURATION_DATA)
def objects_removed_at_once(subject: Subject) -> None:
    rule = {"id": "expire", "status": "Enabled", "filter": {}, "expiration": {"days": 0}}
    body = {"bucket": "${aws_s3_bucket.UploadBucket.id}", "rule": [rule]}
    subject.add("aws_s3_bucket_lifecycle_configuration.UploadBucketLifecycle", body)


@mutation("An upload that is overwritten is lost", Defect.CONFIGURATION_DATA)
def versions_not_kept(subject: Subject) -> None:
    subject.remove("aws_s3_bucket_versioning.UploadBucketVersioning")


@mutation("One of the four ways to make a bucket public is open", Defect.SECURITY)
def public_policy_not_blocked(subject: Subject) -> None:
    subject.resource("aws_s3_bucket_public_access_block.OutputBucketPublicAccessBlock")["block_public_policy"] = False


@mutation("Records never expire", Defect.CONFIGURATION_DATA)
def records_never_expire(subject: Subject) -> None:
    subject.resource(TABLE)["ttl"]["enabled"] = False


@mutation("Both buckets have one name", Defect.IDEMPOTENCY)
def bucket_name_twice(subject: Subject) -> None:
    name = subject.resource("aws_s3_bucket.UploadBucket")["bucket"]
    subject.resource("aws_s3_bucket.OutputBucket")["bucket"] = name


@mutation("A secret stands in a variable", Defect.SECURITY)
def secret_in_variable(subject: Subject) -> None:
    variables = subject.resource("aws_lambda_function.JobEventsFunction")["environment"]["variables"]
    variables["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105 - AWS's own example


@mutation("The state machine's executions are not traced, its role still may", Defect.SECURITY)
def tracing_turned_off(subject: Subject) -> None:
    subject.resource(MACHINE)["tracing_configuration"]["enabled"] = False


def _denied(subject: Subject, action: str, condition: dict[str, Any]) -> None:
    deny = {
        "Sid": "Hardened",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "${aws_s3_bucket.OutputBucket.arn}/*",
        "Condition": condition,
    }
    subject.policy(OUTPUT_POLICY, lambda statements: statements.append(deny))


@mutation("A bucket takes only what says how it is encrypted, and the code does not say it", Defect.CONDITIONAL)
def header_demanded(subject: Subject) -> None:
    _denied(subject, "s3:PutObject", {"Null": {"s3:x-amz-server-side-encryption": "true"}})


@mutation("A bucket may be used only from a network that no function is in", Defect.CONDITIONAL)
def network_demanded(subject: Subject) -> None:
    _denied(subject, "s3:*", {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}})


@mutation("Uploads are to be archived after they have been removed", Defect.CONFIGURATION_DATA)
def archived_after_removal(subject: Subject) -> None:
    rule = {
        "id": "archive",
        "status": "Enabled",
        "filter": {},
        "transition": [{"days": 60, "storage_class": "GLACIER"}],
        "expiration": {"days": 30},
    }
    body = {"bucket": "${aws_s3_bucket.UploadBucket.id}", "rule": [rule]}
    subject.add("aws_s3_bucket_lifecycle_configuration.UploadBucketLifecycle", body)


@mutation("Uploads are to be stored more cheaply before S3 does so", Defect.CONFIGURATION_DATA)
def moved_too_soon(subject: Subject) -> None:
    rule = {
        "id": "archive",
        "status": "Enabled",
        "filter": {},
        "transition": [{"days": 7, "storage_class": "STANDARD_IA"}],
    }
    body = {"bucket": "${aws_s3_bucket.UploadBucket.id}", "rule": [rule]}
    subject.add("aws_s3_bucket_lifecycle_configuration.UploadBucketLifecycle", body)


@mutation("The table sorts by an attribute that it does not declare", Defect.CONFIGURATION_DATA)
def sort_key_undeclared(subject: Subject) -> None:
    subject.resource(TABLE)["range_key"] = "attempt"
