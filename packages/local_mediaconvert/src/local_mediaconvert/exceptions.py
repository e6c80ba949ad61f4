"""The errors MediaConvert's API answers with.

``ServiceError`` ── ``BadRequestError`` (400) · ``ForbiddenError`` (403) · ``NotFoundError`` (404)
                 └─ ``ConflictError`` (409) · ``InternalServerError`` (500)

Codes and statuses are those of the service model (its shapes with ``exception`` set).
"""

from __future__ import annotations

from typing import ClassVar


class ServiceError(Exception):
    """An answer other than success; ``message`` is what the caller reads."""

    code: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequestError(ServiceError):
    """The request is malformed, breaks a rule of the service, or asks for what is not supported locally."""

    code = "BadRequestException"
    status = 400


class ForbiddenError(ServiceError):
    """The storage refused access on behalf of the caller."""

    code = "ForbiddenException"
    status = 403


class NotFoundError(ServiceError):
    """The resource named in the request does not exist."""

    code = "NotFoundException"
    status = 404


class ConflictError(ServiceError):
    """The request conflicts with the present state of a resource."""

    code = "ConflictException"
    status = 409


class InternalServerError(ServiceError):
    """Something failed here that is not the caller's doing."""

    code = "InternalServerErrorException"
    status = 500


class UnsupportedLocallyError(BadRequestError):
    """AWS may accept this; the local MediaConvert refuses it by name instead of ignoring it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the local MediaConvert does not support {what}")
