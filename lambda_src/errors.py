"""Everything that can go wrong, as one small tree.

::

    PipelineError
    ├── RetryableError             leaves the handler: Lambda or the state machine tries again, then dead-letters
    │   ├── ThrottledError         a service asked us to slow down, or a quota is used up for now
    │   ├── ServiceFaultError      a service failed or could not be reached
    │   ├── ContendedError         another request changed the same thing at the same moment
    │   └── SetupError             a setting, permission, table, queue or topic is missing: an operator's fault,
    │                              so the upload must not be blamed for it; the event waits in the dead-letter queue
    └── PermanentError             never leaves the handler: ends in a failure notice
        ├── MalformedEventError    the event cannot be read
        ├── ObjectGoneError        the object was deleted before processing
        ├── LockedObjectError      the object is encrypted with a key that only its uploader has
        ├── EmptyObjectError       the object has zero bytes
        ├── UnreadableMediaError   nothing in the object can be played
        ├── JobRefusedError        MediaConvert does not accept the job
        └── SupersededError        the object was overwritten before its stream was certain to hold it
"""

from __future__ import annotations

from typing import ClassVar


class PipelineError(Exception):
    """Any failure this package knows."""


class RetryableError(PipelineError):
    """Trying again may help; nothing has been decided about the object."""


class ThrottledError(RetryableError):
    """A service asked us to slow down, or a quota is used up for now."""


class ServiceFaultError(RetryableError):
    """A service failed or could not be reached."""


class ContendedError(RetryableError):
    """Another request changed the same thing at the same moment."""


class SetupError(RetryableError):
    """A setting, permission or resource is missing, which an operator must put right."""


class PermanentError(PipelineError):
    """Trying again cannot help; ``code`` names the failure in notices and records."""

    code: ClassVar[str]


class MalformedEventError(PermanentError):
    """The event cannot be read; ``bucket`` and ``key`` are given where they could be."""

    code = "MalformedEvent"

    def __init__(self, message: str, *, bucket: str | None = None, key: str | None = None) -> None:
        super().__init__(message)
        self.bucket = bucket
        self.key = key


class ObjectGoneError(PermanentError):
    """The object was deleted before processing."""

    code = "ObjectGone"


class LockedObjectError(PermanentError):
    """The object is encrypted with a key that only its uploader has."""

    code = "LockedObject"


class EmptyObjectError(PermanentError):
    """The object has zero bytes."""

    code = "EmptyObject"


class UnreadableMediaError(PermanentError):
    """Nothing in the object can be played."""

    code = "UnreadableMedia"


class JobRefusedError(PermanentError):
    """MediaConvert does not accept the job."""

    code = "JobRefused"


class SupersededError(PermanentError):
    """The object was overwritten before its stream was certain to hold it."""

    code = "Superseded"


RETRYABLE_ERROR_NAMES = tuple(
    error.__name__ for error in (ThrottledError, ServiceFaultError, ContendedError, SetupError)
)
"""What Lambda reports as ``errorType``; a state machine's ``Retry`` matches names, not base classes."""
