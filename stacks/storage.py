"""The two buckets: videos come in by one, streams go out by the other.

They are two because a pipeline that writes where it listens feeds itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from constructs import Construct

from stacks.private_bucket import PrivateBucket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from stacks.config import OutputConfig, UploadsConfig
    from stacks.naming import Names

Rules = list[S3BucketLifecycleConfigurationRule]


class Storage(Construct):
    """The upload bucket, versioned and announcing its objects to EventBridge, and the output bucket."""

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, uploads: UploadsConfig, output: OutputConfig, removable: bool
    ) -> None:
        super().__init__(scope, id_)
        self._uploads = PrivateBucket(
            self,
            "UploadBucket",
            name=names.bucket("uploads"),
            removable=removable,
            versioned=True,
            lifecycle=[
                *_expire_objects(uploads.retention_days),
                *_expire_versions(uploads.noncurrent_days),
                *_abort_multipart(uploads.abort_multipart_days),
            ],
        )
        self._output = PrivateBucket(
            self,
            "OutputBucket",
            name=names.bucket("output"),
            removable=removable,
            versioned=False,
            lifecycle=[*_expire_objects(output.retention_days), *_abort_multipart(output.abort_multipart_days)],
        )
        self.uploads = self._uploads.bucket
        self.output = self._output.bucket

    def announce_uploads(self, *, after: Sequence[TerraformResource]) -> None:
        """Send events of uploads to EventBridge, once what handles them is in place."""
        self._uploads.announce_objects(after=after)


def _expire_objects(days: int | None) -> Rules:
    if days is None:
        return []
    return [_rule("expire-objects", expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=days)])]


def _expire_versions(days: int | None) -> Rules:
    if days is None:
        return []
    noncurrent = S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=days)
    # A delete marker whose versions have all expired would stay for good and slow down listings.
    lone_markers = S3BucketLifecycleConfigurationRuleExpiration(expired_object_delete_marker=True)
    return [
        _rule("expire-noncurrent-versions", noncurrent_version_expiration=[noncurrent]),
        _rule("remove-lone-delete-markers", expiration=[lone_markers]),
    ]


def _abort_multipart(days: int | None) -> Rules:
    if days is None:
        return []
    abort = S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(days_after_initiation=days)
    return [_rule("abort-stale-multipart-uploads", abort_incomplete_multipart_upload=[abort])]


def _rule(id_: str, **action: Any) -> S3BucketLifecycleConfigurationRule:
    # Without a filter the provider falls back to a deprecated form of the rule; an empty prefix means all objects.
    everything = [S3BucketLifecycleConfigurationRuleFilter(prefix="")]
    return S3BucketLifecycleConfigurationRule(id=id_, status="Enabled", filter=everything, **action)
