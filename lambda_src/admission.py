"""Which uploads the pipeline leaves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_src.media_types import is_video_key

if TYPE_CHECKING:
    from lambda_src.upload_event import UploadEvent


def reason_to_ignore(upload: UploadEvent, *, upload_bucket: str, key_prefix: str) -> str | None:
    """Say why an upload is not for this pipeline, or return None where it is."""
    if upload.detail_type not in (None, "Object Created"):
        return f'the event is "{upload.detail_type}", not "Object Created"'
    if upload.bucket != upload_bucket:
        return f'the bucket is "{upload.bucket}", not "{upload_bucket}"'
    if not upload.key.startswith(key_prefix):
        return f'the key does not start with "{key_prefix}"'
    if not is_video_key(upload.key):
        return "the key has no video suffix"
    return None
