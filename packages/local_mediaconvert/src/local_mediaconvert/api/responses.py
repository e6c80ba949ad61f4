"""The operations: a routed, valid call in, a JSON object out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_mediaconvert.api.paging import page
from local_mediaconvert.api.probe_response import probe_file
from local_mediaconvert.exceptions import BadRequestError, UnsupportedLocallyError
from local_mediaconvert.service_model import input_shape
from local_mediaconvert.settings.rules import job_problems
from local_mediaconvert.settings.unsupported import unsupported
from local_mediaconvert.settings.validation import reject, shape_problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3 import S3Client

    from local_mediaconvert.jobs.event_delivery import EventDelivery
    from local_mediaconvert.jobs.events import EventWriter
    from local_mediaconvert.models.queue import Queue
    from local_mediaconvert.models.store import Store
    from local_mediaconvert.service_model import Call, Json

_OF_THE_SERVER = "DescribeEndpoints"
_FILES_AT_ONCE = 1
"""Probe takes one file at a time here and on AWS ("Specify a media file to probe")."""


class Responses:
    """Answers the calls of one region."""

    def __init__(self, store: Store, s3: S3Client, events: EventWriter, delivery: EventDelivery) -> None:
        self._store = store
        self._s3 = s3
        self._events = events
        self._delivery = delivery
        self._operations: dict[str, Callable[[Json], Json]] = {
            "CancelJob": self._cancel_job,
            "CreateJob": self._create_job,
            "CreateQueue": self._create_queue,
            "DeleteQueue": self._delete_queue,
            "GetJob": self._get_job,
            "GetQueue": self._get_queue,
            "ListJobs": self._list_jobs,
            "ListQueues": self._list_queues,
            "ListTagsForResource": self._list_tags,
            "Probe": self._probe,
            "SearchJobs": self._list_jobs,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "UpdateQueue": self._update_queue,
        }

    def answer(self, call: Call) -> Json:
        """Check the call against the service model, the table of supported settings and AWS's rules; then do it.

        Raises:
            ServiceError: what the caller gets instead.

        """
        name = call.operation.name
        if name not in self._operations and name != _OF_THE_SERVER:
            raise UnsupportedLocallyError(f"the operation {name}")
        if shape := input_shape(call.operation):
            reject(shape_problems(call.params, shape))
            reject(unsupported(call.params, shape))
        # A function in a container reaches the server by another address than its neighbours: each is told its own.
        return {"endpoints": [{"url": call.url}]} if name == _OF_THE_SERVER else self._operations[name](call.params)

    # Jobs

    def _create_job(self, params: Json) -> Json:
        reject(job_problems(params))
        # Under the lock no runner can move the job on: a new job is always shown as submitted.
        with self._store.lock:
            return {"job": self._store.create_job(params).as_json()}

    def _get_job(self, params: Json) -> Json:
        return {"job": self._store.job(params["id"]).as_json()}

    def _list_jobs(self, params: Json) -> Json:
        """Jobs, newest first ("your most recently created jobs"), by queue, status and part of the input's name."""
        jobs = self._store.jobs()
        if "queue" in params:
            queue = self._store.queue(params["queue"])
            jobs = [job for job in jobs if job.queue_arn == queue.arn]
        if "status" in params:
            jobs = [job for job in jobs if job.status == params["status"]]
        if "inputFile" in params:
            jobs = [job for job in jobs if params["inputFile"] in job.settings["inputs"][0]["fileInput"]]
        if params.get("order", "DESCENDING") == "DESCENDING":
            jobs.reverse()
        return page([job.as_json() for job in jobs], "jobs", params)

    def _cancel_job(self, params: Json) -> Json:
        with self._store.lock:
            job = self._store.cancel(params["id"])
            self._delivery.send(job.arn, self._events.canceled(job))
        return {}

    # Queues

    def _create_queue(self, params: Json) -> Json:
        return self._queue(self._store.create_queue(params))

    def _get_queue(self, params: Json) -> Json:
        return self._queue(self._store.queue(params["name"]))

    def _update_queue(self, params: Json) -> Json:
        return self._queue(self._store.update_queue(params))

    def _delete_queue(self, params: Json) -> Json:
        self._store.delete_queue(params["name"])
        return {}

    def _list_queues(self, params: Json) -> Json:
        queues = self._store.queues()
        if params.get("listBy") == "NAME":
            queues.sort(key=lambda queue: queue.name)
        if params.get("order") == "DESCENDING":
            queues.reverse()
        return page([queue.as_json(*self._store.counts(queue)) for queue in queues], "queues", params)

    def _queue(self, queue: Queue) -> Json:
        return {"queue": queue.as_json(*self._store.counts(queue))}

    # Tags

    def _tag(self, params: Json) -> Json:
        self._store.tags(params["arn"]).update(params["tags"])
        return {}

    def _untag(self, params: Json) -> Json:
        tags = self._store.tags(params["arn"])
        for key in params.get("tagKeys", []):
            tags.pop(key, None)
        return {}

    def _list_tags(self, params: Json) -> Json:
        return {"resourceTags": {"arn": params["arn"], "tags": dict(self._store.tags(params["arn"]))}}

    # The rest

    def _probe(self, params: Json) -> Json:
        files = params.get("inputFiles", [])
        if len(files) != _FILES_AT_ONCE:
            raise BadRequestError(f"/inputFiles: Should have 1 item, has {len(files)}")
        if "fileUrl" not in files[0]:
            raise BadRequestError("/inputFiles/0: fileUrl is a required property")
        return {"probeResults": [probe_file(self._s3, files[0]["fileUrl"])]}
