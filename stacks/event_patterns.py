"""Which events the pipeline listens to."""

from __future__ import annotations

import json
from typing import Any

from lambda_src.job_event import JOB_STATES
from lambda_src.media_types import VIDEO_SUFFIXES


def video_uploads(*, bucket: str, key_prefix: str) -> str:
    """Return the pattern of new video objects in a bucket, below a prefix where one is given.

    The filters of one field are alternatives, so a prefix and suffixes cannot both be demanded of a key. Wildcards
    ("prefix*.mp4") could, but EventBridge refuses a rule as too complex at less than a dozen of them, and there are
    two for each suffix. With a prefix the rule filters by it alone; the function ignores what is no video.
    """
    suffixes: list[dict[str, Any]] = [{"suffix": {"equals-ignore-case": suffix}} for suffix in VIDEO_SUFFIXES]
    return json.dumps(
        {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {
                "bucket": {"name": [bucket]},
                "object": {"key": [{"prefix": key_prefix}] if key_prefix else suffixes},
            },
        }
    )


def job_states(*, queue_arn: str) -> str:
    """Return the pattern of those state changes of one MediaConvert queue's jobs that move a record."""
    return json.dumps(
        {
            "source": ["aws.mediaconvert"],
            "detail-type": ["MediaConvert Job State Change"],
            "detail": {"queue": [queue_arn], "status": list(JOB_STATES)},
        }
    )
