"""An on-demand queue."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_mediaconvert.service_model import Json

DEFAULT_QUEUE = "Default"
DEFAULT_CONCURRENT_JOBS = 20
"""What a queue gets where nothing is asked for. How many jobs really run at once is also bounded by the machine."""


@dataclass(slots=True)
class Queue:
    """A queue; ``created_at`` and ``updated_at`` in seconds since the epoch."""

    name: str
    arn: str
    description: str | None = None
    status: str = "ACTIVE"
    concurrent_jobs: int = DEFAULT_CONCURRENT_JOBS
    created_at: float = field(default_factory=time.time)
    updated_at: float = field(default_factory=time.time)

    @property
    def is_default(self) -> bool:
        """Whether this is the account's built-in queue."""
        return self.name == DEFAULT_QUEUE

    def as_json(self, submitted: int, progressing: int) -> Json:
        """The queue as the API shows it, with the number of its jobs that wait and that run."""
        shown = {
            "name": self.name,
            "arn": self.arn,
            "status": self.status,
            "type": "SYSTEM" if self.is_default else "CUSTOM",
            "pricingPlan": "ON_DEMAND",
            "concurrentJobs": self.concurrent_jobs,
            "submittedJobsCount": submitted,
            "progressingJobsCount": progressing,
            "createdAt": int(self.created_at),
            "lastUpdated": int(self.updated_at),
        }
        return shown if self.description is None else {**shown, "description": self.description}
