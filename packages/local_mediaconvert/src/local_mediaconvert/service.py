"""The whole local MediaConvert in one object, for a process of its own or for a test."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

import boto3
from botocore.config import Config

from local_mediaconvert.api.responses import Responses
from local_mediaconvert.api.server import HttpServer
from local_mediaconvert.jobs.event_delivery import EventDelivery
from local_mediaconvert.jobs.events import EventWriter
from local_mediaconvert.jobs.job_runner import JobRunner
from local_mediaconvert.jobs.scheduler import JOBS_AT_ONCE, Scheduler
from local_mediaconvert.models.store import Store

if TYPE_CHECKING:
    from types import TracebackType

DEFAULT_REGION = "ap-southeast-1"
DEFAULT_ACCOUNT = "123456789012"
_EVENT_ATTEMPTS = 1
_S3_ATTEMPTS = 3
_CONNECT_SECONDS = 3
_READ_SECONDS = 30


class LocalMediaConvert:
    """A MediaConvert on this machine.

    ``endpoint`` serves S3 and EventBridge (``events_endpoint`` if that is elsewhere); ``data_dir`` takes temporary
    files, all removed on ``stop``. Credentials come from the environment, else they are the local cloud's.
    """

    def __init__(
        self,
        *,
        endpoint: str,
        data_dir: Path,
        port: int = 0,
        region: str = DEFAULT_REGION,
        account: str = DEFAULT_ACCOUNT,
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
        bus = session.client(
            "events",
            endpoint_url=events_endpoint or endpoint,
            config=Config(
                retries={"total_max_attempts": _EVENT_ATTEMPTS},
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
            ),
        )
        self._server = HttpServer(port)
        data_dir.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="mediaconvert-", dir=data_dir))
        events = EventWriter(account)
        self._delivery = EventDelivery(bus)
        self.store = Store(region, account)
        self._runner = JobRunner(self.store, s3, events, self._delivery, self._folder)
        self._scheduler = Scheduler(self.store, self._runner.run, jobs_at_once)
        self._server.start(Responses(self.store, s3, events, self._delivery, self.url))

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
