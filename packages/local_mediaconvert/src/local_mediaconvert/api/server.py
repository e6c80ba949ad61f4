"""The HTTP side: rest-json in and out by waitress, and a health check at ``/_health``.

Requests of web pages are refused (see ``web_pages``).
"""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
import uuid
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

from local_mediaconvert.api.web_pages import refusal
from local_mediaconvert.exceptions import BadRequestError, ForbiddenError, InternalServerError, ServiceError
from local_mediaconvert.service_model import route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from local_mediaconvert.service_model import Call, Json

    Environ = dict[str, Any]
    StartResponse = Callable[[str, list[tuple[str, str]]], object]

_LOG = logging.getLogger(__name__)
HEALTH_PATH = "/_health"
LOOPBACK = "127.0.0.1"
_BODY_LIMIT = 8 << 20
_READ_LIMIT = 1 << 30
"""Bytes of a body that are read before the request is refused: a client that still sends does not read the answer."""
_REQUESTS_AT_ONCE = 16
_CONNECTIONS_AT_ONCE = 1000
_BACKLOG = 1024
_STOP_SECONDS = 2.0
_LAST_REQUESTS_SECONDS = 0.2
# Its warnings are of requests that wait for a thread, and of such that still run at the end: both are meant to be.
logging.getLogger("waitress").setLevel(logging.ERROR)
_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z]{2}(?:-[a-z]+)+-\d)/mediaconvert/aws4_request")
"""The region within a signature (AWS Signature Version 4, "Authorization header")."""


class HttpServer:
    """Serves on ``host``, by default this machine alone; port 0 takes a free one.

    ``known_hosts`` are further names under which clients may reach it. Raises ``OSError`` where the port is taken.
    """

    def __init__(self, port: int, host: str = LOOPBACK, known_hosts: Iterable[str] = ()) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        self._host = f"[{host}]" if ":" in host else host
        self._port = int(self._listener.getsockname()[1])
        self._known_hosts = frozenset(name.lower() for name in known_hosts)
        self._answer: Callable[[Call], Json] = _not_ready
        self._connections: dict[int, Any] = {}
        self._server: Any = create_server(
            self._application,
            map=self._connections,
            sockets=[self._listener],
            threads=_REQUESTS_AT_ONCE,
            connection_limit=_CONNECTIONS_AT_ONCE,
            max_request_body_size=_READ_LIMIT,
            clear_untrusted_proxy_headers=True,
            ident="LocalMediaConvert",
        )
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://{self._host}:{self._port}"

    def start(self, answer: Callable[[Call], Json]) -> None:
        """Serve, in a thread of its own; ``answer`` gets each call."""
        self._answer = answer
        self._thread.start()

    def stop(self) -> None:
        """Serve no more and let the port go."""
        if not self._thread.is_alive():
            wasyncore.close_all(self._connections, ignore_all=True)
            return
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._connections, ignore_all=True))
        self._thread.join(_STOP_SECONDS)
        self._server.task_dispatcher.shutdown(timeout=_LAST_REQUESTS_SECONDS)

    def _application(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, body, error_type = self._result(environ)
        content = json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        headers.append(("x-amzn-RequestId", str(uuid.uuid4())))
        if error_type:
            headers.append(("x-amzn-ErrorType", error_type))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [content]

    def _result(self, environ: Environ) -> tuple[int, Json, str | None]:
        method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        try:
            self._refuse_web_pages(environ)
            if target == HEALTH_PATH:
                return 200, {"status": "ready"}, None
            call = route(method, target, _body(environ))
            url = f"http://{environ['HTTP_HOST']}" if "HTTP_HOST" in environ else self.url
            answer = self._answer(replace(call, url=url, region=_region(environ)))
            return int(call.operation.http.get("responseCode", 200)), answer, None
        except ServiceError as error:
            return error.status, {"message": error.message}, error.code
        except Exception as error:  # noqa: BLE001 - a fault of ours is told to the caller, as AWS does
            _LOG.exception("%s %s failed", method, target)
            failure = InternalServerError(f"the local MediaConvert failed: {type(error).__name__}: {error}")
            return failure.status, {"message": failure.message}, failure.code

    def _refuse_web_pages(self, environ: Environ) -> None:
        sent = {name.removeprefix("HTTP_"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers = {name.replace("_", "-").lower(): value for name, value in sent.items()}
        if why := refusal(headers, self._known_hosts):
            raise ForbiddenError(why)


def _not_ready(_: Call) -> Json:
    raise InternalServerError("the server is not ready yet")


def _region(environ: Environ) -> str | None:
    scope = _CREDENTIAL_SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return scope[1] if scope else None


def _body(environ: Environ) -> bytes:
    """The body, whole: waitress has put a chunked one together, and counted it."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > _BODY_LIMIT:
        raise BadRequestError(f"the request body should have at most {_BODY_LIMIT} bytes, not {length}")
    body: bytes = environ["wsgi.input"].read()
    return body
