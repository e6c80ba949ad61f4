from __future__ import annotations

import pytest

from lambda_src.stills import Capture, poster, thumbnails


@pytest.mark.parametrize(
    ("duration", "capture"),
    [
        (None, Capture(1, 1, 1)),
        (0.04, Capture(1, 1, 1)),
        (1.9, Capture(1, 1, 1)),
        (2.0, Capture(1000, 1000, 2)),
        (10.0, Capture(1000, 2500, 2)),
        (7200.0, Capture(1000, 60_000, 2)),
    ],
)
def test_the_poster_is_a_quarter_of_the_way_in_at_most_a_minute(duration: float | None, capture: Capture) -> None:
    assert poster(duration) == capture


@pytest.mark.parametrize(
    ("duration", "capture"),
    [
        (0.04, Capture(1, 5, 1)),
        (10.0, Capture(1, 5, 3)),
        (999.0, Capture(1, 5, 200)),
        (1000.0, Capture(1, 5, 200)),
        (7200.0, Capture(1, 36, 200)),
        (86_400.0, Capture(1, 432, 200)),
        (None, Capture(1, 10, 200)),
    ],
)
def test_thumbnails_come_every_five_seconds_and_never_more_than_200(duration: float | None, capture: Capture) -> None:
    assert thumbnails(duration) == capture


@pytest.mark.parametrize("duration", [0.1, 1.0, 2.0, 5.0, 61.3, 500.0, 1001.0, 40_000.0])
def test_every_capture_lies_within_the_clip(duration: float) -> None:
    for capture in (poster(duration), thumbnails(duration)):
        assert (capture.count - 1) * capture.denominator / capture.numerator <= duration
