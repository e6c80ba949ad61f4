"""MiniStack as it is published, and the local MediaConvert beside it: what the offline provider is applied to here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_mediaconvert.service import LocalMediaConvert

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT_ID = "123456789012"
REGION = "ap-southeast-1"
_START = "from ministack.app import main; main()"
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Endpoints:
    """Where an emulator answers: its own URL, that of MediaConvert, and the region."""

    aws: str
    mediaconvert: str
    region: str = REGION

    def environment(self) -> dict[str, str]:
        """Return the variables that point the offline provider at the emulator."""
        return {
            "AWS_ENDPOINT_URL": self.aws,
            "AWS_ENDPOINT_URL_MEDIACONVERT": self.mediaconvert,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }


NOWHERE = Endpoints("http://127.0.0.1:9", "http://127.0.0.1:9")
"""An endpoint at which nothing answers."""


@contextmanager
def emulator(folder: Path) -> Iterator[Endpoints]:
    """Run both while the block runs, with their files in ``folder``."""
    url = f"http://127.0.0.1:{_free_port()}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "GATEWAY_PORT": url.rpartition(":")[2],
        "BIND_HOST": "127.0.0.1",
        # A socket that does not exist: MiniStack removes other people's containers when it finds Docker.
        "DOCKER_HOST": f"unix://{folder / 'no-docker.sock'}",
        # Otherwise it opens further ports, for MQTT and SFTP, on every address.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
    }
    log = folder / "ministack.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", _START], env=environment, stdout=output, stderr=output)
    try:
        _wait_until_healthy(f"{url}/_ministack/health", process, log)
        with LocalMediaConvert(endpoint=url, data_dir=folder) as mediaconvert:
            yield Endpoints(url, mediaconvert.url)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"MiniStack did not start: {log.read_text()}")
