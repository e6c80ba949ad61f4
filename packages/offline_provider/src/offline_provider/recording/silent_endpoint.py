"""An AWS endpoint on loopback that knows nothing: some plans ask a service, and recording must ask none.

A state machine's plan asks Step Functions whether the definition is valid; that one call is answered with yes.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("X-Amz-Target", "").endswith(".ValidateStateMachineDefinition"):
            self._answer(200, b'{"result":"OK","diagnostics":[]}')
        else:
            # Not retried by the SDK, so that a plan that asks fails at once.
            self._answer(400, b'{"__type":"ValidationException","message":"nothing is here"}')

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815 - named by http.server

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@contextmanager
def silent_endpoint() -> Iterator[str]:
    """Serve on a free loopback port; give its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
