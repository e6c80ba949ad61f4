"""A local AWS emulator and a canned MediaConvert, for the tests that go through real boto3."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import boto3
import pytest

from lambda_src.telemetry import logger, metrics
from tests.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def _fresh_telemetry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing counted or remembered by one test reaches the next."""
    monkeypatch.setattr(metrics.provider, "namespace", "MediaPipeline")
    yield
    metrics.clear_metrics()
    logger.clear_state()


@pytest.fixture
def world() -> World:
    return World()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """MiniStack on a free port of this machine only; gives its URL."""
    folder: Path = tmp_path_factory.mktemp("ministack")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": "123456789012",
        "TMPDIR": str(folder),
    }
    log = folder / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "ministack.app"], env=environment, cwd=folder, stdout=output, stderr=output
        )
    try:
        _await_health(f"{url}/_ministack/health", server, log)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


def _await_health(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.02)
    pytest.fail(f"the emulator did not come up:\n{log.read_text()}")


@pytest.fixture(scope="session")
def _session() -> boto3.Session:
    """One session for all tests: it keeps the services' models, which take longer to read than most tests to run."""
    return boto3.Session(region_name=REGION)


@pytest.fixture
def aws(emulator: str, _session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """A session whose clients reach the emulator the way a deployed function would: by environment variables."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator)
    monkeypatch.setenv("AWS_REGION", REGION)
    return _session


@dataclass
class CannedMediaConvert:
    """Answers the next request with the next of ``answers`` and keeps what was asked."""

    url: str = ""
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def answer(self, status: int, body: dict[str, Any], *, times: int = 1) -> None:
        self.answers += [(status, body)] * times


@pytest.fixture
def mediaconvert(aws: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[CannedMediaConvert]:
    """MediaConvert's wire format on a free port, with the answers a test wants."""
    del aws
    canned = CannedMediaConvert()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_DELETE(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            canned.asked.append((self.path, json.loads(self.rfile.read(length) or b"{}")))
            status, body = canned.answers.pop(0)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if "__type" in body:
                self.send_header("x-amzn-ErrorType", body["__type"])
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    canned.url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_MEDIACONVERT", canned.url)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield canned
    server.shutdown()
    server.server_close()
