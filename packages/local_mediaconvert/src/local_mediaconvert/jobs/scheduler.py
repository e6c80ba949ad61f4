"""Which job runs when: queues, their concurrency, priorities, and what the machine bears.

Nothing polls. Whenever a job comes, ends or is canceled, or a queue changes, every queue is looked at once.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_mediaconvert.models.account import Account
    from local_mediaconvert.models.job import Job
    from local_mediaconvert.models.queue import Queue
    from local_mediaconvert.models.store import Store

JOBS_AT_ONCE = max(2, os.cpu_count() or 1)
"""Bound over all queues: every job's ffmpeg uses several threads of its own."""


class Scheduler:
    """Starts jobs. ``run`` does one job to its end, in a thread of its own."""

    def __init__(self, account: Account, run: Callable[[Job], None], jobs_at_once: int = JOBS_AT_ONCE) -> None:
        self._account = account
        self._run = run
        self._jobs_at_once = jobs_at_once
        self._running: dict[str, threading.Thread] = {}
        self._stopped = False
        account.changed = self.start_what_can_run

    def start_what_can_run(self) -> None:
        """Start waiting jobs as far as queues and machine allow."""
        with self._account.lock:
            for store in self._account.stores():
                for queue in store.queues():
                    self._start_from(store, queue)

    def _start_from(self, store: Store, queue: Queue) -> None:
        while not self._stopped and queue.status == "ACTIVE" and len(self._running) < self._jobs_at_once:
            jobs = [job for job in store.jobs() if job.queue_arn == queue.arn]
            waiting = [job for job in jobs if job.status == "SUBMITTED" and job.id not in self._running]
            if not waiting or sum(job.id in self._running for job in jobs) >= queue.concurrent_jobs:
                return
            self._start(min(waiting, key=lambda job: (-job.priority, job.number)))

    def _start(self, job: Job) -> None:
        thread = threading.Thread(target=self._to_the_end, args=(job,), name=f"job-{job.id}", daemon=True)
        self._running[job.id] = thread
        thread.start()

    def _to_the_end(self, job: Job) -> None:
        try:
            self._run(job)
        finally:
            with self._account.lock:
                del self._running[job.id]
            self.start_what_can_run()

    def stop(self, patience: float = 2.0) -> None:
        """Start nothing more, make running jobs stop, and wait up to ``patience`` seconds for all."""
        with self._account.lock:
            self._stopped = True
            threads = list(self._running.values())
            for job in (job for store in self._account.stores() for job in store.jobs()):
                job.canceled.set()
        end = time.monotonic() + patience
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))
