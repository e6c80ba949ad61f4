"""The whole local MediaConvert in one object, for a process of its own or for a test."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import boto3
from botocore.config import Config

from local_mediaconvert.api.responses import Responses
from local_mediaconvert.api.server import LOOPBACK, HttpServer
from local_mediaconvert.jobs.event_delivery import EventDelivery
from local_mediaconvert.jobs.events import EventWriter
from local_mediaconvert.jobs.job_runner import JobRunner
from local_mediaconvert.jobs.scheduler import JOBS_AT_ONCE, Scheduler
from local_mediaconvert.models.account import Account

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from mypy_boto3_events import EventBridgeClient

DEFAULT_REGION = "ap-southeast-1"
DEFAULT_ACCOUNT = "123456789012"
_EVENT_ATTEMPTS = 1
_S3_ATTEMPTS = 3
_CONNECT_SECONDS = 3
_READ_SECONDS = 30


class LocalMediaConvert:
    """A MediaConvert on this machine.

    ``endpoint`` serves S3 and EventBridge (``events_endpoint`` if that is elsewhere); ``data_dir`` takes temporary
    files, all removed on ``stop``. Credentials come from the environment, else they are the local cloud's. A call
    belongs to the region that it was signed for, and to ``region`` where it was not signed. ``host`` is the address to
    listen on, ``known_hosts`` are further names under which clients reach it.
    """

    def __init__(
        self,
        *,
        endpoint: str,
        data_dir: Path,
        port: int = 0,
        region: str = DEFAULT_REGION,
        account: str = DEFAULT_ACCOUNT,
        host: str = LOOPBACK,
        known_hosts: Iterable[str] = (),
        events_endpoint: str | None = None,
        jobs_at_once: int = JOBS_AT_ONCE,
    ) -> None:
        session = boto3.Session(
            aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "test"),
            aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
            aws_session_token=os.environ.get("AWS_SESSION_TOKEN"),
            region_name=region,
        )
        s3 = session.client(
            "s3",
            endpoint_url=endpoint,
            config=Config(
                # A bucket has no host name of its own on this machine.
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": _S3_ATTEMPTS},
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        self._account = Account(account)
        self._region = region
        self._s3 = s3
        self._session, self._events_endpoint = session, events_endpoint or endpoint
        self._server = HttpServer(port, host, known_hosts)
        data_dir.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="mediaconvert-", dir=data_dir))
        self._events = EventWriter(account)
        self._delivery = EventDelivery(functools.cache(self._bus))
        runner = JobRunner(self._account, s3, self._events, self._delivery, self._folder)
        self._scheduler = Scheduler(self._account, runner.run, jobs_at_once)
        self._responses = functools.cache(self._responses_of)
        self._server.start(lambda call: self._responses(call.region or self._region).answer(call))

    def _bus(self, region: str) -> EventBridgeClient:
        config = Config(
            retries={"total_max_attempts": _EVENT_ATTEMPTS},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        )
        return self._session.client("events", region_name=region, endpoint_url=self._events_endpoint, config=config)

    def _responses_of(self, region: str) -> Responses:
        return Responses(self._account.store(region), self._s3, self._events, self._delivery)

    @property
    def url(self) -> str:
        """The endpoint URL for MediaConvert clients."""
        return self._server.url

    def stop(self) -> None:
        """End at once: no more requests, running ffmpegs killed, temporary files removed."""
        self._server.stop()
        self._scheduler.stop()
        self._delivery.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
