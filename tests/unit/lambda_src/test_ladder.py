from __future__ import annotations

from itertools import pairwise

import pytest

from lambda_src.errors import UnreadableMediaError
from lambda_src.ladder import LADDER, Rendition, choose_renditions
from lambda_src.source import Picture


def choose(
    width: int, height: int, *, max_height: int = 1080, bitrate: int | None = None, codec: str = "AVC"
) -> tuple[Rendition, ...]:
    return choose_renditions(Picture(width=width, height=height, codec=codec, bitrate=bitrate), max_height=max_height)


def shown(renditions: tuple[Rendition, ...]) -> str:
    return ", ".join(f"{rendition.name} {rendition.width}x{rendition.height}" for rendition in renditions)


FULL = "1080p 1920x1080, 720p 1280x720, 720p-low 1280x720, 480p 854x480, 360p 640x360"
FROM_480P = "480p 854x480, 360p 640x360"
FROM_720P = f"720p 1280x720, 720p-low 1280x720, {FROM_480P}"
FILM = "1080p 1920x800, 720p 1280x534, 720p-low 1280x534, 480p 854x356, 360p 640x266"
PORTRAIT = "1080p 1080x1920, 720p 720x1280, 720p-low 720x1280, 480p 480x854, 360p 360x640"
OLD_TV = "1080p 1440x1080, 720p 960x720, 720p-low 960x720, 480p 640x480, 360p 480x360"
SQUARE = "1080p 1080x1080, 720p 720x720, 720p-low 720x720, 480p 480x480, 360p 360x360"
BETWEEN = "900p 1440x900, 720p 1152x720, 720p-low 1152x720, 480p 768x480, 360p 576x360"
JUST_OVER = f"720p 1280x718, 720p-low 1280x718, {FROM_480P}"
JUST_UNDER = f"720p 1270x714, 720p-low 1270x714, {FROM_480P}"
PANORAMA = "1080p 1920x96, 720p 1280x64, 720p-low 1280x64, 480p 854x42, 360p 640x32"

CASES = [
    ("a 1080p source gets every rung", (1920, 1080), FULL),
    ("a 4K source is capped at 1080p", (3840, 2160), FULL),
    ("a portrait source stands in the same boxes", (1080, 1920), PORTRAIT),
    ("a film's width fills the box", (1920, 800), FILM),
    ("a 4:3 source fills the box's height", (1440, 1080), OLD_TV),
    ("a square source too", (1080, 1080), SQUARE),
    ("a 720p source has no 1080p rendition", (1280, 720), FROM_720P),
    ("a 480p source starts at 480p", (854, 480), FROM_480P),
    ("a 360p source gets one rendition", (640, 360), "360p 640x360"),
    ("a source below the lowest rung keeps its own size", (320, 240), "240p 320x240"),
    ("an odd size loses its last line, not a pixel more", (321, 241), "240p 320x240"),
    ("a source between two rungs keeps its own size on top", (1440, 900), BETWEEN),
    ("a source just over a rung does not repeat it", (1300, 730), JUST_OVER),
    ("a source just under a rung is not scaled at all", (1270, 714), JUST_UNDER),
    ("a panorama keeps its shape", (4000, 200), PANORAMA),
    ("a strip is not scaled below what can be encoded", (906, 40), "480p 854x38, 360p 640x32"),
    ("the smallest picture that can be encoded is", (32, 33), "32p 32x32"),
]


@pytest.mark.parametrize(("size", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_ladder(size: tuple[int, int], expected: str) -> None:
    assert shown(choose(*size)) == expected


@pytest.mark.parametrize("max_height", [360, 480, 720, 1080, 2160])
def test_no_rendition_is_higher_than_the_setting_allows(max_height: int) -> None:
    assert max(r.height for r in choose(3840, 2160, max_height=max_height)) == min(max_height, 1080)


def test_a_setting_below_the_lowest_rung_still_gives_a_stream() -> None:
    assert shown(choose(1920, 1080, max_height=100)) == "360p 640x360"


@pytest.mark.parametrize("width", range(161, 2300, 97))
@pytest.mark.parametrize("height", [120, 241, 361, 540, 719, 721, 1080, 1999])
def test_whatever_the_source_nothing_is_enlarged_odd_or_out_of_shape(width: int, height: int) -> None:
    for made in choose(width, height):
        assert made.width <= width
        assert made.height <= height
        assert made.width % 2 == made.height % 2 == 0
        assert max(made.width, made.height) <= 1920
        assert min(made.width, made.height) <= 1080
        # Each side is rounded to an even number of pixels: at most one off, two where an odd last line is lost.
        assert made.width / made.height == pytest.approx(width / height, rel=2 / min(made.width, made.height))


@pytest.mark.parametrize("width", range(64, 2300, 61))
def test_names_are_unique_and_rungs_fall(width: int) -> None:
    renditions = choose(width, round(width * 9 / 16) + 4)
    assert len({rendition.name for rendition in renditions}) == len(renditions)
    for upper, lower in pairwise(renditions):
        assert lower.height <= upper.height
        assert lower.max_bitrate <= upper.max_bitrate


@pytest.mark.parametrize("size", [(31, 31), (1920, 20), (16, 16)])
def test_a_picture_too_small_to_encode_is_unreadable(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadableMediaError, match=rf"{size[0]}x{size[1]} pixels is too small"):
        choose(*size)


def test_quality_and_peaks_are_the_rungs_own() -> None:
    made = choose(1920, 1080)
    assert [(r.quality, r.max_bitrate) for r in made] == [(r.quality, r.max_bitrate) for r in LADDER]


@pytest.mark.parametrize(
    ("bitrate", "codec", "peaks"),
    [
        (50_000_000, "AVC", [6.0, 4.0, 2.0, 1.0, 0.7]),
        (2_500_000, "AVC", [3.75, 3.75, 2.0, 1.0, 0.7]),
        (1_500_000, "HEVC", [4.5, 4.0, 2.0, 1.0, 0.7]),
        (1_500_000, "AV1", [4.5, 4.0, 2.0, 1.0, 0.7]),
        (200_000, "AVC", [3.0, 2.0, 1.0, 0.5, 0.35]),
    ],
)
def test_peaks_are_bounded_by_what_the_source_holds(bitrate: int, codec: str, peaks: list[float]) -> None:
    made = choose(1920, 1080, bitrate=bitrate, codec=codec)
    assert [rendition.max_bitrate / 1_000_000 for rendition in made] == peaks


def test_a_second_rendition_of_the_same_size_must_be_clearly_cheaper() -> None:
    names = [rendition.name for rendition in choose(1920, 1080, bitrate=1_400_000)]
    assert names == ["1080p", "720p", "480p", "360p"]
