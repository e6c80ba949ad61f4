"""AWS failures in the terms of ``errors``."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

from lambda_src.errors import ContendedError, RetryableError, ServiceFaultError, SetupError, ThrottledError

if TYPE_CHECKING:
    from collections.abc import Iterator

_THROTTLED_CODES = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceQuotaExceededException",
        "SlowDown",
        "Throttled",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


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
    status, code = http_status(error), error_code(error)
    message = f"{action}: {code}: {error_message(error)}"
    if code in _THROTTLED_CODES or status == HTTPStatus.TOO_MANY_REQUESTS:
        return ThrottledError(message)
    if code == "TransactionConflictException" or status == HTTPStatus.CONFLICT:
        return ContendedError(message)
    if status == HTTPStatus.REQUEST_TIMEOUT or not HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServiceFaultError(message)
    return SetupError(message)


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
