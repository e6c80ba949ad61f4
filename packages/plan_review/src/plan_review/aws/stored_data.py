"""Resource types that hold data, and what is lost when one of them is destroyed or replaced.

From the pages of each resource in the AWS provider's documentation and the API operation that deletes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STORED_DATA: Mapping[str, str] = {
    "aws_backup_vault": "every recovery point in it",
    "aws_cloudwatch_log_group": "every log event in it",
    "aws_cognito_user_pool": "every user in it",
    "aws_db_instance": "the database",
    "aws_docdb_cluster": "the database",
    "aws_dynamodb_table": "every item in it",
    "aws_ebs_volume": "everything on it",
    "aws_ecr_repository": "every image in it",
    "aws_efs_file_system": "every file on it",
    "aws_elasticache_cluster": "everything that it holds in memory",
    "aws_elasticache_replication_group": "everything that it holds in memory",
    "aws_kinesis_stream": "every record in it",
    "aws_kms_key": "what it encrypted: without the key nobody can read it",
    "aws_neptune_cluster": "the database",
    "aws_opensearch_domain": "every index in it",
    "aws_rds_cluster": "the database",
    "aws_redshift_cluster": "the database",
    "aws_s3_bucket": "every object in it",
    "aws_secretsmanager_secret": "the secret",
    "aws_sfn_state_machine": "the history of its executions; running ones are stopped",
    "aws_sns_topic": "its subscriptions, confirmed ones included",
    "aws_sqs_queue": "every message in it, dead letters included",
    "aws_ssm_parameter": "its value and the versions of it",
    "aws_timestreamwrite_table": "every record in it",
}
