"""A bucket that nobody reaches without a grant and without TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_notification import S3BucketNotification
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import S3BucketVersioningA, S3BucketVersioningVersioningConfiguration
from constructs import Construct

from stacks.naming import fixed
from stacks.policy import Statement, document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource


class PrivateBucket(Construct):
    """A private, encrypted, owner-enforced bucket with a TLS-only policy.

    S3 answers ``OperationAborted`` when two settings of one bucket change at the same time, and Terraform would do
    them in parallel; each setting here waits for the one before.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        removable: bool,
        versioned: bool,
        lifecycle: Sequence[S3BucketLifecycleConfigurationRule],
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = fixed(S3Bucket(self, id_, bucket=name, force_destroy=removable))
        self._last: TerraformResource = self.bucket
        self._keep_private(id_)
        if versioned:
            enabled = S3BucketVersioningVersioningConfiguration(status="Enabled")
            self._then(
                S3BucketVersioningA(
                    self,
                    f"{id_}Versioning",
                    bucket=self.bucket.id,
                    versioning_configuration=enabled,
                    depends_on=[self._last],
                )
            )
        if lifecycle:
            self._then(
                S3BucketLifecycleConfiguration(
                    self, f"{id_}Lifecycle", bucket=self.bucket.id, rule=list(lifecycle), depends_on=[self._last]
                )
            )

    def announce_objects(self, *, after: Sequence[TerraformResource]) -> None:
        """Send the bucket's events to EventBridge, once ``after`` is there: earlier events would be lost."""
        self._then(
            S3BucketNotification(
                self,
                f"{self.node.id}Events",
                bucket=self.bucket.id,
                eventbridge=True,
                depends_on=[self._last, *after],
            )
        )

    def _then(self, setting: TerraformResource) -> None:
        self._last = fixed(setting)

    def _keep_private(self, id_: str) -> None:
        self._then(
            S3BucketPublicAccessBlock(
                self,
                f"{id_}PublicAccessBlock",
                bucket=self.bucket.id,
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
            )
        )
        self._then(
            S3BucketOwnershipControls(
                self,
                f"{id_}Ownership",
                bucket=self.bucket.id,
                rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
                depends_on=[self._last],
            )
        )
        self._then(
            S3BucketServerSideEncryptionConfigurationA(
                self,
                f"{id_}Encryption",
                bucket=self.bucket.id,
                rule=[
                    S3BucketServerSideEncryptionConfigurationRuleA(
                        apply_server_side_encryption_by_default=S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
                            sse_algorithm="AES256"
                        )
                    )
                ],
                depends_on=[self._last],
            )
        )
        self._then(
            S3BucketPolicy(
                self, f"{id_}Policy", bucket=self.bucket.id, policy=self._tls_only(), depends_on=[self._last]
            )
        )

    def _tls_only(self) -> str:
        return document(
            Statement(
                sid="DenyWithoutTls",
                effect="Deny",
                principal="*",
                actions=("s3:*",),
                resources=(self.bucket.arn, f"{self.bucket.arn}/*"),
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        )
