"""Why a job ends in ERROR, with MediaConvert's own codes (user guide, "Error codes").

| code | meaning there | given here when |
|---|---|---|
| 1010 | an input file cannot be opened | it is no media file, or damaged at its start |
| 1020 | no video in the input | an output with video is wanted of a file without |
| 1021 | no audio in the input | an audio-only output is wanted of a file without |
| 1040 | settings do not fit together, or not with the input | the encoder refuses them |
| 1076 | the transcoder cannot read on: unexpected end of file | the file is truncated |
| 1401 | S3 denied access to a file or bucket | reading the input or writing an output |
| 1404 | a file or S3 bucket could not be found | likewise |
| 1999 | unexpected transcoding error | anything else |
"""

from __future__ import annotations

CANNOT_OPEN = 1010
NO_VIDEO = 1020
NO_AUDIO = 1021
SETTINGS = 1040
READ_ERROR = 1076
ACCESS_DENIED = 1401
NOT_FOUND = 1404
UNKNOWN = 1999

SILENCE_ADDED = 240000
"""Warning code: silence was added where the input has no audio (user guide, "Warning codes")."""


class JobError(Exception):
    """The job cannot go on; ``code`` and ``message`` are what its ERROR event carries."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class JobCanceledError(Exception):
    """The job was canceled while it ran."""
