"""The local cloud: the AWS emulator and the local MediaConvert, started and ended together.

Both listen on 127.0.0.1 only, on ports that were free. boto3, Terraform and the Lambda functions find them through
the two endpoint variables of ``Endpoints.environment``; nothing else is configured anywhere.
"""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from local_cloud import processes
from terraform_runtime.signals import uninterrupted
from toolchain.bootstrap import ROOT

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

REGION = "ap-southeast-1"
ACCOUNT_ID = "123456789012"


@dataclass(frozen=True)
class Endpoints:
    """Where a local cloud answers: the emulator's URL, that of MediaConvert, and the region and account of both."""

    aws: str
    mediaconvert: str
    region: str = REGION
    account: str = ACCOUNT_ID

    def environment(self) -> dict[str, str]:
        """Return the variables that point any AWS SDK, the CLI and Terraform at this cloud."""
        return {
            "AWS_ENDPOINT_URL": self.aws,
            "AWS_ENDPOINT_URL_MEDIACONVERT": self.mediaconvert,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Put ``environment`` into this process's own within the block, so that boto3 talks to this cloud.

        A profile or session token of the person's own is out of the way meanwhile.
        """
        hidden = dict.fromkeys(("AWS_PROFILE", "AWS_SESSION_TOKEN"))
        wanted: dict[str, str | None] = {**hidden, **self.environment()}
        before = {name: os.environ.get(name) for name in wanted}
        _set_environment(wanted)
        try:
            yield
        finally:
            _set_environment(before)


def _set_environment(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@dataclass(frozen=True)
class _Server:
    """One of the two: its name, the module that Python runs, and the address that answers once it is ready."""

    name: str
    module: str
    health: str


class LocalCloud(AbstractContextManager["LocalCloud"]):
    """A running local cloud, used in a ``with`` statement; leaving it ends both servers and their children.

    ``data`` is the folder for the servers' files and logs; it is made where it does not exist and stays.
    ``authenticate`` makes the emulator check signatures and IAM policies. Raises ``ProcessError`` where a server
    does not start.
    """

    def __init__(
        self, data: Path, *, authenticate: bool = False, region: str = REGION, account: str = ACCOUNT_ID
    ) -> None:
        self.data = data
        ports = processes.free_ports(2)
        aws, mediaconvert = (f"http://127.0.0.1:{port}" for port in ports)
        self.endpoints = Endpoints(aws, mediaconvert, region, account)
        self._ports = ports
        self._authenticate = authenticate
        self._children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End both servers; harmless where they have ended."""
        with uninterrupted():
            while self._children:
                processes.end(self._children.pop())

    def ended(self) -> bool:
        """Return whether one of the servers has ended by itself."""
        return any(child.poll() is not None for child in self._children)

    def _start(self) -> None:
        where = self.endpoints
        auth = ["--auth"] if self._authenticate else []
        emulator = _Server("ministack", "local_cloud.ministack", f"{where.aws}/_ministack/health")
        transcoder = _Server("mediaconvert", "local_mediaconvert", f"{where.mediaconvert}/_health")
        starting = [
            (emulator, self._launch(emulator, self._ports[0], "--mediaconvert-endpoint", where.mediaconvert, *auth)),
            (transcoder, self._launch(transcoder, self._ports[1], "--endpoint", where.aws)),
        ]
        for server, child in starting:
            processes.wait_until_ready(child, server.health, name=server.name, log=self._log(server))

    def _launch(self, server: _Server, port: int, *arguments: str) -> subprocess.Popen[bytes]:
        data = self.data / server.name
        data.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", server.module, "--port", str(port), "--data-dir", str(data),
            "--region", self.endpoints.region, "--account", self.endpoints.account, "--exit-with-parent", *arguments,
        ]  # fmt: skip
        child = processes.start(command, log=self._log(server), cwd=ROOT)
        self._children.append(child)
        return child

    def _log(self, server: _Server) -> Path:
        """Return where a server's output goes; what it logs itself is in its data folder."""
        return self.data / f"{server.name}.output.log"
