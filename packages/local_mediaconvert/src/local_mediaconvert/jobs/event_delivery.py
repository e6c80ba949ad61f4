"""Getting events to EventBridge at the endpoint, in order, off the jobs' threads."""

from __future__ import annotations

import datetime as dt
import json
import logging
import queue
import threading
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local_mediaconvert.jobs.events import DETAIL_TYPE, SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_events import EventBridgeClient

    from local_mediaconvert.service_model import Json

_LOG = logging.getLogger(__name__)
_WAITS_SECONDS = (0.1, 0.3, 1.0, 3.0)
"""Pauses before each further attempt."""
_REGION_OF_ARN = 3


class _RejectedError(Exception):
    """EventBridge took the request and refused the entry."""


class EventDelivery:
    """A queue of events and the thread that sends them. What cannot be delivered is logged whole, as an error.

    ``clients`` gives the client of a region: an event goes to the bus of its job's.
    """

    def __init__(self, clients: Callable[[str], EventBridgeClient]) -> None:
        self._clients = clients
        self._queue: queue.Queue[tuple[str, Json] | None] = queue.Queue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._deliver, name="event-delivery", daemon=True)
        self._thread.start()

    def send(self, job_arn: str, detail: Json) -> None:
        """Queue an event about the job."""
        self._queue.put((job_arn, detail))

    def stop(self, patience: float = 1.0) -> None:
        """Send what is queued, without further attempts, within about ``patience`` seconds."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join(patience)

    def _deliver(self) -> None:
        while (event := self._queue.get()) is not None:
            self._send_or_log(*event)

    def _send_or_log(self, job_arn: str, detail: Json) -> None:
        for wait in (*_WAITS_SECONDS, None):
            try:
                self._put(job_arn, detail)
            except (ClientError, BotoCoreError, _RejectedError) as error:
                if wait is None or self._stopping.wait(wait):
                    _LOG.error("event not delivered (%s): %s %s", error, job_arn, json.dumps(detail))
                    return
            else:
                return

    def _put(self, job_arn: str, detail: Json) -> None:
        answer = self._clients(job_arn.split(":")[_REGION_OF_ARN]).put_events(
            Entries=[
                {
                    "Source": SOURCE,
                    "DetailType": DETAIL_TYPE,
                    "Detail": json.dumps(detail),
                    "Resources": [job_arn],
                    "Time": dt.datetime.now(tz=dt.UTC),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise _RejectedError(f"{answer['Entries'][0].get('ErrorCode')}: {answer['Entries'][0].get('ErrorMessage')}")
