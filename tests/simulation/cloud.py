"""What every simulated call goes through: botocore's model of the request, time, and faults."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import botocore.session
from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.validate import ParamValidator

from tests.simulation.scheduler import KilledError, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from botocore.model import ServiceModel

T = TypeVar("T")

_SECONDS_THERE = 0.02
_SECONDS_BACK = 0.02
# All attempts of a call that is never answered, as the adapter's clients are set up.
_SECONDS_UNTIL_TIME_OUT = 25.0


class Kind(StrEnum):
    """How a call fails."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    THROTTLED = "throttled"
    BROKEN = "server error"
    DENIED = "denied"


WITHOUT_EFFECT = (Kind.THROTTLED, Kind.DENIED)
"""Answers that say that nothing was done."""

# The codes that each service answers with, and their HTTP status; those that are not the same everywhere.
_CODES: dict[str, dict[Kind, tuple[str, int]]] = {
    "s3": {
        Kind.THROTTLED: ("SlowDown", 503),
        Kind.BROKEN: ("InternalError", 500),
        Kind.DENIED: ("AccessDenied", 403),
    },
    "dynamodb": {
        Kind.THROTTLED: ("ThrottlingException", 400),
        Kind.BROKEN: ("InternalServerError", 500),
        Kind.DENIED: ("AccessDeniedException", 400),
    },
    "mediaconvert": {
        Kind.THROTTLED: ("TooManyRequestsException", 429),
        Kind.BROKEN: ("InternalServerErrorException", 500),
        Kind.DENIED: ("ForbiddenException", 403),
    },
    "sns": {
        Kind.THROTTLED: ("Throttled", 429),
        Kind.BROKEN: ("InternalError", 500),
        Kind.DENIED: ("AuthorizationError", 403),
    },
    "lambda": {
        Kind.THROTTLED: ("TooManyRequestsException", 429),
        Kind.BROKEN: ("ServiceException", 500),
        Kind.DENIED: ("AccessDeniedException", 403),
    },
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The ``number``-th call of an operation (from 1) fails, before or after it took effect."""

    operation: str
    number: int
    kind: Kind
    when: Literal["before", "after"] = "before"

    def __str__(self) -> str:
        return f"{self.operation} number {self.number} is {self.kind} {self.when} its effect"


def client_error(operation: str, code: str, status: int, message: str = "simulated") -> ClientError:
    """Return an error as a client raises it."""
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # the rest of it is not read
        operation,
    )


@cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


@cache
def exceptions(service: str) -> Any:
    """Return the exception classes that a client of a service has."""
    return ClientExceptionsFactory().create_client_exceptions(service_model(service))


class Cloud:
    """Time, faults, and a count of all calls."""

    def __init__(self, scheduler: Scheduler, faults: Iterable[Fault] = ()) -> None:
        self.scheduler = scheduler
        self.faults = list(faults)
        self.calls: Counter[str] = Counter()

    @property
    def now(self) -> float:
        """The time in epoch seconds."""
        return self.scheduler.now

    def fail_next(self, operation: str, kind: Kind, when: Literal["before", "after"] = "before") -> None:
        """Let the next call of an operation that no fault is planned for yet fail."""
        planned = [fault.number for fault in self.faults if fault.operation == operation]
        self.faults.append(Fault(operation, max([self.calls[operation], *planned]) + 1, kind, when))

    def call(self, service: str, operation: str, request: dict[str, Any], effect: Callable[[], T]) -> T:
        """Make a call. Raises what a client would."""
        self._validate(service, operation, request)
        self.calls[operation] += 1
        number = self.calls[operation]
        fault = next((fault for fault in self.faults if (fault.operation, fault.number) == (operation, number)), None)
        self.scheduler.pause(_SECONDS_THERE)
        if fault and fault.when == "before":
            self._fail(service, fault)
        answer = effect()
        self.scheduler.pause(_SECONDS_BACK)
        if fault:
            self._fail(service, fault)
        return answer

    def _validate(self, service: str, operation: str, request: dict[str, Any]) -> None:
        shape = service_model(service).operation_model(operation).input_shape
        assert shape is not None
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            raise AssertionError(f"{operation}: {report.generate_report()}")

    def _fail(self, service: str, fault: Fault) -> None:
        if fault.kind is Kind.KILLED:
            raise KilledError
        if fault.kind is Kind.TIMED_OUT:
            self.scheduler.pause(_SECONDS_UNTIL_TIME_OUT)
            raise ReadTimeoutError(endpoint_url=f"https://{service}.example")
        raise client_error(fault.operation, *_CODES[service][fault.kind])


class Paginator:
    """A client's paginator over a method that takes and gives tokens of the same names as AWS's."""

    def __init__(self, method: Callable[..., Any], tokens: dict[str, str], size: str) -> None:
        self._method, self._tokens, self._size = method, tokens, size

    def paginate(self, *, PaginationConfig: dict[str, int] | None = None, **request: Any) -> Iterable[Any]:  # noqa: N803 - boto3 names it so
        """Yield pages."""
        if PaginationConfig:
            request[self._size] = PaginationConfig["PageSize"]
        while True:
            page = self._method(**request)
            yield page
            if not any(page.get(given) for given in self._tokens.values()):
                return
            request |= {taken: page[given] for taken, given in self._tokens.items() if page.get(given)}
