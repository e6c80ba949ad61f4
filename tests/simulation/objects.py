"""S3: buckets with versions, strongly consistent; deletions are markers.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.simulation.cloud import Cloud, Paginator, client_error, exceptions

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object; ``content`` None is a deletion."""

    bucket: str
    key: str
    version_id: str
    content: bytes | None
    stored_at: float
    locked: bool = False

    @property
    def etag(self) -> str:
        """The ETag without quotes."""
        return hashlib.md5(self.content or b"", usedforsecurity=False).hexdigest()


@dataclass
class Objects:
    """The state of all buckets, and a client for it. ``announce`` is called with each new version of content."""

    cloud: Cloud
    announce: Callable[[Version], None]
    versioned: bool = True
    exceptions: Any = field(default_factory=lambda: exceptions("s3"))
    _by_key: dict[tuple[str, str], list[Version]] = field(default_factory=dict)
    _stored: int = 0

    @property
    def versions(self) -> list[Version]:
        """Return all versions of all objects, deletions included."""
        return [version for kept in self._by_key.values() for version in kept]

    # What people do

    def put(self, bucket: str, key: str, content: bytes, *, locked: bool = False) -> Version:
        """Store an object and announce it."""
        version_id = self._next_id("version") if self.versioned else "null"
        stored = Version(bucket, key, version_id, content, self.cloud.now, locked)
        self._store(stored)
        self.announce(stored)
        return stored

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object: a marker becomes the current version."""
        self._store(Version(bucket, key, self._next_id("marker"), None, self.cloud.now))

    def current(self, bucket: str, key: str) -> Version | None:
        """Return the current version of an object, None where there is none."""
        found = self.history(bucket, key)
        return found[0] if found and found[0].content is not None else None

    def history(self, bucket: str, key: str) -> list[Version]:
        """Return all versions of an object, deletions included, newest first."""
        return self._by_key.get((bucket, key), [])[::-1]

    def _store(self, version: Version) -> None:
        kept = self._by_key.setdefault((version.bucket, version.key), [])
        if not self.versioned:
            kept.clear()
            if version.content is None:
                return
        kept.append(version)
        self._stored += 1

    def _next_id(self, kind: str) -> str:
        return f"{kind}-{self._stored + 1:04}"

    # The client

    def head_object(self, **request: Any) -> Any:
        """Answer HeadObject, whose errors have no body and so no code."""

        def effect() -> Any:
            found = self.current(request["Bucket"], request["Key"])
            if found is None:
                raise client_error("HeadObject", "404", 404, "Not Found")
            if found.locked:
                raise client_error("HeadObject", "400", 400, "Bad Request")
            return {"ContentLength": len(found.content or b""), "ETag": f'"{found.etag}"'} | (
                {"VersionId": found.version_id} if self.versioned else {}
            )

        return self.cloud.call("s3", "HeadObject", request, effect)

    def get_object(self, **request: Any) -> Any:
        """Answer GetObject, as far as it refuses."""

        def effect() -> Any:
            found = self.current(request["Bucket"], request["Key"])
            if found is None:
                raise client_error("GetObject", "NoSuchKey", 404)
            if found.locked:
                raise client_error("GetObject", "InvalidRequest", 400)
            return {"ContentLength": 1}

        return self.cloud.call("s3", "GetObject", request, effect)

    def put_object(self, **request: Any) -> Any:
        """Answer PutObject."""

        def effect() -> Any:
            version_id = self._next_id("version")
            self._store(Version(request["Bucket"], request["Key"], version_id, request["Body"], self.cloud.now))
            return {"VersionId": version_id}

        return self.cloud.call("s3", "PutObject", request, effect)

    def list_object_versions(self, **request: Any) -> Any:
        """Answer ListObjectVersions: by key, the newest version of a key first."""

        def effect() -> Any:
            bucket, prefix = request["Bucket"], request.get("Prefix", "")
            keys = sorted(key for held, key in self._by_key if held == bucket and key.startswith(prefix))
            listed = [one for key in keys for one in self.history(bucket, key)]
            marker = (request.get("KeyMarker"), request.get("VersionIdMarker"))
            places = [number for number, one in enumerate(listed) if (one.key, one.version_id) == marker]
            listed = listed[places[0] + 1 :] if places else listed
            page = listed[: request.get("MaxKeys", 1000)]
            rest = {"NextKeyMarker": page[-1].key, "NextVersionIdMarker": page[-1].version_id} if page != listed else {}
            return {
                "Versions": [self._listed(one) for one in page if one.content is not None],
                "DeleteMarkers": [{"Key": one.key, "VersionId": one.version_id} for one in page if one.content is None],
                "IsTruncated": page != listed,
                **rest,
            }

        return self.cloud.call("s3", "ListObjectVersions", request, effect)

    def _listed(self, version: Version) -> dict[str, Any]:
        return {
            "Key": version.key,
            "VersionId": version.version_id,
            "ETag": f'"{version.etag}"',
            "Size": len(version.content or b""),
            "IsLatest": self.history(version.bucket, version.key)[0] == version,
            "LastModified": datetime.fromtimestamp(version.stored_at, UTC),
        }

    def get_paginator(self, operation: str) -> Paginator:
        """Return a paginator of ListObjectVersions."""
        tokens = {"KeyMarker": "NextKeyMarker", "VersionIdMarker": "NextVersionIdMarker"}
        return Paginator(getattr(self, operation), tokens, "MaxKeys")
