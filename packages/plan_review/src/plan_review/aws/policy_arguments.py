"""Which arguments of which resources hold a policy document of IAM's grammar, and what kind of policy it is.

The kinds differ in what a statement must and must not have:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class PolicyKind(StrEnum):
    """``IDENTITY`` policies have no principals, ``TRUST`` policies no resources, ``RESOURCE`` policies have principals.

    Of ``OTHER`` policies it is known that they are JSON, and no more.
    """

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    OTHER = "other"


POLICY_ARGUMENTS: Mapping[str, tuple[str, PolicyKind]] = {
    "aws_iam_group_policy": ("policy", PolicyKind.IDENTITY),
    "aws_iam_policy": ("policy", PolicyKind.IDENTITY),
    "aws_iam_role_policy": ("policy", PolicyKind.IDENTITY),
    "aws_iam_user_policy": ("policy", PolicyKind.IDENTITY),
    "aws_iam_role": ("assume_role_policy", PolicyKind.TRUST),
    "aws_ssoadmin_permission_set_inline_policy": ("inline_policy", PolicyKind.IDENTITY),
    "aws_transfer_user": ("policy", PolicyKind.IDENTITY),
    "aws_acmpca_policy": ("policy", PolicyKind.RESOURCE),
    "aws_api_gateway_rest_api_policy": ("policy", PolicyKind.RESOURCE),
    "aws_backup_vault_policy": ("policy", PolicyKind.RESOURCE),
    "aws_cloudwatch_event_bus_policy": ("policy", PolicyKind.RESOURCE),
    "aws_cloudwatch_log_destination_policy": ("access_policy", PolicyKind.RESOURCE),
    "aws_cloudwatch_log_resource_policy": ("policy_document", PolicyKind.RESOURCE),
    "aws_codeartifact_domain_permissions_policy": ("policy_document", PolicyKind.RESOURCE),
    "aws_codeartifact_repository_permissions_policy": ("policy_document", PolicyKind.RESOURCE),
    "aws_dynamodb_resource_policy": ("policy", PolicyKind.RESOURCE),
    "aws_ecr_registry_policy": ("policy", PolicyKind.RESOURCE),
    "aws_ecr_repository_policy": ("policy", PolicyKind.RESOURCE),
    "aws_efs_file_system_policy": ("policy", PolicyKind.RESOURCE),
    "aws_elasticsearch_domain_policy": ("access_policies", PolicyKind.RESOURCE),
    "aws_glacier_vault": ("access_policy", PolicyKind.RESOURCE),
    "aws_glue_resource_policy": ("policy", PolicyKind.RESOURCE),
    "aws_kinesis_resource_policy": ("policy", PolicyKind.RESOURCE),
    "aws_kms_key": ("policy", PolicyKind.RESOURCE),
    "aws_kms_key_policy": ("policy", PolicyKind.RESOURCE),
    "aws_kms_external_key": ("policy", PolicyKind.RESOURCE),
    "aws_kms_replica_key": ("policy", PolicyKind.RESOURCE),
    "aws_msk_cluster_policy": ("policy", PolicyKind.RESOURCE),
    "aws_opensearch_domain_policy": ("access_policies", PolicyKind.RESOURCE),
    "aws_s3_access_point": ("policy", PolicyKind.RESOURCE),
    "aws_s3_bucket": ("policy", PolicyKind.RESOURCE),
    "aws_s3_bucket_policy": ("policy", PolicyKind.RESOURCE),
    "aws_schemas_registry_policy": ("policy", PolicyKind.RESOURCE),
    "aws_secretsmanager_secret": ("policy", PolicyKind.RESOURCE),
    "aws_secretsmanager_secret_policy": ("policy", PolicyKind.RESOURCE),
    "aws_ses_identity_policy": ("policy", PolicyKind.RESOURCE),
    "aws_sns_topic": ("policy", PolicyKind.RESOURCE),
    "aws_sns_topic_policy": ("policy", PolicyKind.RESOURCE),
    "aws_sqs_queue": ("policy", PolicyKind.RESOURCE),
    "aws_sqs_queue_policy": ("policy", PolicyKind.RESOURCE),
    "aws_vpc_endpoint": ("policy", PolicyKind.RESOURCE),
    "aws_vpc_endpoint_policy": ("policy", PolicyKind.RESOURCE),
    "aws_organizations_policy": ("content", PolicyKind.OTHER),
}
"""Resource type → its argument and the kind of policy; inline policies of a role are blocks, and not listed."""
