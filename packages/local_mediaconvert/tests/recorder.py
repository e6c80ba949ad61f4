"""A tiny EventBridge that remembers what PutEvents gave it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATIENCE_SECONDS = 20.0


class Recorder:
    """Events in the order of arrival. ``failures`` makes that many next requests fail."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.failures = 0
        self._arrived = threading.Condition()
        self._entries: list[dict[str, Any]] = []

    def take(self, body: bytes) -> bool:
        with self._arrived:
            if self.failures:
                self.failures -= 1
                return False
            self._entries += json.loads(body)["Entries"]
            self._arrived.notify_all()
            return True

    def entries(self, job_id: str) -> list[dict[str, Any]]:
        with self._arrived:
            return [entry for entry in self._entries if entry["Resources"][0].endswith(job_id)]

    def details(self, job_id: str) -> list[dict[str, Any]]:
        return [json.loads(entry["Detail"]) for entry in self.entries(job_id)]

    def wait_for(self, job_id: str, status: str) -> dict[str, Any]:
        """The detail of the job's event with this status, waited for."""
        end = time.monotonic() + _PATIENCE_SECONDS
        with self._arrived:
            while True:
                for detail in self.details_locked(job_id):
                    if detail["status"] == status:
                        return detail
                if not self._arrived.wait(end - time.monotonic()):
                    raise AssertionError(f"no {status} for {job_id}; came: {self.details_locked(job_id)}")

    def details_locked(self, job_id: str) -> list[dict[str, Any]]:
        return [json.loads(each["Detail"]) for each in self._entries if each["Resources"][0].endswith(job_id)]


@contextmanager
def recording() -> Iterator[Recorder]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken = recorder.take(body)
            answer = json.dumps({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]} if taken else {}).encode()
            self.send_response(200 if taken else 500)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    recorder = Recorder(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
