"""Client request tokens: the same request twice within a minute makes one job.

AWS documents that a token reused "within one minute of a successful request" returns the original job. It does not
document what a reused token with other parameters does; here that is a conflict, because it is a caller's mistake
which the original job would hide.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from local_mediaconvert.exceptions import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_mediaconvert.service_model import Json

WINDOW_SECONDS = 60.0


class RequestTokens:
    """Remembers tokens for a minute. ``clock`` gives seconds and only its differences matter."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[float, str, str]] = {}

    def job_for(self, request: Json) -> str | None:
        """The job that this very request made less than a minute ago.

        Raises:
            ConflictError: its token was used for another request.

        """
        oldest = self._clock() - WINDOW_SECONDS
        self._seen = {token: entry for token, entry in self._seen.items() if entry[0] > oldest}
        entry = self._seen.get(request.get("clientRequestToken", ""))
        if entry is None:
            return None
        if entry[1] != _fingerprint(request):
            token = request["clientRequestToken"]
            raise ConflictError(f"clientRequestToken {token!r} was used within the last minute for another request")
        return entry[2]

    def remember(self, request: Json, job_id: str) -> None:
        """Note that ``request`` made the job, if it carries a token."""
        if token := request.get("clientRequestToken"):
            self._seen[token] = (self._clock(), _fingerprint(request), job_id)


def _fingerprint(request: Json) -> str:
    return json.dumps(request, sort_keys=True)
