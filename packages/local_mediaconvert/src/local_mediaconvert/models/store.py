"""All jobs, queues and tags of one account in one region, behind one lock."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from local_mediaconvert.exceptions import BadRequestError, ConflictError, NotFoundError
from local_mediaconvert.models.idempotency import RequestTokens
from local_mediaconvert.models.job import IllegalTransitionError, Job, new_job_id
from local_mediaconvert.models.queue import DEFAULT_QUEUE, Queue
from local_mediaconvert.settings.validation import show

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from local_mediaconvert.service_model import Json

    Lock = AbstractContextManager[object]

_QUEUE_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_SETTABLE = {"description": "description", "status": "status", "concurrentJobs": "concurrent_jobs"}


class Store:
    """The state. Every method is safe to call from any thread; ``changed`` is called after changes to the queues."""

    def __init__(self, region: str, account: str, lock: Lock, changed: Callable[[], None]) -> None:
        self._prefix = f"arn:aws:mediaconvert:{region}:{account}"
        self._tokens = RequestTokens()
        self._tags: dict[str, dict[str, str]] = {}
        self._jobs: dict[str, Job] = {}
        self._queues: dict[str, Queue] = {}
        self.lock = lock
        self._changed = changed
        self._queues[DEFAULT_QUEUE] = Queue(DEFAULT_QUEUE, f"{self._prefix}:queues/{DEFAULT_QUEUE}")

    # Jobs

    def create_job(self, request: Json) -> Job:
        """Make a job, or find the one that the same request with the same token made.

        Raises:
            NotFoundError: its queue does not exist.
            ConflictError: its token was used for another request.

        """
        with self.lock:
            if known := self._tokens.job_for(request):
                return self._jobs[known]
            queue = self.queue(request.get("queue", DEFAULT_QUEUE))
            job_id = new_job_id()
            arn = f"{self._prefix}:jobs/{job_id}"
            job = Job(id=job_id, arn=arn, queue_arn=queue.arn, request=request, number=len(self._jobs))
            self._jobs[job_id] = job
            self._tags[arn] = dict(request.get("tags", {}))
            self._tokens.remember(request, job_id)
        self._changed()
        return job

    def job(self, job_id: str) -> Job:
        """The job of this id.

        Raises:
            NotFoundError: there is none.

        """
        with self.lock:
            if job_id not in self._jobs:
                raise NotFoundError(f"The specified job doesn't exist: {job_id}")
            return self._jobs[job_id]

    def jobs(self) -> list[Job]:
        """All jobs, oldest first."""
        with self.lock:
            return list(self._jobs.values())

    def cancel(self, job_id: str) -> Job:
        """Cancel a job that waits or runs; its runner notices.

        Raises:
            NotFoundError: there is no such job.
            ConflictError: it has ended.

        """
        with self.lock:
            job = self.job(job_id)
            try:
                job.move_to("CANCELED")
            except IllegalTransitionError as error:
                raise ConflictError(f"Job {job_id} can't be canceled: it is {job.status}") from error
            job.canceled.set()
        self._changed()
        return job

    # Queues

    def create_queue(self, request: Json) -> Queue:
        """Make a queue.

        Raises:
            ConflictError: the name is taken.
            BadRequestError: the name has other characters, or the number of concurrent jobs is below one.

        """
        name = request["name"]
        if not _QUEUE_NAME.fullmatch(name):
            raise BadRequestError(
                f"/name: {show(name)} should have letters, digits, - and _ only: it is part of an ARN"
            )
        with self.lock:
            if name in self._queues:
                raise ConflictError(f"A queue named {name!r} already exists")
            queue = Queue(name=name, arn=f"{self._prefix}:queues/{name}")
            self._set(queue, request)
            self._queues[name] = queue
            self._tags[queue.arn] = dict(request.get("tags", {}))
        return queue

    def queue(self, name_or_arn: str) -> Queue:
        """The queue of this name or ARN.

        Raises:
            NotFoundError: there is none.

        """
        with self.lock:
            name = name_or_arn.removeprefix(f"{self._prefix}:queues/")
            if name not in self._queues:
                raise NotFoundError(f"The specified queue doesn't exist: {name_or_arn}")
            return self._queues[name]

    def queues(self) -> list[Queue]:
        """All queues, oldest first."""
        with self.lock:
            return list(self._queues.values())

    def update_queue(self, request: Json) -> Queue:
        """Change a queue.

        Raises:
            NotFoundError: there is no such queue.
            BadRequestError: it is the built-in one, or the number of concurrent jobs is below one.

        """
        with self.lock:
            queue = self.queue(request["name"])
            if queue.is_default:
                raise BadRequestError("System queues can't be modified (service model, Queue.Type): Default")
            self._set(queue, request)
        self._changed()
        return queue

    def delete_queue(self, name: str) -> None:
        """Remove a queue.

        Raises:
            NotFoundError: there is no such queue.
            BadRequestError: it is the built-in one.
            ConflictError: it holds jobs that have not ended.

        """
        with self.lock:
            queue = self.queue(name)
            if queue.is_default:
                raise BadRequestError("You can't delete the default queue")
            waiting, running = self.counts(queue)
            if waiting + running:
                raise ConflictError(f"Queue {name!r} can't be deleted: {waiting + running} of its jobs have not ended")
            del self._queues[queue.name]
            self._tags.pop(queue.arn, None)

    def counts(self, queue: Queue) -> tuple[int, int]:
        """How many of the queue's jobs wait and how many run."""
        with self.lock:
            statuses = [job.status for job in self._jobs.values() if job.queue_arn == queue.arn]
        return statuses.count("SUBMITTED"), statuses.count("PROGRESSING")

    def _set(self, queue: Queue, request: Json) -> None:
        if request.get("concurrentJobs", 1) < 1:
            raise BadRequestError(f"/concurrentJobs: {request['concurrentJobs']} should be at least 1")
        for name, attribute in _SETTABLE.items():
            if name in request:
                setattr(queue, attribute, request[name])
        queue.updated_at = time.time()

    # Tags

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of a job or queue, to be read or changed.

        Raises:
            NotFoundError: nothing has this ARN.

        """
        with self.lock:
            if arn not in self._tags:
                raise NotFoundError(f"The specified resource doesn't exist: {arn}")
            return self._tags[arn]
