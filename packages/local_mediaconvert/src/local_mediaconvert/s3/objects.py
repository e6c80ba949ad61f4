"""Input from and output to S3 at the endpoint, failures told in MediaConvert's codes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from local_mediaconvert.job_errors import ACCESS_DENIED, NOT_FOUND, UNKNOWN, JobCanceledError, JobError

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

    from local_mediaconvert.destinations import S3Location
    from local_mediaconvert.service_model import Json

CONTENT_TYPES = {
    "m3u8": "application/vnd.apple.mpegurl",
    "ts": "video/MP2T",
    "aac": "audio/aac",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
}
"""By suffix: RFC 8216 section 4 for playlists, the IANA registry for the rest."""
_CHUNK_BYTES = 1 << 20
_UPLOADS_AT_ONCE = 4
_ACLS = {
    "PUBLIC_READ": "public-read",
    "AUTHENTICATED_READ": "authenticated-read",
    "BUCKET_OWNER_READ": "bucket-owner-read",
    "BUCKET_OWNER_FULL_CONTROL": "bucket-owner-full-control",
}
_ENCRYPTION = {"SERVER_SIDE_ENCRYPTION_S3": "AES256", "SERVER_SIDE_ENCRYPTION_KMS": "aws:kms"}
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket", "NotFound", "NoSuchVersion"})
_DENIED = frozenset({"401", "403", "AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to S3. ``options`` are further arguments of PutObject."""

    file: Path
    target: S3Location
    options: dict[str, Any] = field(default_factory=dict)


def put_options(group_settings: Json) -> dict[str, Any]:
    """PutObject arguments for the group's ``destinationSettings.s3Settings``."""
    settings = group_settings.get("destinationSettings", {}).get("s3Settings", {})
    options: dict[str, Any] = {}
    if acl := settings.get("accessControl", {}).get("cannedAcl"):
        options["ACL"] = _ACLS[acl]
    encryption = settings.get("encryption", {})
    if kind := encryption.get("encryptionType"):
        options["ServerSideEncryption"] = _ENCRYPTION[kind]
    if key := encryption.get("kmsKeyArn"):
        options["SSEKMSKeyId"] = key
    if storage_class := settings.get("storageClass"):
        options["StorageClass"] = storage_class
    return options


def download(client: S3Client, source: S3Location, target: Path, canceled: threading.Event) -> None:
    """Read the latest version of an object into a file.

    Raises:
        JobError: it is missing, may not be read, or S3 fails.
        JobCanceledError: the job was canceled meanwhile.

    """
    try:
        body = client.get_object(Bucket=source.bucket, Key=source.key)["Body"]
        with target.open("wb") as file:
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                if canceled.is_set():
                    raise JobCanceledError
                file.write(chunk)
    except (ClientError, BotoCoreError) as error:
        _raise(error, f"Unable to open input file [{source.uri}]", "Failed probe/open")


def upload(client: S3Client, uploads: Iterable[Upload], canceled: threading.Event) -> Iterator[Upload]:
    """Write files to S3, a few at once; yields each as it is done, in order.

    Raises:
        JobError: a bucket is missing, writing is denied, or S3 fails.
        JobCanceledError: the job was canceled meanwhile.

    """

    def put(one: Upload) -> Upload:
        if canceled.is_set():
            raise JobCanceledError
        content_type = CONTENT_TYPES.get(one.target.key.rpartition(".")[2].lower(), "application/octet-stream")
        options: dict[str, Any] = {"Bucket": one.target.bucket, "Key": one.target.key, **one.options}
        try:
            with one.file.open("rb") as body:
                client.put_object(Body=body, ContentType=content_type, **options)
        except (ClientError, BotoCoreError) as error:
            _raise(error, f"Unable to write to output file [{one.target.uri}]", "Failed to write data")
        return one

    with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
        yield from pool.map(put, uploads)


def _raise(error: ClientError | BotoCoreError, what: str, how: str) -> NoReturn:
    code, text = "", str(error)
    if isinstance(error, ClientError):
        code, text = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    number = NOT_FOUND if code in _MISSING else ACCESS_DENIED if code in _DENIED else UNKNOWN
    raise JobError(number, f"{what}: [{how}: [{code or type(error).__name__}: {text}]]") from error
