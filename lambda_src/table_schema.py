"""The job table: its key, its time to live, and the name of every attribute of an item.

``stacks`` and ``local_cloud`` import this module, so it imports nothing of AWS.
"""

from __future__ import annotations

from enum import StrEnum


class Attribute(StrEnum):
    """The attributes of a job record. Times are epoch seconds; what a record may lack is said in ``record``."""

    RECORD_ID = "pk"
    BUCKET = "bucket"
    KEY = "key"
    VERSION_ID = "version_id"
    ETAG = "etag"
    STATUS = "status"
    OUTPUT_PREFIX = "output_prefix"
    ATTEMPT = "attempt"
    REQUEST_ID = "request_id"
    HOLDER = "holder"
    ASKED_BY = "asked_by"
    CLAIMED_AT = "claimed_at"
    LEASE_UNTIL = "lease_until"
    INTENT_UNTIL = "intent_until"
    UPDATED_AT = "updated_at"
    EXPIRES_AT = "expires_at"
    JOB_ID = "job_id"
    PAST_JOBS = "past_jobs"
    PERCENT = "percent"
    PLAYLIST = "playlist"
    POSTER = "poster"
    THUMBNAILS = "thumbnails"
    DURATION_SECONDS = "duration_seconds"
    RENDITIONS = "renditions"
    ERROR_CODE = "error_code"
    ERROR_MESSAGE = "error_message"
    NOTICE_UNTIL = "notice_until"
    NOTIFIED = "notified"
    OPEN = "open"
    DUE_AT = "due_at"


DUE_INDEX = "due"
"""The index over ``OPEN`` and ``DUE_AT``: it holds only records that someone has yet to bring to their end."""
OPEN_VALUE = "yes"
"""``OPEN`` of a record that has not ended, or that people were not told of; absent otherwise, as ``DUE_AT`` then is."""

# Plain strings: the bindings would take a member of an enumeration for one of their own.
PARTITION_KEY = Attribute.RECORD_ID.value
DUE_PARTITION_KEY = Attribute.OPEN.value
DUE_SORT_KEY = Attribute.DUE_AT.value
TTL_ATTRIBUTE = Attribute.EXPIRES_AT.value
STREAM_ATTRIBUTES = (
    Attribute.PLAYLIST,
    Attribute.POSTER,
    Attribute.THUMBNAILS,
    Attribute.DURATION_SECONDS,
    Attribute.RENDITIONS,
)
"""What a record keeps of a finished stream, under the names that the fields of ``stream.Stream`` have."""
