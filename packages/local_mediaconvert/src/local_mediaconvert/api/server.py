"""The HTTP side: rest-json in and out, and a health check at ``/_health``."""

from __future__ import annotations

import json
import logging
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from local_mediaconvert.exceptions import BadRequestError, InternalServerError, ServiceError
from local_mediaconvert.service_model import route

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_mediaconvert.api.responses import Responses
    from local_mediaconvert.service_model import Call, Json

_LOG = logging.getLogger(__name__)
HEALTH_PATH = "/_health"
_BODY_LIMIT = 8 << 20
_STOP_CHECK_SECONDS = 0.05


class HttpServer(ThreadingHTTPServer):
    """Serves ``responses`` on 127.0.0.1; port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer: Callable[[Call], Json] = _not_ready
        self._thread = threading.Thread(target=self.serve_forever, args=(_STOP_CHECK_SECONDS,), daemon=True)

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self, responses: Responses) -> None:
        """Serve, in a thread of its own."""
        self.answer = responses.answer
        self._thread.start()

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the base class's
        """Report what went wrong with a connection, unless the client just went away."""
        error = sys.exception()
        if not isinstance(error, ConnectionError):
            _LOG.error("connection from %s failed", client_address, exc_info=error)

    def stop(self) -> None:
        """Serve no more and let the port go."""
        self.shutdown()
        self.server_close()


def _not_ready(_: Call) -> Json:
    raise InternalServerError("the server is not ready yet")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "LocalMediaConvert"
    sys_version = ""
    server: HttpServer
    # A buffered answer goes out in one packet instead of waiting for the first to be acknowledged.
    wbufsize = -1

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - likewise

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Stay quiet: the caller sees what comes back."""

    def _handle(self) -> None:
        if self.path == HEALTH_PATH:
            self._send(200, {"status": "ready"})
            return
        try:
            call = route(self.command, self.path, self._body())
            answer = self.server.answer(call)
        except ServiceError as error:
            self._send(error.status, {"message": error.message}, error.code)
        except Exception as error:  # noqa: BLE001 - a fault of ours is told to the caller, as AWS does
            _LOG.exception("%s %s failed", self.command, self.path)
            failure = InternalServerError(f"the local MediaConvert failed: {type(error).__name__}: {error}")
            self._send(failure.status, {"message": failure.message}, failure.code)
        else:
            self._send(int(call.operation.http.get("responseCode", 200)), answer)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _BODY_LIMIT:
            self.close_connection = True
            raise BadRequestError(f"the request body should have at most {_BODY_LIMIT} bytes, not {length}")
        return self.rfile.read(int(length))

    def _send(self, status: int, body: Json, error_type: str | None = None) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if error_type:
            self.send_header("x-amzn-ErrorType", error_type)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()
