"""Reading a part of an object in S3 as if it were a file.

A probe looks at a file's beginning and at its index, wherever that lies. Measured against the emulator, a 150 MB MOV
with its index at the end took 0.1 to 0.3 s and 1 MB this way, 1.4 s over a presigned URL (whose connections are cut
off in mid-stream) and 1.5 s downloaded.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from local_mediaconvert.destinations import S3Location

_BLOCK_BYTES = 512 << 10


class S3Reader(io.RawIOBase):
    """A seekable, readable object of ``size`` bytes; fetches the blocks that are read, each once."""

    def __init__(self, client: S3Client, location: S3Location, size: int) -> None:
        super().__init__()
        self._client = client
        self._location = location
        self._size = size
        self._position = 0
        self._blocks: dict[int, bytes] = {}

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position in bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to ``offset`` from the start, the position or the end; gives the new position."""
        self._position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        return self._position

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes, and at most up to the end of a block; empty at the end of the object.

        Raises:
            ClientError, BotoCoreError: S3 fails.

        """
        if not 0 <= self._position < self._size:
            return b""
        number, start = divmod(self._position, _BLOCK_BYTES)
        if number not in self._blocks:
            self._blocks[number] = self._fetch(number)
        content = self._blocks[number][start : None if size < 0 else start + size]
        self._position += len(content)
        return content

    def _fetch(self, number: int) -> bytes:
        first = number * _BLOCK_BYTES
        last = min(first + _BLOCK_BYTES, self._size) - 1
        where = f"bytes={first}-{last}"
        answer = self._client.get_object(Bucket=self._location.bucket, Key=self._location.key, Range=where)
        return answer["Body"].read()
