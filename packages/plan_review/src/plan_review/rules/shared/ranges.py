"""The ranges of numbers that AWS takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LAMBDA_QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
SLOW = "the quota is refused as throttling (429), so that Terraform tries for an hour before it fails"


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest value of the argument at ``path``."""

    path: tuple[str, ...]
    low: int
    high: int
    unit: str


RANGES: dict[str, tuple[Range, ...]] = {
    "aws_lambda_function": (
        Range(("timeout",), 1, 900, "seconds"),
        Range(("memory_size",), 128, 10240, "MB"),
        Range(("ephemeral_storage", "size"), 512, 10240, "MB"),
    ),
    "aws_lambda_event_source_mapping": (
        Range(("batch_size",), 1, 10_000, "records"),
        Range(("maximum_batching_window_in_seconds",), 0, 300, "seconds"),
        Range(("scaling_config", "maximum_concurrency"), 2, 1000, "invocations"),
    ),
    "aws_iam_role": (Range(("max_session_duration",), 3600, 43_200, "seconds"),),
    "aws_cloudwatch_metric_alarm": (Range(("evaluation_periods",), 1, 10_080, "periods"),),
    "aws_s3_bucket_lifecycle_configuration": (
        Range(("rule", "expiration", "days"), 1, 2**31 - 1, "days"),
        Range(("rule", "noncurrent_version_expiration", "noncurrent_days"), 1, 2**31 - 1, "days"),
        Range(("rule", "abort_incomplete_multipart_upload", "days_after_initiation"), 1, 2**31 - 1, "days"),
    ),
    "aws_lambda_function_event_invoke_config": (
        Range(("maximum_event_age_in_seconds",), 60, 21600, "seconds"),
        Range(("maximum_retry_attempts",), 0, 2, "attempts"),
    ),
    "aws_sqs_queue": (
        Range(("visibility_timeout_seconds",), 0, 43200, "seconds"),
        Range(("message_retention_seconds",), 60, 1209600, "seconds"),
        Range(("delay_seconds",), 0, 900, "seconds"),
        Range(("receive_wait_time_seconds",), 0, 20, "seconds"),
        Range(("max_message_size",), 1024, 1048576, "bytes"),
    ),
    "aws_cloudwatch_event_target": (
        Range(("retry_policy", "maximum_event_age_in_seconds"), 60, 86400, "seconds"),
        Range(("retry_policy", "maximum_retry_attempts"), 0, 185, "attempts"),
    ),
    "aws_kms_key": (Range(("deletion_window_in_days",), 7, 30, "days"),),
    "aws_media_convert_queue": (Range(("concurrent_jobs",), 0, 500, "jobs"),),
}


def number_of(value: Any) -> float | None:
    """Return a number, also where it is written as a text, which Terraform converts."""
    if isinstance(value, str):
        try:
            return float(value) if value.isascii() else None
        except ValueError:
            return None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
