"""What a run of the demo found, and which of it is a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from local_cloud.follow import Journey
    from local_cloud.stream_check import Check
    from local_cloud.video import Media


@dataclass(frozen=True)
class DemoResult:
    """What came of a video: what the pipeline notified of, what the check of the stream found, and all events."""

    video: Path
    source: Media | None
    journey: Journey
    checks: list[Check]
    events: list[dict[str, Any]]

    @property
    def faults(self) -> list[str]:
        """All that did not hold, in words; empty where the demo succeeded."""
        if not self.journey.succeeded:
            error = self.journey.notification.get("error") or {}
            return [f"the pipeline reported a failure: {error.get('code')}: {error.get('message')}"]
        return [f"{check.playlist}: {fault}" for check in self.checks for fault in check.faults]
