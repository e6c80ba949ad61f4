"""Lambda's asynchronous invocations: queued, retried twice, then a dead letter; each may be delivered twice.

Lambda waits one minute before the first retry and two before the second, and an event may come more than once under one
request id (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambda_src.errors import RetryableError
from tests.simulation.cloud import Cloud, exceptions
from tests.simulation.scheduler import KilledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambda_src.run import Run

    Handler = Callable[[Any, Run], Any]

RETRY_SECONDS = (60.0, 120.0)
TIMEOUT_SECONDS = 60.0
_LEASE_MARGIN_SECONDS = 5.0


@dataclass
class Functions:
    """The functions of the pipeline by name, and a client that invokes them."""

    cloud: Cloud
    make_run: Callable[[str, str, float, float], Run]
    handlers: dict[str, Handler] = field(default_factory=dict)
    dead_letters: list[tuple[str, Any]] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)
    """What left a handler that should not: a fault of the code itself."""
    exceptions: Any = field(default_factory=lambda: exceptions("lambda"))
    _requests: int = 0
    _invocations: int = 0

    def deliver(self, name: str, event: Any, *, times: int = 1) -> None:
        """Queue an event for a function; ``times`` deliveries of it under one request id."""
        self._requests += 1
        for _ in range(times):
            self._attempt(name, event, f"request-{self._requests}", RETRY_SECONDS)

    def invoke(self, **request: Any) -> Any:
        """Answer Invoke, asynchronously."""

        def effect() -> Any:
            self.deliver(request["FunctionName"], json.loads(request["Payload"]))
            return {"StatusCode": 202}

        return self.cloud.call("lambda", "Invoke", request, effect)

    def run(self, request_id: str | None = None) -> Run:
        """Describe an invocation that starts now."""
        self._invocations += 1
        if request_id is None:
            self._requests += 1
            request_id = f"request-{self._requests}"
        now = self.cloud.now
        return self.make_run(
            request_id, f"invocation-{self._invocations}", now, now + TIMEOUT_SECONDS + _LEASE_MARGIN_SECONDS
        )

    def _attempt(self, name: str, event: Any, request_id: str, pauses: tuple[float, ...]) -> None:
        def retry() -> None:
            if not pauses:
                self.dead_letters.append((name, event))
                return
            again = self.cloud.now + pauses[0]
            self.cloud.scheduler.at(again, lambda: self._attempt(name, event, request_id, pauses[1:]))

        def task() -> None:
            try:
                self.handlers[name](event, self.run(request_id))
            except (RetryableError, KilledError):
                retry()
            except Exception as crash:  # noqa: BLE001 - whatever it is, the code should not have let it out
                self.crashes.append(crash)
                retry()

        self.cloud.scheduler.start(task, deadline=self.cloud.now + TIMEOUT_SECONDS)
