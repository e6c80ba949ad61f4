"""The tables of all types that are applied; a new type is a table in its service's module."""

from __future__ import annotations

from offline_provider.applying.types import (
    cloudwatch,
    dynamodb,
    events,
    iam,
    kms,
    lambda_,
    lambda_events,
    logs,
    mediaconvert,
    s3_bucket,
    s3_settings,
    sns,
    sqs,
    stepfunctions,
)

TYPES = {
    name: table
    for module in (
        cloudwatch, dynamodb, events, iam, kms, lambda_, lambda_events, logs, mediaconvert, s3_bucket, s3_settings,
        sns, sqs, stepfunctions,
    )
    for name, table in module.TYPES.items()
}  # fmt: skip
