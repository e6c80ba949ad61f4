"""AWS failures in the terms of ``errors``: judged by the error's code, by its status only where the code is unknown.

A status alone misleads: DynamoDB and Step Functions throttle with 400, MediaConvert refuses a job with 400 too. The
codes are those of botocore's models and of its own retry rules (``botocore/data/_retry.json``);
``docs/reliability.md`` shows this table.
"""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

from lambda_src.errors import ContendedError, RetryableError, ServiceFaultError, SetupError, ThrottledError

if TYPE_CHECKING:
    from collections.abc import Iterator

THROTTLED_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "ServiceQuotaExceededException",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Slow down, or wait for a quota: never the fault of the upload, whatever the HTTP status."""
CONTENDED_CODES = frozenset({"ConflictException", "OperationAborted", "TransactionConflictException"})
FAULT_CODES = frozenset(
    {
        "InternalError",
        "InternalErrorException",
        "InternalFailure",
        "InternalServerError",
        "InternalServerErrorException",
        "KMSThrottlingException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ResourceNotReadyException",
        "ServiceException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)
SETUP_CODES = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationErrorException",
        "ExpiredToken",
        "ExpiredTokenException",
        "ForbiddenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "KMSAccessDeniedException",
        "KMSDisabledException",
        "KMSInvalidStateException",
        "NoSuchBucket",
        "NotFoundException",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
    }
)
"""A setting, permission or resource is missing. The upload waits for whoever mends it."""


def http_status(error: ClientError) -> int:
    """Return the HTTP status of a service's answer; 0 where it is not known."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def error_code(error: ClientError) -> str:
    """Return the service's own name of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_message(error: ClientError) -> str:
    """Return what the service says of an error."""
    return str(error.response.get("Error", {}).get("Message", "")) or error_code(error)


def retryable(error: ClientError, action: str) -> RetryableError:
    """Classify an error that is not the upload's fault; ``action`` says what was tried."""
    return _kind(error)(f"{action}: {error_code(error)}: {error_message(error)}")


def _kind(error: ClientError) -> type[RetryableError]:
    code, status = error_code(error), http_status(error)
    for codes, kind in (
        (THROTTLED_CODES, ThrottledError),
        (CONTENDED_CODES, ContendedError),
        (FAULT_CODES, ServiceFaultError),
        (SETUP_CODES, SetupError),
    ):
        if code in codes:
            return kind
    # A code that is in no table, or the bare number that stands for one where an answer has no body.
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ThrottledError
    if status == HTTPStatus.CONFLICT:
        return ContendedError
    if status == HTTPStatus.REQUEST_TIMEOUT or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServiceFaultError
    return SetupError


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Raise whatever AWS or the way to it answers as a ``RetryableError``; ``action`` says what was tried."""
    try:
        yield
    except ClientError as error:
        raise retryable(error, action) from error
    except (NoCredentialsError, ParamValidationError) as error:
        raise SetupError(f"{action}: {error}") from error
    except BotoCoreError as error:
        raise ServiceFaultError(f"{action}: {error}") from error
