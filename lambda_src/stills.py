"""When the poster and the thumbnails are taken.

Frame capture writes the first frame of the output and then one every ``denominator / numerator`` seconds
(``FrameCaptureSettings`` in MediaConvert's API model). First frames are often black, so a poster takes two captures:
the first frame, and the one it is about, at the spot. The job's COMPLETE event names the last capture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_LATEST_POSTER_SECONDS = 60
_SHORTEST_SECONDS_WITH_POSTER_SPOT = 2
_THUMBNAIL_SECONDS = 5
_THUMBNAIL_SECONDS_OF_UNKNOWN_LENGTH = 10
_MOST_THUMBNAILS = 200


@dataclass(frozen=True, slots=True)
class Capture:
    """One frame every ``denominator / numerator`` seconds from the first on, ``count`` at most."""

    numerator: int
    denominator: int
    count: int


def poster(duration: float | None) -> Capture:
    """Take the poster a quarter of the way in, between 1 s and 60 s; the first frame of a clip too short for that.

    ``duration`` is in seconds, None where unknown.
    """
    if duration is None or duration < _SHORTEST_SECONDS_WITH_POSTER_SPOT:
        return Capture(1, 1, 1)
    spot = min(max(duration / 4, 1), _LATEST_POSTER_SECONDS)
    return Capture(1000, round(spot * 1000), 2)


def thumbnails(duration: float | None) -> Capture:
    """Take a thumbnail every 5 s, further apart where a long source would give more than 200 of them.

    ``duration`` is in seconds; None, where it is unknown, gives one every 10 s up to the same number.
    """
    if duration is None:
        return Capture(1, _THUMBNAIL_SECONDS_OF_UNKNOWN_LENGTH, _MOST_THUMBNAILS)
    interval = max(_THUMBNAIL_SECONDS, math.ceil(duration / _MOST_THUMBNAILS))
    return Capture(1, interval, min(math.floor(duration / interval) + 1, _MOST_THUMBNAILS))
